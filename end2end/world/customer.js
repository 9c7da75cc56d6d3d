// A customer: on somebody else's page, with the widget in its frame.
import { expect } from '@playwright/test';
import { Person } from './person.js';
import { SHOP_KEY } from './server.js';

export const FORM = { name: 'Nombre', email: 'Correo electrónico', order: 'Número de pedido' };

export class Customer extends Person {
  /** Goes to a page of the shop, and waits until its launcher is drawn. */
  async visits(path = '/') {
    await this.page.goto(this.world.shop + path);
    await expect(this.page.locator('recado-chat')).toBeAttached();
  }

  /** Goes to one of the pages of hosts/, which somebody serves under the shop's origin. */
  async visitsHost(host) {
    await this.visits(`/host/${host}`);
  }

  /** Presses the launcher where it is seen; it lives in a closed root, which no script enters. */
  async pressesLauncher() {
    const { width, height } = this.page.viewportSize();
    await this.page.mouse.click(width - 60, height - 44);
    await this.findsWindow();
  }

  /** Visits a page and opens the window. */
  async opens(path = '/') {
    await this.visits(path);
    await this.pressesLauncher();
    await expect(this.button(/^(Iniciar conversación|Volver a la conversación)$/)).toBeVisible();
  }

  /** The frame of this page's widget; every page has a new one. */
  async findsWindow() {
    const find = () => this.page.frames().find(frame => /\/(w|portal)\/frame\?/.test(frame.url()));
    await expect.poll(() => Boolean(find()), { message: `${this.name} sees the window` }).toBe(true);
    this.window = find();
  }

  get document() {
    return this.window ?? this.page;
  }

  button(name) {
    return this.window.getByRole('button', { name, exact: true });
  }

  async startsConversation() {
    await this.button('Iniciar conversación').click();
  }

  async fillsForm({ name = this.name, email = this.email, order = '' } = {}) {
    await this.window.getByLabel(FORM.name).fill(name);
    await this.window.getByLabel(FORM.email).fill(email);
    if (order) await this.window.getByLabel(FORM.order).fill(order);
  }

  get email() {
    return `${this.short}@correo.example`;
  }

  async confirmsForm() {
    await this.button('Continuar').click();
  }

  async choosesSubject(subject) {
    await this.window.getByRole('radio', { name: subject }).check({ force: true });
    await this.button('Confirmar').click();
  }

  async startsChat() {
    await this.button('Iniciar chat').click();
    await expect(this.log).toBeVisible();
  }

  /** From a page of the shop to a place in the queue. */
  async queuesFor(subject, answers) {
    await this.opens();
    await this.asksFor(subject, answers);
  }

  /** From the open window to a place in the queue. */
  async asksFor(subject, answers) {
    await this.startsConversation();
    await this.fillsForm(answers);
    await this.confirmsForm();
    await this.choosesSubject(subject);
    await this.startsChat();
  }

  get log() {
    return this.window.getByRole('region', { name: 'Conversación' });
  }

  get box() {
    return this.window.getByRole('textbox', { name: 'Mensaje' });
  }

  /** What is said of his place in the queue. */
  get place() {
    return this.window.getByRole('status').filter({ hasText: 'Tu lugar en la cola' });
  }

  async isAtPlace(place) {
    await expect(this.place.getByText(String(place), { exact: true })).toBeVisible();
  }

