// The views of the console come when somebody goes there; every one has an address.
import { story, expect, RETURNS } from '../world/world.js';

const menu = (agent, name) => agent.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name });
const TALK = /\/console-talk-\w+\.wasm$/;
const TICKETS = /\/console-tickets-\w+\.wasm$/;

story('a view that does not come is told, can be tried again, and loses nothing', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.box('Ana Belmonte').fill('Te paso un enla');
  const talk = ines.page.url();
  const asked = [];
  await ines.page.route(TICKETS, route => { asked.push('here'); return route.abort(); });
  ines.forgives(/Failed to fetch/);

  await menu(ines, 'Tickets').click();
  const told = ines.page.getByRole('alert').filter({ hasText: 'Esta parte no se pudo cargar' });
  await expect(told).toBeVisible();
  await expect(ines.page).toHaveURL(/\/tickets$/);
  await expect(ines.tab('Ana Belmonte')).toHaveCount(0);
  await ines.shot('missing');
  const before = asked.length;
  await told.getByRole('button', { name: 'Reintentar' }).click();
  await expect.poll(() => asked.length).toBeGreaterThan(before);
  await expect(told).toBeVisible();

  await ines.page.goBack();
  await expect(ines.talk('Ana Belmonte')).toBeVisible();
  expect(ines.page.url()).toBe(talk);
  await expect(ines.box('Ana Belmonte')).toHaveValue('Te paso un enla');
  await ines.box('Ana Belmonte').press('Enter');
  await ana.sees('Te paso un enla');

  await ines.page.goForward();
  await expect(told).toBeVisible();
  await ines.page.unroute(TICKETS);
  await told.getByRole('button', { name: 'Reintentar' }).click();
  await expect(ines.tickets).toBeVisible();
  await expect(told).toHaveCount(0);
});

story('a conversation whose part does not come is told beside the queue, and opened when it comes', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agent('ines'), world.customer('Ana Belmonte')]);
  await ines.page.route(TALK, route => route.abort());
  ines.forgives(/Failed to fetch/);
  await ines.isOnDuty();
  await ana.queuesFor(RETURNS);

  await ines.attendButton('Ana Belmonte').click();
  const told = ines.page.getByRole('alert').filter({ hasText: 'Esta parte no se pudo cargar' });
  await expect(told).toBeVisible();
  await expect(ines.tab('Ana Belmonte')).toBeVisible();
  await expect(ines.row('Ana Belmonte')).toBeVisible();
  await ines.shot('talk-missing');
  await ines.page.unroute(TALK);
  await told.getByRole('button', { name: 'Reintentar' }).click();

  await expect(told).toHaveCount(0);
  await ines.saysTo('Ana Belmonte', 'Aquí estoy.');
  await ana.sees('Aquí estoy.');
});

story('the console loads a view once, and its links do not leave the page', async ({ world }) => {
  const marta = await world.agent('marta');
  const modules = [];
  marta.page.on('request', request => { if (request.url().endsWith('.wasm')) modules.push(new URL(request.url()).pathname); });
  await marta.signsIn();
  await expect(marta.page).toHaveURL(/\/chat$/);
  await expect(marta.queue).toBeVisible();
  expect(modules.filter(path => TICKETS.test(path))).toEqual([]);
  await marta.page.evaluate(() => { window.same = true; });

  await menu(marta, 'Tickets').click();
  await expect(marta.tickets).toBeVisible();
  await expect(marta.page.getByRole('heading', { level: 1 })).toHaveText('Tickets');
  await expect(menu(marta, 'Tickets')).toHaveAttribute('aria-current', 'page');
  await menu(marta, 'Ajustes').click();
  await expect(menu(marta, 'Ajustes')).toHaveAttribute('aria-current', 'page');
  await marta.page.getByRole('link', { name: 'Aplicaciones' }).click();
  await expect(marta.page.getByRole('link', { name: /Nogal/ })).toBeVisible();
  await marta.page.goBack();
  await marta.page.goBack();
  await expect(marta.tickets).toBeVisible();
  await marta.page.goBack();
  await expect(marta.queue).toBeVisible();
  await menu(marta, 'Tickets').click();
  await expect(marta.tickets).toBeVisible();

  expect(await marta.page.evaluate(() => window.same)).toBe(true);
  expect(new Set(modules).size).toBe(modules.length);
  await marta.page.reload();
  await expect(marta.tickets).toBeVisible();
  await expect(marta.page).toHaveURL(/\/tickets$/);
});

story('an address that shows nothing says so, and the way back is there', async ({ world }) => {
  const ines = await world.agentOnDuty('ines');

  await ines.page.evaluate(() => { history.pushState(null, '', '/tickets/a/b'); dispatchEvent(new PopStateEvent('popstate')); });
  await expect(ines.page.getByText('Aquí no hay nada.')).toBeVisible();
  await menu(ines, 'Recado').click();
  await expect(ines.queue).toBeVisible();
  await expect(ines.page).toHaveURL(/\/chat$/);
});

story('what a ticket can be saved as is shown when all of it is known, and nothing moves under the hand', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  let comes;
  const late = new Promise(resolve => { comes = resolve; });
  await ines.page.route('**/api/ticket/choices', async route => { await late; await route.continue(); });

  await ines.closes();
  await ines.papers.getByRole('button', { name: 'Guardar como…' }).click();
  const items = ines.page.getByRole('menuitemradio');
  await expect(ines.page.getByRole('menu', { name: 'Guardar como…' })).toBeFocused();
  await expect(items).toHaveCount(0);
  comes();
  await expect(items.filter({ hasText: 'En el taller' })).toBeVisible();
  await items.filter({ hasText: /^Parado$/ }).click();
  await ines.papers.getByRole('button', { name: 'Guardar como Parado', exact: true }).click();
  await expect(ines.note(/Ticket \d+ guardado como Parado\./)).toBeVisible();
});
