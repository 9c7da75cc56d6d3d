// In the console's document, until the console is there (app/src/pages/shell.rs): what this browser folds up or filters is
// not shown, and who waits can be attended. That is asked for at once; the console asks once more by the same id, which the
// server knows then, and tells how it went.
(() => {
  const shell = document.getElementById('shell');
  const queue = shell.querySelector('section.queue');
  if (!queue) return;
  const kept = name => { try { return localStorage['recado.' + name] ?? ''; } catch { return ''; } };
  // What another agent chose here is nothing to this one; and who was not here last asks for himself first, when the
  // console is there.
  const isHis = () => kept('agent') == shell.dataset.me;
  const chosen = name => isHis() ? kept('queue.' + name) : '';
  if (chosen('group') + chosen('application') + chosen('words')) {
    queue.querySelectorAll('[data-group], .badge').forEach(shown => shown.remove());
    queue.querySelector('[data-bones]').hidden = false;
  }
  const folded = chosen('folded').split(' ');
  for (const group of queue.querySelectorAll('[data-group]'))
    if (folded.includes(group.dataset.group)) group.querySelectorAll('article').forEach(row => row.remove());
  queue.querySelectorAll('[data-chat]').forEach(button => button.removeAttribute('aria-disabled'));
  queue.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-chat]');
    // A second press is the same wish.
    if (!button || button.dataset.wish) return;
    const { chat } = button.dataset;
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
    button.dataset.wish = id;
    button.setAttribute('aria-disabled', 'true');
    const says = shell.querySelector('[role=status]');
    says.textContent = says.dataset.sending;
    if (!isHis()) return;
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ chat, wish: { id, act: 'Attend' } });
    fetch('/api/chat/act', { method: 'POST', headers, body, keepalive: true }).catch(() => {});
  });
})();
