// Somebody with a browser of his own: a context, a page, and what went wrong in it.
import { mkdir } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { violations } from './axe.js';

/** What a browser says of a server that was refused, killed or slow; no fault of a page. */
const OF_THE_NETWORK = /Failed to load resource|WebSocket connection to|net::ERR_|ERR_CONNECTION/;

export class Person {
  /** What no story may ever see: errors of scripts, refused policies, dialogs that nobody meant. */
  troubles = [];
  /** What a story breaks on purpose. */
  forgiven = [];
  shots = 0;

  constructor(world, name, context) {
    this.world = world;
    this.name = name;
    this.context = context;
    context.on('page', page => this.#watch(page));
  }

  async sitsDown() {
    await this.context.addInitScript(() => {
      addEventListener('securitypolicyviolation', event => console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    this.page = await this.context.newPage();
  }

  /** Troubles that say this belong to the story. */
  forgives(said) {
    this.forgiven.push(said);
  }

  #watch(page) {
    const note = what => this.forgiven.some(said => said.test(what)) || this.troubles.push(`${this.name}: ${what}`);
    page.on('pageerror', error => note(error.stack || error));
    page.on('console', message => {
      if (message.type() === 'error' && !OF_THE_NETWORK.test(message.text())) note(message.text());
    });
    page.on('dialog', async dialog => {
      // The console asks before it is left with a conversation in hand (R62): he means it.
      if (dialog.type() === 'beforeunload') return dialog.accept();
      note(`a dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
  }

  /** The document that is his: of an agent the page, of a customer the frame in it. */
  get document() {
    return this.page;
  }

  /** A picture in light and dark, named by its story. What is worth a picture is accessible, too. */
  async shot(what, { both = true, ...options } = {}) {
    const folder = `shots/${this.world.story}`;
    await mkdir(folder, { recursive: true });
    this.world.shots += 1;
    const number = String(this.world.shots).padStart(2, '0');
    for (const colorScheme of both ? ['dark', 'light'] : ['light']) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect.soft(await violations(this.document), `${what}, ${colorScheme}: what axe finds`).toEqual([]);
      const path = `${folder}/${number}-${this.short}-${what}.${colorScheme}.png`;
      await this.page.screenshot({ path, animations: 'disabled', ...(await this.clip()), ...options });
    }
  }

  /** His first name without accents, for file names. */
  get short() {
    return this.name.split(' ')[0].normalize('NFD').replace(/[^a-z]/gi, '').toLowerCase();
  }

  async clip() {
    return {};
  }

  /** Nothing that somebody wrote has run in any document that is open here. */
  async isUnharmed() {
    for (const page of this.context.pages()) {
      for (const frame of page.frames()) {
        expect(await frame.evaluate(() => window.__pwned), `${this.name} at ${frame.url()}`).toBeUndefined();
      }
    }
  }

  async leaves() {
    await this.context.close();
  }
}
