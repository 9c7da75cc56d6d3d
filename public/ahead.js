// In the console's document, until the console is there (app/src/pages/shell.rs): what this browser folds up or filters is
// not shown, and who waits can be attended. That is asked for at once; the console asks once more by the same id, which the
// server knows then, and tells how it went.
(() => {
  const shell = document.getElementById('shell');
  const queue = shell.querySelector('section.queue');
  if (!queue) return;
  const kept = name => { try { return localStorage['recado.queue.' + name] ?? ''; } catch { return ''; } };
  if (kept('group') + kept('application') + kept('words')) queue.textContent = '';
  for (const id of kept('folded').split(' '))
    for (const group of queue.querySelectorAll('[data-group]'))
      if (group.dataset.group == id) group.querySelectorAll('article').forEach(row => row.remove());
  queue.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    // A second press is the same wish.
    if (!button || shell.dataset.wish) return;
    const { chat } = button.dataset;
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    Object.assign(shell.dataset, { chat, wish: id });
    button.setAttribute('aria-disabled', 'true');
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ chat, wish: { id, act: 'Attend' } });
    fetch('/api/chat/act', { method: 'POST', headers, body, keepalive: true }).catch(() => {});
  });
})();
