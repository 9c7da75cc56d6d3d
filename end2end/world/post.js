// A server of mail on this machine: takes letters, or says for a while that it is busy.
import { once } from 'node:events';
import { createServer } from 'node:net';

export class Post {
  letters = [];
  refused = 0;
  /** So many callers are told to come back later. */
  busy = 0;

  static async open() {
    const post = new Post();
    post.server = createServer(socket => post.#answer(socket));
    post.server.listen(0, '127.0.0.1');
    await once(post.server, 'listening');
    post.url = `smtp://127.0.0.1:${post.server.address().port}`;
    return post;
  }

  #answer(socket) {
    const busy = this.busy > 0;
    if (busy) this.busy -= 1;
    let rest = '', letter = { to: [], raw: '' }, inData = false;
    const say = text => socket.write(`${text}\r\n`);
    say('220 here');
    socket.on('error', () => {});
    socket.on('data', bytes => {
      const lines = (rest + bytes).split('\r\n');
      rest = lines.pop();
      for (const line of lines) {
        if (inData && line === '.') {
          inData = false;
          this.letters.push(letter);
          letter = { to: [], raw: '' };
          say('250 taken');
        } else if (inData) letter.raw += `${line}\r\n`;
        else if (/^RCPT/.test(line) && busy) {
          say('451 later');
          this.refused += 1;
        } else if (/^RCPT/.test(line)) {
          letter.to.push(line.split(/[<>]/)[1]);
          say('250 yes');
        } else if (/^DATA/.test(line)) {
          inData = true;
          say('354 go on');
        } else if (/^QUIT/.test(line)) socket.end('221 bye\r\n');
        else say('250 yes');
      }
    });
  }

  close() {
    this.server.close();
  }
}

/** The text of a letter, as it is read. */
export function textOf({ raw }) {
  const [head, ...body] = raw.split('\r\n\r\n');
  const encoded = body.join('\r\n\r\n');
  if (/Content-Transfer-Encoding: base64/i.test(head)) return Buffer.from(encoded, 'base64').toString();
  const bytes = encoded.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
