// A page of somebody's own, on another origin: what he pastes into it, under the policy that it says.
import { once } from 'node:events';
import { createServer } from 'node:http';

export class Site {
  /** What its owner has pasted, and the policy of his page. */
  snippet = '';
  policy = '';

  /** @param {string} origin where it is, on this machine */
  static async open(origin) {
    const site = new Site();
    site.server = createServer((_, answer) => {
      answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': `default-src 'self'; ${site.policy}` });
      answer.end(`<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Mi sitio</title></head><body><h1>Mi sitio</h1>${site.snippet}</body></html>`);
    });
    site.server.listen(Number(new URL(origin).port), '127.0.0.1');
    await once(site.server, 'listening');
    return site;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
