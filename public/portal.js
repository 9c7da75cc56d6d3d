// What needs a script in the pages of the portal: moments in the reader's own zone, and the conversation that runs,
// in the widget's own frame. The server answers when one begins, whoever begins it.
const place = document.getElementById('chat'), opener = document.getElementById('open');
const { lang } = place.dataset, title = document.title, format = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
let call, frame, says = '', folded = false;

for (const time of document.querySelectorAll('time')) time.textContent = format.format(new Date(time.dateTime));
for (const form of document.querySelectorAll('[data-script]')) form.hidden = false;

// Whoever sits down here next finds nothing of what the frame has kept.
document.querySelector('[action="/portal/sign-out"]').addEventListener('submit', () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith('recado:')) localStorage.removeItem(name);
});

const tell = (type, more) => frame?.contentWindow.postMessage({ ...more, recado: 1, type }, location.origin);
const draw = () => {
  place.hidden = !frame || folded;
  opener.hidden = !frame || !folded;
  document.title = says && (folded || document.hidden) ? says : title;
  tell('visible', { yes: !folded && !document.hidden });
};
const show = () => {
  frame?.remove();
  frame = document.createElement('iframe');
  frame.title = place.ariaLabel;
  frame.allow = 'autoplay';
  frame.src = '/portal/frame?' + new URLSearchParams({ key: call.key, accent: call.accent, lang });
  place.append(frame);
  folded = false;
  draw();
};

addEventListener('message', ({ origin, source, data }) => {
  if (origin != location.origin || source != frame?.contentWindow || data?.recado != 1) return;
  if (data.type == 'ready') {
    tell('hello', { token: call.token, chat: call.chat, page: location.origin + location.pathname });
    draw();
  }
  if (data.type == 'unread') says = data.n ? data.says : '';
  if (data.type == 'close') {
    folded = true;
    opener.hidden = false;
    opener.focus();
  }
  draw();
});
document.addEventListener('visibilitychange', draw);
opener.addEventListener('click', () => {
  folded = false;
  draw();
  tell('open', { page: location.origin + location.pathname });
  frame.focus();
});

const rest = ms => new Promise(soon => setTimeout(soon, ms));
const listen = async () => {
  for (let have = '', tries = 0; ;) {
    const answer = await fetch('/portal/line?' + new URLSearchParams({ have })).catch(() => null);
    // Signed out: in another tab, or it was too long ago.
    if (answer?.status == 401) break;
    if (!answer?.ok) {
      await rest(Math.min(30_000, 500 * 2 ** tries++) * (0.5 + Math.random()));
      continue;
    }
    tries = 0;
    const now = await answer.json();
    // What is over stays before his eyes: its end is read there, and it is rated.
    if (now && now.chat != have) {
      call = now;
      show();
    }
    have = now?.chat ?? '';
  }
};
listen();
