// The browser's own notices of new words: a switch in the window, fetched where they can be shown at all. The
// browser is asked when somebody switches it on, and never before. That he has switched it off again is kept
// under `recado:notices`, which "end and forget" removes.
(() => {
  const script = document.currentScript, place = script.parentElement, lines = document.getElementById('lines');
  const says = { es: 'Avísame cuando me escriban', pt: 'Avise-me quando escreverem', en: 'Tell me when they write' }[script.dataset.lang];
  const NAME = 'recado:notices';
  const kept = off => {
    try {
      if (off === undefined) return localStorage.getItem(NAME);
      off ? localStorage.setItem(NAME, 'off') : localStorage.removeItem(NAME);
    } catch {}
  };
  const label = document.createElement('label'), box = document.createElement('input');
  Object.assign(box, { type: 'checkbox', name: 'notices', checked: Notification.permission == 'granted' && !kept() });
  label.append(says, box);
  place.append(label);
  place.hidden = false;

  box.onchange = async () => {
    kept(!box.checked);
    if (box.checked && await Notification.requestPermission() != 'granted') {
      box.checked = false;
      place.hidden = Notification.permission == 'denied';
    }
  };
  // Whatever was there before is no news.
  let seen = new Set(lines.children);
  new MutationObserver(() => {
    const fresh = [...lines.children].filter(line => !seen.has(line));
    seen = new Set(lines.children);
    const last = fresh.filter(line => line.querySelector('.log__who')).pop();
    if (last && box.checked && (document.hidden || !document.hasFocus())) {
      new Notification(last.querySelector('.log__who').textContent, { body: last.querySelector('.bubble').textContent, tag: 'recado' });
    }
    place.hidden = Boolean(document.getElementById('composer').hidden) || Notification.permission == 'denied';
  }).observe(lines, { childList: true });
})();
