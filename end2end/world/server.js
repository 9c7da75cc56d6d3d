// A real server: its own data folder, its own two ports; it can be killed and started again.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The key of the demo's shop. */
export const SHOP_KEY = 'pk_casanogal0tiendaweb';
/** How long a server may take until it is well. */
const START = 30_000;

export class Server {
  #child;
  #log = [];

  /** @param {'running' | 'still'} clock whether time goes by, or stands still until it is moved
   *  @param {string[]} settings what else it is told, on its command line
   *  @param {boolean} empty without the demo: nobody works there, and nobody listens at the shop's address */
  static async start(clock, settings = [], empty = false) {
    const program = process.env.RECADO_BIN;
    if (!program) throw new Error('RECADO_BIN must name the server to test, built with the feature test-clock');
    const server = new Server();
    server.program = program;
    server.clock = clock;
    server.settings = settings;
    server.empty = empty;
    server.data = await mkdtemp(join(tmpdir(), 'recado-story-'));
    const [port, shopPort] = await freePorts(2);
    server.address = `http://127.0.0.1:${port}`;
    server.shop = `http://127.0.0.1:${shopPort}`;
    await server.start();
    return server;
  }

  /** Starts it on the same folder and the same ports as before. */
  async start() {
    const host = address => new URL(address).host;
    const child = spawn(
      this.program,
      ['serve', ...(this.empty ? [] : ['--demo', '--shop-listen', host(this.shop)]), '--data', this.data, '--listen', host(this.address), ...this.settings],
      { env: { ...environment(), RECADO_TEST_CLOCK: this.clock }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    this.gone = new Promise(done => child.once('close', done));
    child.stdout.on('data', text => this.#log.push(text));
    child.stderr.on('data', text => this.#log.push(text));
    child.on('error', why => this.#log.push(`${why}\n`));
    await this.#wellOrGone();
  }

  async #wellOrGone() {
    const until = Date.now() + START;
    let exited = false;
    this.gone.then(() => { exited = true; });
    while (!exited && Date.now() < until) {
      const answer = await fetch(`${this.address}/health`).catch(() => null);
      if (answer?.ok) return;
      await new Promise(soon => setTimeout(soon, 25));
    }
    throw new Error(`The server ${exited ? 'ended by itself' : 'is not well'}. Its log:\n${this.log}`);
  }

  get log() {
    return this.#log.join('');
  }

  /** What the server wrote down as broken. */
  get faults() {
    return this.log.split('\n').filter(line => /\bERROR\b|panicked at/.test(line));
  }

  /** `kill -9`: nothing is said goodbye to, nothing is finished. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.gone;
  }

  /** Asks it to stop, and waits until it has. */
  async stop() {
    this.#child.kill('SIGTERM');
    await this.gone;
  }

  async end() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  /** Sets a part of the settings of the demo's shop, as its operator would. */
  async set(settings, key = SHOP_KEY) {
    await this.command(['application', 'set', '--key', key], settings);
  }

  /** Sets how a group hands out who waits. */
  async setGroup(group, settings) {
    await this.command(['group', 'set', '--group', group], settings);
  }

  async command(verb, settings) {
    const child = spawn(this.program, [...verb, '--data', this.data, '-'], { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
    const said = [];
    child.stdout.on('data', text => said.push(text));
    child.stderr.on('data', text => said.push(text));
    child.stdin.end(JSON.stringify(settings));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`It was not set: ${said.join('')}`);
  }

  /** What time it is for the server. */
  async now() {
    const answer = await fetch(`${this.address}/test/now`);
    return (await answer.json()).now;
  }

  /** Moves the hands of its clock. */
  async advance(milliseconds) {
    const body = JSON.stringify({ advance_ms: milliseconds });
    const answer = await fetch(`${this.address}/test/clock`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    if (!answer.ok) throw new Error(`The clock was not moved: ${answer.status} ${await answer.text()}`);
  }
}

/** Ours, without what a developer set for his own server. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RECADO_')));
}

/** Ports that nobody has; held until all are known. Of those that the system hands out by itself none: while a server is
 *  down, a page that calls it again could be given its port. */
async function freePorts(count) {
  const holders = await Promise.all(Array.from({ length: count }, hold));
  const ports = holders.map(holder => holder.address().port);
  await Promise.all(holders.map(holder => new Promise(done => holder.close(done))));
  return ports;
}

async function hold() {
  for (;;) {
    const holder = createServer();
    holder.listen(20_000 + randomInt(12_000), '127.0.0.1');
    const trouble = await once(holder, 'listening').then(() => null, error => error);
    if (!trouble) return holder;
    if (trouble.code !== 'EADDRINUSE') throw trouble;
  }
}
