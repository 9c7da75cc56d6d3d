// An agent: in the console, with its lists, its tabs and its papers.
import { expect } from '@playwright/test';
import { Person } from './person.js';

export const PASSWORD = 'una-clave-de-muestra';

export class Agent extends Person {
  /** Asks for the console, and signs in where he is led. He is there when his line is open, and not when he sees it. */
  async signsIn(path = '/') {
    const line = this.#hears();
    await this.page.goto(this.world.console + path);
    await this.typesPassword(PASSWORD);
    await expect(this.page.getByRole('navigation', { name: 'Principal' })).toBeVisible();
    await line;
  }

  /** Goes to an address of the console by himself, and is there when his line is open. */
  async goesTo(address) {
    const line = this.#hears();
    await this.page.goto(address);
    await line;
  }

  /** The first that comes over his line, on either way that it can go. */
  #hears() {
    const socket = new Promise(heard => this.page.on('websocket', socket => socket.once('framereceived', heard)));
    const stream = this.page.waitForResponse(answer => answer.url().includes('/stream/')).catch(() => socket);
    return Promise.race([socket, stream]);
  }

  async typesPassword(password) {
    await this.page.locator('input[type=email]').fill(this.email);
    await this.page.locator('input[type=password]').fill(password);
    await this.page.locator('button[type=submit]').click();
  }

  get status() {
    return this.page.getByRole('group', { name: 'Estado en el chat' });
  }

  async comesOnline() {
    const online = this.status.getByRole('radio', { name: 'Online' });
    if (await online.isChecked()) return;
    const kept = this.page.waitForResponse(answer => answer.url().endsWith('/api/me/online'));
    await online.check({ force: true });
    expect((await kept).ok()).toBe(true);
  }

  /** Signs in and can be asked to attend. */
  async isOnDuty(path) {
    await this.signsIn(path);
    await this.comesOnline();
  }

  get queue() {
    return this.page.getByRole('region', { name: 'Cola' });
  }

  /** Somebody's row in the lists; one that is gone and is only held under the pointer is none. */
  row(name) {
    return this.queue.getByRole('article').and(this.page.locator(':not(.call--gone)')).filter({ has: this.page.getByRole('heading', { name, exact: true }) });
  }

  attendButton(name) {
    return this.row(name).getByRole('button', { name: /^Atender/ });
  }

  async attends(name) {
    // Nothing moves under a pointer that rests on a row from before.
    await this.page.mouse.move(0, 0);
    await this.attendButton(name).click();
    await expect(this.page).toHaveURL(/\/chat\/[\w-]+$/);
    await expect(this.talk(name)).toBeVisible();
  }

  /** The conversation with somebody, in its tab. */
  talk(name) {
    return this.page.getByRole('region', { name: `Conversación con ${name}` });
  }

  get log() {
    return this.page.getByRole('region', { name: 'Mensajes' });
  }

  box(name) {
    return this.page.getByRole('textbox', { name: `Escribe a ${name}` });
  }

  get whisperBox() {
    return this.page.getByRole('textbox', { name: 'Susurra al agente; el cliente no lo ve' });
  }

  get noteBox() {
    return this.page.getByRole('textbox', { name: 'Escribe una nota; el cliente no la ve' });
  }

  /** Chooses for whom he writes. */
  async writesFor(mode) {
    await this.page.getByRole('group', { name: 'A quién' }).getByRole('radio', { name: mode }).check({ force: true });
  }

  tab(name) {
    return this.page.getByRole('navigation', { name: 'Conversaciones abiertas' }).getByRole('link', { name });
  }

  async writesTo(name, text) {
    await this.box(name).fill(text);
    await this.box(name).press('Enter');
  }

  async saysTo(name, text) {
    await this.writesTo(name, text);
    await this.sees(text);
    await expect(this.log.locator('.bubble--pending')).toHaveCount(0);
  }

  async sees(text) {
    await expect(this.log.getByText(text)).toBeVisible();
  }

  /** Goes into a conversation of others: he is told before who stays, and what its customer will read. */
  async intervenes(button = this.page.getByRole('button', { name: 'Intervenir' })) {
    await button.click();
    const dialog = this.page.getByRole('dialog', { name: /^¿Intervenir/ });
    await expect(dialog).toContainText(`El cliente leerá: «${this.name} ha ingresado a la conversación».`);
    await dialog.getByRole('button', { name: 'Intervenir' }).click();
  }

  /** Makes it his own: whoever had it is out. */
  async takesOver(button = this.page.getByRole('button', { name: 'Intervenir' })) {
    await button.click();
    const dialog = this.page.getByRole('dialog');
    await expect(dialog).toContainText(`El cliente leerá: «La conversación continúa con ${this.name}».`);
    await dialog.getByRole('button', { name: 'Tomar la conversación' }).click();
  }

  /** Finishes the conversation that is open. */
  async closes() {
    await this.page.getByRole('button', { name: 'Finalizar' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Finalizar' }).click();
  }

  /** Redirects the conversation that is open, with a word for whoever goes on. */
  async handsOver(to, note = '') {
    await this.page.getByRole('button', { name: 'Redirigir' }).first().click();
    await this.page.getByRole('menuitem', { name: to }).click();
    const dialog = this.page.getByRole('dialog', { name: /^Redirigir a/ });
    await dialog.getByRole('textbox').fill(note);
    await dialog.getByRole('button', { name: 'Redirigir' }).click();
  }

  get papers() {
    return this.page.getByRole('complementary', { name: 'Ticket y cliente' });
  }

  /** Saves the ticket of the conversation that is open, and is told its number. */
  async saves(status, { subject } = {}) {
    if (subject !== undefined) await this.papers.getByLabel('Asunto').fill(subject);
    const save = this.papers.getByRole('button', { name: `Guardar como ${status}`, exact: true });
    if (!(await save.isVisible())) {
      await this.papers.getByRole('button', { name: 'Guardar como…' }).click();
      await this.page.getByRole('menuitemradio', { name: new RegExp(`^${status}`) }).click();
    }
    await save.click();
    const told = this.note(new RegExp(`Ticket \\d+ guardado como ${status}\\.`));
    await expect(told).toBeVisible();
    return Number((await told.textContent()).match(/Ticket (\d+)/)[1]);
  }

  /** Gives the saved ticket that is open another status. */
  async becomes(status) {
    await this.papers.getByLabel('Estado').selectOption(status);
    const kept = this.page.waitForResponse(answer => answer.url().endsWith('/api/ticket/save'));
    await this.page.getByRole('button', { name: 'Guardar', exact: true }).click();
    expect((await kept).ok()).toBe(true);
  }

  /** What the program says for a moment. */
  note(text) {
    return this.page.locator('.note').filter({ hasText: text });
  }

  /** The tickets of a status, or of whatever else an address asks for. */
  async looksAtTickets(status = 'any', more = '') {
    await this.page.goto(`${this.world.console}/tickets?status=${status}${more}`);
    await expect(this.tickets).toBeVisible();
  }

  get tickets() {
    return this.page.getByRole('region', { name: 'Tickets' });
  }

  ticket(text) {
    return this.tickets.getByRole('row').filter({ hasText: text });
  }

  /** What was said, as he sees it; in a ticket all of the house stand on the right. */
  async transcript() {
    return this.log.locator('.bubble:not(.bubble--aside)').evaluateAll(bubbles => bubbles
      .map(bubble => `${bubble.closest('.log__turn--mine') ? 'agent' : 'customer'}: ${bubble.textContent}`));
  }

  async confirmed() {
    return this.log.locator('.log__turn--mine .bubble:not(.bubble--pending, .bubble--failed)').allTextContents();
  }

  /** Asks the server for something that his console does not offer him; answers with its trouble. */
  async asksBehindTheConsole(name, act) {
    return this.page.evaluate(async ({ name, act }) => {
      const door = (path, body) => fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).then(answer => answer.json());
      const { cards } = await door('/api/console/lists', {});
      const chat = cards.find(card => card.customer.name === name).chat;
      return door('/api/chat/act', { chat, wish: { id: `story-${Date.now()}`, act } });
    }, { name, act });
  }

  /** The id in the address of the conversation that is open. */
  get chat() {
    return new URL(this.page.url()).pathname.split('/')[2];
  }
}
