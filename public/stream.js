// The manners of a socket over a stream of events, for browsers behind whoever blocks sockets. Loaded when
// sockets have failed, by the widget and by the console: what they know of a WebSocket works on it.
//
// Down comes `GET path`, an event a frame, in base64. Up goes a `POST` for each frame.
globalThis.RecadoStream = class {
  readyState = WebSocket.OPEN;
  #abort = new AbortController;
  #path;
  #headers;
  #sign;

  /** `query` says the version, `sign` is the frame that answers a heartbeat; a token, if any, is a visitor's. */
  constructor(path, query, sign, type, token) {
    this.#path = path;
    this.#sign = sign;
    this.#headers = { 'Content-Type': type, ...(token && { Authorization: 'Bearer ' + token }) };
    this.#listen(query);
  }

  async #listen(query) {
    try {
      const answer = await fetch(this.#path + query, { headers: this.#headers, signal: this.#abort.signal });
      const reader = answer.ok && answer.body.pipeThrough(new TextDecoderStream).getReader();
      for (let rest = ''; reader;) {
        const { value, done } = await reader.read();
        if (done) break;
        const events = (rest + value).split('\n\n');
        rest = events.pop();
        for (const event of events) this.#hear(event);
      }
    } catch {}
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ type: 'close' });
  }

  #hear(event) {
    // Nobody answers a heartbeat by himself here; any frame does.
    if (!event.startsWith('data: ')) return this.send(this.#sign);
    const data = Uint8Array.from(atob(event.slice(6)), letter => letter.charCodeAt()).buffer;
    this.onmessage?.({ type: 'message', data });
  }

  send(body) {
    // A frame that is lost is missed by the echo.
    fetch(this.#path, { method: 'POST', headers: this.#headers, body, signal: this.#abort.signal }).catch(() => {});
  }

  close() {
    this.#abort.abort();
  }
};
