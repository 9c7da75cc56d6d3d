// The world of a story: a server of its own, agents in the console, customers in the shop.
import { test as base, expect } from '@playwright/test';
import { Agent } from './agent.js';
import { Customer } from './customer.js';
import { Hook } from './hook.js';
import { Post, textOf } from './post.js';
import { Server } from './server.js';

export { expect };

/** The subjects of the demo's shop. */
export const ORDERS = 'Pedidos y envíos';
export const RETURNS = 'Devoluciones y garantías';
export const CHOOSE = 'Ayuda para elegir';

const AGENTS = { ines: 'Inés Robledo', tomas: 'Tomás Vidal', lucia: 'Lucía Cano', marta: 'Marta Ortiz' };
const DESKTOP = { width: 1440, height: 900 };
const SHOP = { width: 1200, height: 780 };
const PHONE = { width: 390, height: 844 };

class World {
  people = [];
  shots = 0;

  constructor(browser, server, story) {
    this.browser = browser;
    this.server = server;
    this.story = story;
  }

  get console() {
    return this.server.address;
  }

  get shop() {
    return this.server.shop;
  }

  /** A customer with a browser of his own: nothing kept, nothing shared. */
  async customer(name, { phone = false, locale = 'es-ES', ...more } = {}) {
    const about = phone ? { viewport: PHONE, isMobile: true, hasTouch: true } : { viewport: SHOP };
    const customer = new Customer(this, name, await this.browser.newContext({ ...about, locale, colorScheme: 'light', ...more }));
    return this.#sit(customer);
  }

  /** One of the demo's agents, before the console's door. */
  async agent(login, { phone = false, locale = 'es-ES' } = {}) {
    const about = phone ? { viewport: PHONE, isMobile: true, hasTouch: true } : { viewport: DESKTOP };
    const agent = new Agent(this, AGENTS[login], await this.browser.newContext({ ...about, locale, colorScheme: 'light' }));
    agent.email = `${login}@casanogal.example`;
    return this.#sit(agent);
  }

  /** Somebody who comes into a house that has nobody: his browser, and nothing else. */
  async newcomer(name, { locale = 'es-ES' } = {}) {
    return this.#sit(new Agent(this, name, await this.browser.newContext({ viewport: DESKTOP, locale, colorScheme: 'light' })));
  }

  /** One of the demo's agents, signed in and online. */
  async agentOnDuty(login, about) {
    const agent = await this.agent(login, about);
    await agent.isOnDuty();
    return agent;
  }

  async #sit(person) {
    this.people.push(person);
    await person.sitsDown();
    return person;
  }

  /** Moves the hands of the server's clock. */
  async passes({ seconds = 0, milliseconds = 0 }) {
    await this.server.advance(seconds * 1_000 + milliseconds);
  }

  /** The text of the letter that somebody has as the last of so many. */
  async letterTo({ email }, count) {
    const theirs = () => this.post.letters.filter(letter => letter.to.includes(email));
    await expect.poll(() => theirs().length, { message: `letters to ${email}` }).toBe(count);
    return textOf(theirs().at(-1));
  }

  /** What must be true at the end of every story. */
  isSound() {
    expect(this.people.flatMap(person => person.troubles), 'errors and refused policies in the browsers').toEqual([]);
    expect(this.server.faults, 'faults in the log of the server').toEqual([]);
  }

  async end() {
    await Promise.all(this.people.map(person => person.leaves()));
    await this.server.end();
  }
}

/** A story; `clock` stands still where a story counts seconds, with `mails` there is a server of mail, with
 *  `webhooks` another program, which the operator allows; `empty` is a house in which nobody works yet. */
export const story = base.extend({
  clock: ['running', { option: true }],
  mails: [false, { option: true }],
  webhooks: [false, { option: true }],
  empty: [false, { option: true }],
  world: async ({ browser, clock, mails, webhooks, empty }, use, info) => {
    const post = mails ? await Post.open() : null;
    const settings = post ? ['--smtp', post.url, '--mail-from', 'Casa Nogal <hola@casanogal.example>'] : [];
    const hook = webhooks ? await Hook.open() : null;
    if (hook) settings.push('--webhook-host', '127.0.0.1');
    const server = await Server.start(clock, settings, empty);
    const world = new World(browser, server, info.file.split('/').at(-1).replace('.story.js', ''));
    world.post = post;
    world.hook = hook;
    try {
      await use(world);
      if (info.status === 'passed') world.isSound();
    } finally {
      if (info.status !== info.expectedStatus) await tellWhatHappened(world, info);
      await world.end();
      post?.close();
      hook?.close();
    }
  },
});

/** For who reads a failure: every screen as it was, and the log of the server. */
async function tellWhatHappened(world, info) {
  const troubles = world.people.flatMap(person => person.troubles).join('\n');
  process.stdout.write(`--- ${info.title}: the server's log\n${world.server.log}\n${troubles && `--- in the browsers\n${troubles}\n`}`);
  for (const person of world.people) {
    for (const [n, page] of person.context.pages().entries()) {
      await page.screenshot({ path: info.outputPath(`${person.short}-${n}.png`) }).catch(() => {});
    }
  }
}
