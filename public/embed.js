// What a page includes: draws the launcher, and opens the frame that holds the conversation.
//
//   <script src="https://chat.example/embed.js" data-key="pk_…" async></script>
//
// data-title (an expanded launcher), data-accent, data-position (left, center, right), data-offset (from
// the edges, `20` or `20 40`), data-z, data-icon (the path of a drawing of 24 × 24, filled by even-odd) and data-lang are free;
// data-es, data-pt and data-en are the title on a page in that language.
// Until the visitor points at the launcher there is no request, no frame and no storage; the only global is
// `Recado`. Pages overwrite what scripts share: no array method, no spread of an array and no JSON is used.
// Written to be small: what ships is ≤ 2,048 bytes of brotli.
(() => {
  const doc = document, root = doc.documentElement, tag = doc.currentScript, before = window.Recado;
  if (!tag || before?.here) return;   // included twice

  const { key, title, accent = '#2a49b8', position, offset = '20', z = 1e9, icon = 'M6 3h12a3 3 0 0 1 3 3v8h-4a3 3 0 0 0-3 3v4H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3zM8 8v2h8V8zM8 13v2h3v-2zM21 16l-5 5v-4a1 1 0 0 1 1-1z', lang = root.lang || navigator.language, [lang.slice(0, 2).toLowerCase()]: label = title } = tag.dataset;
  const name = label || { es: 'Abrir el chat', pt: 'Abrir o chat' }[lang.slice(0, 2).toLowerCase()] || 'Open the chat';
  const origin = tag.src.slice(0, tag.src.indexOf('/', 9));   // a page may have a `URL` of its own

  // What is kept: {token, chat, draft, open}, first written when the visitor has acted. Storage may throw, and
  // the page stands still while it is opened: that it holds something is told by an empty database of its name.
  const place = 'recado:' + key;
  let kept, frame, ready, open = false, unread = 0, blink, pageTitle, says, call, badge;
  const recall = () => {
    if (!kept) try { kept = {}; kept = Object.fromEntries(new URLSearchParams(localStorage[place])); } catch {}
  };
  const keep = () => {
    kept.open = open || '';
    try {
      localStorage[place] = new URLSearchParams(kept);
      indexedDB.open(place).onsuccess = ({ target }) => target.result.close();
    } catch {}
  };
  const forget = () => {
    kept = {};
    try { delete localStorage[place]; indexedDB.deleteDatabase(place); } catch {}
  };

  const calls = new Set, ears = {};
  const make = (tag, parent) => parent.appendChild(doc.createElement(tag));
  const tell = (type, more) => ready && frame.contentWindow.postMessage({ ...more, recado: 1, type }, origin);
  // Whatever an ear throws is its page's, and stops no other.
  const each = (all, go) => all?.forEach(one => queueMicrotask(() => go(one)));
  const emit = (event, detail) => each(ears[event], ear => ear(detail));

  // A closed root and a constructed sheet: the page's styles stay out, and its policy needs no exception. Its lines
  // are joined.
  const host = doc.createElement('recado-chat'), shadow = host.attachShadow({ mode: 'closed' }), sheet = new CSSStyleSheet;
  const gap = offset.split(' '), x = gap[0] + 'px', y = (gap[1] || gap[0]) + 'px';
  const side = { left: 'left:' + x, center: 'left:50%;translate:-50%' }[position] || 'right:' + x;
  sheet.replaceSync(`:host{all:initial;--a:${accent};--act:oklch(from var(--a) max(min(l,.53),l*clamp(0,(l - .62)*1e6,1)) c h)}\
button,iframe{position:fixed;z-index:${z};bottom:calc(${y} + env(safe-area-inset-bottom));${side};border:0;box-shadow:0 6px 30px #0003}\
button{display:flex;place-content:center;place-items:center;gap:8px;min-width:56px;height:56px;padding:0 16px;border-radius:99px;background:var(--act);color:oklch(from var(--a) clamp(.16,(.62 - l)*1e6,.99) .01 h);font:600 15px system-ui;cursor:pointer;outline-offset:2px}\
button::before{content:'';width:24px;height:24px;background:currentColor;forced-color-adjust:preserve-parent-color;clip-path:path(evenodd,'${icon}')}\
i{position:absolute;top:-2px;right:-2px;padding:0 7px;border-radius:99px;background:#a11d1d;color:#fff;font:600 11px/20px system-ui;box-shadow:0 0 0 2px #fff}\
:host([hidden]),[hidden]{display:none}\
iframe{width:380px;height:min(640px,100dvh - 20px - ${y});border-radius:16px}\
@media(max-width:480px){iframe{inset:0;translate:none;width:100%;height:var(--h,100dvh);border-radius:0}}\
@media(prefers-reduced-motion:no-preference){iframe{transition:opacity .24s}@starting-style{iframe{opacity:0}}}\
@media print{:host{display:none}}`);
  shadow.adoptedStyleSheets = [sheet];

  const launcher = make('button', shadow);
  if (label) launcher.append(label);
  launcher.ariaLabel = name;

  const draw = () => {
    launcher.hidden = open;
    badge.hidden = !unread;
    badge.textContent = unread;
    launcher.ariaLabel = name + (unread ? ', ' + says : '');
    frame.hidden = !open;
    // The title calls while nobody looks, and is the page's own again afterwards.
    clearInterval(blink);
    if (doc.title == call) doc.title = pageTitle;
    call = says;
    if (unread && (doc.hidden || !open)) {
      pageTitle = doc.title;
      blink = setInterval(() => doc.title = doc.title == call ? pageTitle : call, 1000);
    }
  };
  const look = () => { draw(); tell('visible', { yes: open && !doc.hidden }); };

  const hear = ({ origin: from, source, data }) => {
    if (from != origin || source != frame.contentWindow || data?.recado != 1) return;
    const { type, ...more } = data;
    if (type == 'ready') {
      ready = 1;
      tell('hello', { ...kept, page: location.href });
      look();
      emit(type);
      each(calls, call => tell('call', call));
      calls.clear();
    }
    // close; and hide, of an application that is retired.
    if (type == 'open') turn(true, 1); else acts[type]?.();
    if (type == 'unread') { unread = more.n; says = more.says; draw(); emit(type, unread); }
    if (type == 'forget') forget();
    if (type == 'keep') { kept = { ...kept, ...more }; keep(); }
    if (type == 'event') emit(more.name, more.detail);
  };

  const load = () => {
    if (frame) return;
    recall();
    badge = make('i', launcher);
    frame = make('iframe', shadow);
    frame.title = label || 'Chat';
    frame.allow = 'autoplay';
    frame.sandbox = 'allow-downloads allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
    frame.src = origin + '/w/frame?' + new URLSearchParams({ key, lang, accent, known: !!kept.token });
    addEventListener('message', hear);
    doc.addEventListener('visibilitychange', look);
    visualViewport.onresize = () => host.style.setProperty('--h', visualViewport.height + 'px');
    draw();
  };
  const turn = (yes, quiet) => {
    if (yes) load();
    if (open == yes) return;
    open = yes;
    if (kept.token) keep();
    look();
    const type = yes ? 'open' : 'close';
    tell(type, { page: location.href });
    if (!quiet) (yes ? frame : launcher).focus();
    emit(type);
  };
  // What the frame knows to do waits until it is there.
  const pass = (act, arg) => ready ? tell('call', { act, arg }) : calls.add({ act, arg });
  const acts = {
    show: () => host.hidden = false,
    hide: () => host.hidden = true,
    open: () => turn(true),
    close: () => turn(false),
    toggle: () => turn(!open),
    on: (event, ear) => (ears[event] ||= new Set).add(ear),
    off: (event, ear) => ears[event]?.delete(ear),
    startChat: arg => { turn(true); pass('startChat', arg); },
    logout: () => {
      calls.clear();
      // Only the frame can forget what it kept.
      recall();
      if (kept.token) load();
      forget();
      pass('logout');
    },
  };
  const Recado = window.Recado = (act, arg, ear) => { acts[act] ? acts[act](arg, ear) : pass(act, arg); };
  Recado.here = 1;

  launcher.onclick = acts.open;
  launcher.onpointerenter = launcher.onfocus = load;   // intent
  root.append(host);

  const resume = () => { recall(); if (kept.chat) { load(); turn(!!kept.open, 1); } };
  // Where it cannot be told, the storage is looked into.
  try {
    indexedDB.databases().then(all => { for (let i = 0; all[i]; i++) if (all[i].name == place) resume(); }, resume);
  } catch { resume(); }
  for (let i = 0; before?.q?.[i]; i++) Recado.apply(0, before.q[i]);
})();
