// What needs a script in the pages of the portal: moments in the reader's own zone, and the conversation that runs,
// in the widget's own frame. The server answers when one begins, whoever begins it. A ticket is followed by follow.js.
const place = document.getElementById('chat'), opener = document.getElementById('open');
const { lang, guest } = place.dataset, format = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
let title = document.title, call, frame, runs, says = '', folded = false, unseen = false;

// What was said is known again by how the server drew it, whatever becomes of its moment here.
const drawn = line => line.drawn ??= line.outerHTML;
const dress = page => {
  page.querySelectorAll('[data-lines] > *').forEach(drawn);
  for (const time of page.querySelectorAll('time')) time.textContent = format.format(new Date(time.dateTime));
  for (const form of page.querySelectorAll('[data-script]')) form.hidden = false;
};
dress(document);

// Whoever sits down here next finds nothing of what the frame has kept.
document.querySelector('[action="/portal/sign-out"]').addEventListener('submit', () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith('recado:')) localStorage.removeItem(name);
});

const tell = (type, more) => frame?.contentWindow.postMessage({ ...more, recado: 1, type }, location.origin);
const draw = () => {
  place.hidden = !frame || folded;
  opener.hidden = !frame || !folded;
  // A call that nobody has looked at yet is unread, before a word is said in it.
  unseen &&= folded || document.hidden;
  opener.classList.toggle('portal__open--new', unseen || !!says);
  document.title = folded || document.hidden ? says || (unseen ? opener.textContent : title) : title;
  tell('visible', { yes: !folded && !document.hidden });
};
const page = () => location.origin + location.pathname;
const show = () => {
  frame?.remove();
  frame = document.createElement('iframe');
  frame.title = place.ariaLabel;
  frame.allow = 'autoplay';
  frame.src = '/portal/frame?' + new URLSearchParams({ key: call.key, accent: call.accent, lang });
  place.append(frame);
  folded = false;
  unseen = true;
  draw();
};

addEventListener('message', ({ origin, source, data }) => {
  if (origin != location.origin || source != frame?.contentWindow || data?.recado != 1) return;
  if (data.type == 'ready') {
    tell('hello', { token: call.token, chat: call.chat, page: page() });
    draw();
  }
  // It began another one itself: it stays as it is.
  if (data.type == 'keep' && data.chat) call = { ...call, chat: data.chat };
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
  tell('open', { page: page() });
  frame.focus();
});

const rename = name => {
  title = name;
  draw();
};
// What follow.js needs of this page; `settle` is its own: what had to wait for the end of a conversation need not.
const its = { drawn, dress, rename, talks: () => runs, shows: () => frame || runs };

const rest = ms => new Promise(soon => setTimeout(soon, ms));
// What is over stays before his eyes: its end is read there, and it is rated.
const take = async now => {
  runs = now;
  its.settle?.();
  if (!now || now.chat == call?.chat) return;
  // The frame may have begun it, and its answer be on its way.
  if (frame) await rest(1_500);
  if (now.chat == call?.chat) return;
  call = now;
  show();
};

// Of several tabs of one guest one asks, and tells the others: browsers open few lines to one server.
const room = 'recado:portal:' + guest, hall = new BroadcastChannel(room);
let last, over = false;
hall.addEventListener('message', ({ data }) => {
  if (data.asks && last !== undefined) hall.postMessage({ now: last });
  if ('now' in data) take(data.now);
});
hall.postMessage({ asks: true });

const listen = async () => {
  for (let tries = 0; ;) {
    const answer = await fetch('/portal/line?' + new URLSearchParams({ have: last?.chat ?? '', guest })).catch(() => null);
    // Signed out: in another tab, or it was too long ago.
    if (answer?.status == 401) {
      last = undefined;
      over = true;
      return;
    }
    const now = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
    if (now === undefined) {
      await rest(Math.min(30_000, 500 * 2 ** tries++) * (0.5 + Math.random()));
      continue;
    }
    // In another tab somebody else has come in.
    if (now?.guest) return location.replace('/portal');
    tries = 0;
    last = now;
    hall.postMessage({ now: last });
    take(last);
  }
};
const hear = () => navigator.locks ? navigator.locks.request(room, listen) : listen();
hear();
// He may have come in again in another tab: whenever he looks here it is asked once more.
const looks = () => {
  if (!over || document.hidden) return;
  over = false;
  hear();
};
document.addEventListener('visibilitychange', looks);
addEventListener('focus', looks);

// A module that did not come is asked for under another name: a browser may not ask for the same twice.
const follows = (said, tries = 0) => import(said.dataset.follow + '?' + tries).then(
  ({ follow }) => follow(said, its),
  () => rest(Math.min(30_000, 500 * 2 ** tries)).then(() => follows(said, tries + 1)),
);
const said = document.querySelector('[data-have]');
if (said) follows(said);
