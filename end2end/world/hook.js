// Another program, which is told of tickets: keeps what came, and says that it took it.
import { createServer } from 'node:http';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';

export class Hook {
  came = [];

  static async open() {
    const hook = new Hook();
    hook.server = createServer(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      hook.came.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
      response.writeHead(204).end();
    });
    hook.server.listen(0, '127.0.0.1');
    await once(hook.server, 'listening');
    hook.url = `http://127.0.0.1:${hook.server.address().port}/hook`;
    return hook;
  }

  /** Was it signed with this secret, as docs/triggers.md tells it? */
  static isSigned({ headers, body }, secret) {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
