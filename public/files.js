// Files of a conversation: what only a browser knows of them. Fetched when a conversation is on the screen,
// by the widget and by the console; which files may be sent, and how they are drawn, is theirs.
//
// A card says in `data-sending` by which act it goes up, and gets a ring; it says in `data-file` what the
// server calls it, and gets its address. What becomes of a file is said to the window as a `recado-file`:
// `{ id, chat, name, size, width, height, address, why }` when it was taken, where `why` is 1 for too big
// and 2 for another kind; `{ id, answer }` at its end, which is a byte that says whether it is a yes and the
// bytes of it, or nothing where nobody answered. Who is asked to wait a little waits here.
globalThis.recadoFiles || (() => {
  // Another conversation may follow this one; a console has none of its own.
  if (parent != self) import('/call.js');
  const RENEWED = 8 * 60_000;
  /** The longest wait, in seconds, that nobody needs to be told of. */
  const A_LITTLE = 60;
  const held = new Map(), passes = new Map(), queue = [];
  /** Who asks may have another token by the time it is his turn. */
  let line, shown, key;
  const tell = data => dispatchEvent(new MessageEvent('recado-file', { data }));

  /** How big a picture is must be known before it is shown, or the conversation would jump. */
  const measure = address => new Promise(done => {
    const picture = new Image;
    picture.onload = picture.onerror = () => done([picture.naturalWidth, picture.naturalHeight]);
    picture.src = address;
  });

  function ring(id, part) {
    for (const card of document.querySelectorAll('[data-sending]')) {
      if (card.dataset.sending !== id) continue;
      let ring = card.querySelector('.ring');
      if (part === undefined) { ring?.remove(); continue; }
      if (!ring) {
        card.insertAdjacentHTML('beforeend', '<span class="ring" role="progressbar"><svg viewBox="0 0 48 48"><circle cx="24" cy="24" r="20"/><circle class="ring__part" cx="24" cy="24" r="20" pathLength="100"/></svg><b aria-hidden="true"></b></span>');
        ring = card.lastChild;
        ring.setAttribute('aria-label', held.get(id).file.name);
      }
      ring.setAttribute('aria-valuenow', part);
      ring.querySelector('.ring__part').setAttribute('stroke-dasharray', part + ' 100');
      ring.lastChild.textContent = part + ' %';
    }
  }

  /** One after the other, so that they arrive in the order in which they were given. */
  function next() {
    const ask = !line && queue.shift();
    if (!ask) return;
    const { id, door, accept } = ask, one = held.get(id);
    if (!one) return next();
    line = one.line = new XMLHttpRequest;
    line.open('PUT', door);
    line.responseType = 'arraybuffer';
    line.setRequestHeader('Accept', accept);
    line.setRequestHeader('X-File-Name', encodeURIComponent(one.file.name));
    if (key) line.setRequestHeader('Authorization', 'Bearer ' + key);
    // All of it has gone when the answer is here.
    line.upload.onprogress = ({ loaded, total }) => held.has(id) && ring(id, Math.min(99, Math.floor(loaded * 100 / total)));
    line.onloadend = ({ target }) => {
      const { status, response } = target, wait = status === 429 && +target.getResponseHeader('Retry-After');
      ring(id);
      if (wait && wait <= A_LITTLE) {
        queue.unshift(ask);
        return setTimeout(() => { line = 0; next(); }, wait * 1000);
      }
      line = 0;
      if (held.has(id)) tell({ id, answer: status && new Uint8Array([status === 200, ...new Uint8Array(response)]) });
      next();
    };
    line.send(one.file);
  }

  globalThis.recadoFiles = {
    /** Takes files of a list that will not stay: of an input, of the clipboard, or of what was dropped. */
    async take(list, chat, limit) {
      const files = [...list], input = document.querySelector('input[type=file]'), ends = input.accept.split(',');
      // The same file can be chosen again.
      input.value = '';
      for (const file of files) {
        const { name, size } = file;
        const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
        const why = size > limit ? 1 : ends.some(end => name.toLowerCase().endsWith(end)) ? 0 : 2;
        const address = !why && file.type.startsWith('image/') ? URL.createObjectURL(file) : '';
        const [width, height] = address ? await measure(address) : [0, 0];
        held.set(id, { file, address });
        tell({ id, chat, name, size, width, height, address, why });
      }
    },

    send(id, door, token, accept) {
      key = token;
      queue.push({ id, door, accept });
      next();
    },

    /** Takes it back, on its way or not, and lets go of it; without an id all of them. */
    withdraw(id) {
      for (const [one, { address, line }] of held) {
        if (id && one !== id) continue;
        held.delete(one);
        line?.abort();
        URL.revokeObjectURL(address);
      }
    },

    /** Gives all that is drawn its address, by a pass of this door, which is renewed in time. */
    async show(door, token) {
      shown = door;
      key = token;
      let pass = passes.get(door);
      if (!(pass?.until > Date.now())) {
        passes.set(door, pass = { until: Date.now() + RENEWED });
        const answer = await fetch(door, { headers: token ? { Authorization: 'Bearer ' + token } : {} }).catch(() => 0);
        if (answer.ok) pass.text = await answer.json();
        else pass.until = Date.now() + 5_000;
        setTimeout(() => shown === door && this.show(door, key), pass.until - Date.now() + 100);
      }
      if (shown !== door || !pass.text) return;
      for (const card of document.querySelectorAll('[data-file]')) {
        const address = '/files/' + card.dataset.file + '?pass=' + pass.text, picture = card.querySelector('img');
        card.setAttribute('href', address);
        // A picture that is seen keeps the address it has.
        if (picture && !picture.naturalWidth && (picture.complete || !picture.src)) picture.src = address;
      }
    },
  };
  tell({});
})();
