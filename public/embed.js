// What a page includes: draws the launcher, and opens the frame that holds the conversation.
//
//   <script src="https://chat.example/embed.js" data-key="pk_…" async></script>
//
// data-title (an expanded launcher), data-accent, data-position (left, center, right) and data-lang are
// free. Until the visitor points at the launcher there is no request, no frame and no storage; the only
// global is `Recado`. Written to be small: what ships is ≤ 2,048 bytes of brotli.
(() => {
  const page = window, doc = document, root = doc.documentElement, tag = doc.currentScript, before = page.Recado;
  if (!tag || before && before.here) return;   // included twice

  const { key, title, accent = '#2a49b8', position } = tag.dataset;
  const lang = tag.dataset.lang || root.lang || navigator.language;
  const [label, news] = { es: ['Abrir el chat', 'mensajes nuevos'], pt: ['Abrir o chat', 'mensagens novas'] }[lang.slice(0, 2)]
    || ['Open the chat', 'new messages'];
  const origin = new URL(tag.src).origin;

  // What is kept: {token, chat, open, ...}, first written when the visitor has acted. Storage may throw.
  const name = 'recado:' + key;
  let kept, keep = () => {
    try { kept ? localStorage.setItem(name, JSON.stringify(kept)) : localStorage.removeItem(name); } catch {}
  };
  try { kept = JSON.parse(localStorage.getItem(name)); } catch {}

  let frame, ready, open = false, unread = 0, blink, pageTitle;
  const calls = [], ears = {};
  const make = (tag, parent) => parent.appendChild(doc.createElement(tag));
  const tell = (type, more) => ready && frame.contentWindow.postMessage({ recado: 1, type, ...more }, origin);
  const emit = (event, detail) => (ears[event] || []).map(ear => ear(detail));

  // A closed root and a constructed sheet: the page's styles stay out, and its policy needs no exception.
  const host = doc.createElement('recado-chat'), shadow = host.attachShadow({ mode: 'closed' }), sheet = new CSSStyleSheet;
  const side = { left: 'left:20px', center: 'left:50%;translate:-50%' }[position] || 'right:20px';
  sheet.replaceSync(`
:host{all:initial;--a:#2a49b8;--act:oklch(from var(--a) calc(min(l,.53) + clamp(0,(l - .62)*1e6,1)*(l - min(l,.53))) c h)}
button,iframe{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));${side};border:0;box-shadow:0 1px 3px #0002,0 12px 36px #0003}
button{display:flex;align-items:center;justify-content:center;gap:8px;min-width:56px;height:56px;padding:0 15px;border-radius:99px;background:var(--act);color:oklch(from var(--a) clamp(.16,(.62 - l)*1e6,.99) .01 h);font:600 15px system-ui,sans-serif;cursor:pointer}
button:focus-visible{outline:2px solid var(--act);outline-offset:2px}
svg{width:26px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.t{height:48px;padding:0 22px 0 18px}.t svg{width:22px}
i{position:absolute;top:-2px;right:-2px;min-width:20px;padding:0 6px;box-sizing:border-box;border-radius:99px;background:#a11d1d;color:#fff;font:600 11px/20px system-ui;box-shadow:0 0 0 2px #fff}
:host([hidden]),[hidden]{display:none}
iframe{width:380px;height:min(640px,100dvh - 40px);border-radius:16px}
@media(max-width:480px){iframe{inset:0;translate:none;width:100%;height:var(--h,100dvh);border-radius:0}}
@media(prefers-reduced-motion:no-preference){iframe{animation:o .24s}}
@keyframes o{0%{opacity:0;transform:translateY(12px)}}
@media print{:host{display:none}}`);
  shadow.adoptedStyleSheets = [sheet];
  host.style.setProperty('--a', accent);

  const launcher = make('button', shadow), svg = 'http://www.w3.org/2000/svg';
  const path = launcher.appendChild(doc.createElementNS(svg, 'svg')).appendChild(doc.createElementNS(svg, 'path'));
  path.parentNode.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', 'M6.5 4h11A2.5 2.5 0 0 1 20 6.5V14l-6 6H6.5A2.5 2.5 0 0 1 4 17.5v-11A2.5 2.5 0 0 1 6.5 4zM20 14h-3.5a2.5 2.5 0 0 0-2.5 2.5V20M8 9h8M8 13h3');
  if (title) { launcher.className = 't'; launcher.append(title); }
  const badge = make('i', launcher);

  const draw = () => {
    launcher.hidden = open;
    badge.hidden = !unread;
    badge.textContent = unread;
    launcher.ariaLabel = (title || label) + (unread ? ', ' + unread + ' ' + news : '');
    if (frame) frame.hidden = !open;
    // The title calls while nobody looks, and is the page's own again afterwards.
    const call = '(' + unread + ') ' + news;
    clearInterval(blink);
    if (doc.title.endsWith(') ' + news)) doc.title = pageTitle;
    if (unread && (doc.hidden || !open)) {
      pageTitle = doc.title;
      blink = setInterval(() => doc.title = doc.title == call ? pageTitle : call, 1000);
    }
  };
  const look = () => { draw(); tell('visible', { yes: open && !doc.hidden }); };

  const load = () => {
    if (frame) return;
    frame = make('iframe', shadow);
    frame.title = title || 'Chat';
    frame.allow = 'autoplay';
    frame.sandbox = 'allow-downloads allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
    frame.src = origin + '/w/frame?' + new URLSearchParams({ key, lang, accent });
    draw();
  };
  const turn = (yes, quiet) => {
    if (yes) load();
    if (open == yes) return;
    open = yes;
    if (kept) { kept.open = yes; keep(); }
    look();
    tell(yes ? 'open' : 'close');
    if (!quiet) (yes ? frame : launcher).focus();
    emit(yes ? 'open' : 'close');
  };
  const acts = {
    show: () => host.hidden = false,
    hide: () => host.hidden = true,
    open: () => turn(true),
    close: () => turn(false),
    toggle: () => turn(!open),
    on: (event, ear) => (ears[event] ||= []).push(ear),
    off: (event, ear) => ears[event] = (ears[event] || []).filter(one => one != ear),
  };
  const Recado = (act, ...args) => {
    if (acts[act]) acts[act](...args);
    else if (ready) tell('call', { act, args });
    else calls.push([act, ...args]);   // the frame will know it
  };
  Recado.here = 1;
  page.Recado = Recado;

  page.addEventListener('message', ({ origin: from, source, data }) => {
    if (from != origin || !frame || source != frame.contentWindow || !data || data.recado != 1) return;
    const { recado, type, ...more } = data;
    if (type == 'ready') {
      ready = 1;
      tell('hello', { ...kept, page: location.href });
      if (open) tell('open');
      look();
      calls.splice(0).map(call => Recado(...call));
      emit(type);
    }
    if (type == 'keep') { kept = { ...kept, ...more, open }; keep(); }
    if (type == 'forget') { kept = null; keep(); }
    if (type == 'unread') { unread = more.n; draw(); emit(type, unread); }
    if (type == 'close') turn(false);
    if (type == 'event') emit(more.name, more.detail);
  });
  doc.addEventListener('visibilitychange', look);
  launcher.onclick = acts.open;
  launcher.onpointerenter = launcher.onfocus = load;   // intent

  draw();
  root.append(host);
  if (page.visualViewport) visualViewport.onresize = () => host.style.setProperty('--h', visualViewport.height + 'px');
  if (kept && kept.chat) { load(); turn(!!kept.open, 1); }
  (before && before.q || []).map(call => Recado(...call));
})();