  /** Writes and sends; does not wait for the server. */
  async writes(text) {
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** Writes, and sees that it was sent. */
  async says(text) {
    await this.writes(text);
    await this.sees(text);
    await expect(this.log.locator('.bubble--pending')).toHaveCount(0);
  }

  async sees(text) {
    await expect(this.log.getByText(text)).toBeVisible();
  }

  /** The offline form, where nobody attends. */
  get away() {
    return this.window.locator('#offline');
  }

  /** Leaves a message there, and is told its number. */
  async leavesMessage(text) {
    await this.box.fill(text);
    await this.button('Dejar mensaje').click();
    return this.isToldNumber();
  }

  async isToldNumber() {
    const told = this.away.getByText(/^Solicitud \d+\./);
    await expect(told).toBeVisible();
    return Number((await told.textContent()).match(/Solicitud (\d+)/)[1]);
  }

  /** Ends the conversation, or leaves the queue, and sees that it has ended: the server knows, and its time stands. */
  async ends() {
    await this.button(/^(Terminar la conversación|Dejar la cola)$/).first().click();
    await this.window.getByRole('alertdialog').getByRole('button', { name: /^(Terminar|Dejar la cola)$/ }).click();
    await expect(this.window.getByText(/^Usuario final finalizó/).last()).toBeAttached();
  }

  /** What he and the agents said, as he sees it. */
  async transcript() {
    return this.log.locator('.bubble').evaluateAll(bubbles => bubbles
      // An answer of the form says what was asked, to who cannot see where it stands.
      .filter(bubble => !bubble.querySelector('.visually-hidden'))
      .map(bubble => `${bubble.closest('.log__turn--mine') ? 'customer' : 'agent'}: ${bubble.textContent}`));
  }

  /** What he wrote and the server has confirmed. */
  async confirmed() {
    return this.log.locator('.log__turn--mine:not(:has(.bubble--pending, .bubble--failed, .visually-hidden)) .bubble').allTextContents();
  }

  /** Closes the tab: his cookies and storage stay, his socket goes. */
  async closesTab() {
    await this.page.close();
  }

  /** Opens the shop in another tab of the same browser; an open conversation opens by itself. */
  async comesBack(path = '/') {
    this.page = await this.context.newPage();
    await this.visits(path);
    await this.findsWindow();
  }

  /** Asks for a link at the portal's entry, and comes in by the letter, which is the last of so many to him. */
  async comesIntoPortal(letters) {
    this.page = await this.context.newPage();
    this.window = undefined;
    this.whole = true;
    await this.page.goto(`${this.world.console}/portal`);
    await this.page.getByLabel('Correo electrónico').fill(this.email);
    await this.page.getByRole('button', { name: 'Enviarme el enlace' }).click();
    await expect(this.page.getByRole('heading', { name: 'Mira tu correo.' })).toBeVisible();
    const [link] = (await this.world.letterTo(this, letters)).match(/http\S+/);
    await this.page.goto(link);
    await this.page.getByRole('button', { name: 'Entrar' }).click();
    await expect(this.page.getByRole('heading', { name: 'Mis tickets' })).toBeVisible();
    return link;
  }

  /** A page of his account hands him over to the portal, with what his site has signed. */
  async isHandedOver(jwt) {
    this.page = await this.context.newPage();
    this.window = undefined;
    this.whole = true;
    const hidden = (name, value) => `<input type="hidden" name="${name}" value="${value}">`;
    const form = `<form method="post" action="${this.world.console}/portal/identity">${hidden('key', SHOP_KEY)}${hidden('jwt', jwt)}<button>Mis tickets</button></form>`;
    const body = `<!doctype html><html lang="es"><head><title>Mi cuenta</title></head><body>${form}</body></html>`;
    await this.context.route(`${this.world.shop}/cuenta`, route => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
    await this.page.goto(`${this.world.shop}/cuenta`);
    await this.page.getByRole('button', { name: 'Mis tickets' }).click();
    await expect(this.page.getByRole('heading', { name: 'Mis tickets' })).toBeVisible();
  }

  /** A second tab of the same browser, with the window open: him again, elsewhere. */
  async opensAnotherTab(path = '/') {
    const other = await this.anotherTab();
    await other.opens(path);
    return other;
  }

  /** A blank one of the same browser. */
  async anotherTab() {
    const other = new Customer(this.world, this.name, this.context);
    other.page = await this.context.newPage();
    return other;
  }

  /** The frame alone, where it does not fill the page. */
  async clip() {
    const { width, height } = this.page.viewportSize();
    if (!this.window || this.whole || width <= 480) return {};
    return { clip: { x: width - 400, y: height - 660, width: 380, height: 640 } };
  }
}
