// The ticket that is open in the portal: what is new in it comes by itself, and nothing that is read or written moves.
// The server answers with its page when that is another than the one that is here.
const rest = ms => new Promise(soon => setTimeout(soon, ms));
const one = (query, page = document) => page.querySelector(query);

/** `said` has what the server knows this page by; `drawn`, `date` and `rename` are of the page's own script. */
export const follow = async (said, drawn, date, rename) => {
  let asked, wake;
  const nap = ms => new Promise(soon => {
    wake = soon;
    if (ms) setTimeout(soon, ms);
  });

  // Only what is other moves, so that only that is read aloud.
  const merge = (old, now) => {
    const stays = new Set([...now.children].map(drawn));
    for (const line of [...old.children]) if (!stays.has(drawn(line))) line.remove();
    let here = old.firstElementChild;
    for (const line of [...now.children]) {
      if (here && drawn(here) == drawn(line)) here = here.nextElementSibling;
      else old.insertBefore(line, here);
    }
    while (here) {
      const gone = here;
      here = here.nextElementSibling;
      gone.remove();
    }
  };

  // What he has written stays, whatever becomes of the ticket: sent too late, it comes back with the reason.
  const mergeReply = (old, now) => {
    if (old.dataset.open == now.dataset.open) return;
    old.dataset.open = now.dataset.open;
    const field = one('textarea', old);
    if (!field || !field.value && field != document.activeElement) return old.replaceChildren(...now.children);
    one('.banner', old)?.remove();
    if (!one('form', old) || !one('form', now)) old.prepend(...now.children);
  };

  const renew = page => {
    const next = one('[data-have]', page), box = node => node.getBoundingClientRect();
    if (!next) return false;
    date(page);
    // The field in which he writes, or the first line that he sees: it stays where it is.
    const places = document.querySelectorAll('.portal :focus, .portal > :not(.portal__said), [data-lines] > *');
    const seen = [...places].filter(node => box(node).bottom > 0 && box(node).top < innerHeight);
    const eye = seen.find(node => node.matches(':focus')) ?? seen[0], top = eye && box(eye).top;
    const lines = page.querySelectorAll('[data-lines]');
    document.querySelectorAll('[data-lines]').forEach((old, at) => merge(old, lines[at]));
    mergeReply(one('.portal__reply'), one('.portal__reply', page));
    one('h1').textContent = one('h1', page).textContent;
    rename(page.title);
    if (eye?.isConnected) scrollBy(0, box(eye).top - top);
    said.dataset.have = next.dataset.have;
    return true;
  };

  // The browser would move the page as well.
  document.documentElement.style.overflowAnchor = 'none';
  for (const lines of document.querySelectorAll('[data-lines]')) lines.setAttribute('aria-live', 'polite');
  document.addEventListener('visibilitychange', () => document.hidden ? asked?.abort() : wake?.());
  addEventListener('online', () => wake?.());

  for (let tries = 0; ;) {
    while (document.hidden) await nap();
    const mine = asked = new AbortController;
    // A line may be dead, and nobody say so.
    const late = setTimeout(() => mine.abort(), 40_000);
    const answer = await fetch(said.dataset.line + '?have=' + said.dataset.have, { signal: mine.signal }).catch(() => null);
    const html = answer?.status == 200 && await answer.text().catch(() => '');
    clearTimeout(late);
    // Signed out, or his no more: what he has before his eyes stays.
    if ([401, 403, 404].includes(answer?.status)) return;
    if (answer?.status == 204 || html && renew(new DOMParser().parseFromString(html, 'text/html'))) {
      tries = 0;
      await rest(1_000);
    } else {
      await nap(Math.min(30_000, 500 * 2 ** tries++) * (0.5 + Math.random()));
    }
  }
};
