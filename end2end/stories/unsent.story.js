// What an agent wrote and could not send: kept over a reload, sent once, never lost in silence.
import { story, expect, RETURNS } from '../world/world.js';
import { eventsOf, wordsIn } from '../world/database.js';

const LINES = ['La recogida es mañana.', 'Entre las nueve y las once.', 'No hace falta el embalaje.'];

async function talking(world) {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await ana.sees('Hola, Ana.');
  return { ines, ana };
}

story('what an agent writes without a server outlives his reload, and arrives once and in order', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const { chat } = ines;
  const address = ines.page.url();

  await world.server.stop();
  for (const line of LINES) await ines.writesTo('Ana Belmonte', line);
  await expect(ines.log.locator('.bubble--pending')).toHaveCount(LINES.length);
  // Out of the page and in again. A reload without a server shows the browser's own page for errors,
  // which tries again by itself and gets in the way of the next step.
  await ines.page.goto('about:blank');
  await world.server.start();
  await ines.page.goto(address);

  for (const line of LINES) await ana.sees(line);
  await expect(ines.log.locator('.bubble--pending, .bubble--failed')).toHaveCount(0);
  expect(await ana.transcript()).toEqual(['Hola, Ana.', ...LINES].map(line => `agent: ${line}`));
  expect(await ines.transcript()).toEqual(await ana.transcript());
  await world.server.stop();
  expect(wordsIn(await eventsOf(world.server, chat))).toEqual(await ana.transcript());
});

story('words that are too long are told of and not cut, and go when they are short enough', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const box = ines.box('Ana Belmonte');
  const talk = ines.talk('Ana Belmonte');
  const told = talk.getByRole('status').filter({ hasText: 'tiene 4012 caracteres y caben 4000; sobran 12' });
  await box.focus();
  // As pasted: the browser would hold to a limit of the box.
  await ines.page.keyboard.insertText('á'.repeat(4_012));
  await expect(told).toBeVisible();
  await expect(box).toHaveValue('á'.repeat(4_012));
  await expect(talk.getByRole('button', { name: 'Enviar', exact: true })).toBeDisabled();
  await box.press('Enter');
  await ines.shot('too-long');
  expect(await ines.confirmed()).toEqual(['Hola, Ana.']);
  await expect(box).toHaveValue('á'.repeat(4_012));

  for (let n = 0; n < 12; n += 1) await box.press('Backspace');
  await expect(told).toBeHidden();
  await box.press('Enter');
  await expect(box).toHaveValue('');
  await expect(ana.log.getByText('á'.repeat(4_000), { exact: true })).toBeVisible();

  // A note to the team has the same measure.
  await ines.writesFor('Nota interna');
  await ines.noteBox.focus();
  await ines.page.keyboard.insertText('ñ'.repeat(4_001));
  await expect(talk.getByRole('status').filter({ hasText: 'sobran 1.' })).toBeVisible();
  await expect(ines.noteBox).toHaveValue('ñ'.repeat(4_001));
});

story('what was not sent when the conversation ended says so, can be copied, and goes nowhere else', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const bruno = await world.customer('Bruno Sáez');
  const unsent = ines.log.locator('.log__turn', { has: ines.page.locator('.bubble--failed') });
  await ines.page.route('**/api/chat/act', route => route.abort());
  ines.forgives(/Failed to fetch/);

  await ines.writesTo('Ana Belmonte', LINES[0]);
  await ines.box('Ana Belmonte').fill(LINES[1]);
  await ana.ends();

  await expect(unsent).toHaveCount(2);
  await expect(unsent.first()).toContainText(LINES[0]);
  await expect(unsent.first()).toContainText('No se envió: ');
  await expect(unsent.last()).toContainText(LINES[1]);
  await expect(unsent.getByRole('button', { name: 'Copiar' })).toHaveCount(2);
  await expect(unsent.getByRole('button', { name: /Reintentar|Editar/ })).toHaveCount(0);
  await ines.shot('not-sent');

  await ines.page.unroute('**/api/chat/act');
  await ines.page.reload();
  await expect(unsent).toHaveCount(2);
  await bruno.queuesFor(RETURNS);
  await ines.attends('Bruno Sáez');
  await expect(ines.box('Bruno Sáez')).toHaveValue('');
  await expect(unsent).toHaveCount(0);
  await ines.saysTo('Bruno Sáez', 'Hola, Bruno.');
  expect(await bruno.transcript()).toEqual(['agent: Hola, Bruno.']);
});

story('what is refused can be edited and sent again', async ({ world }) => {
  const { ines, ana } = await talking(world);
  await ines.page.route('**/api/chat/act', route => route.abort());
  ines.forgives(/Failed to fetch/);
  await ines.writesTo('Ana Belmonte', 'Llega el lunes.');
  const unsent = ines.log.locator('.log__turn', { has: ines.page.locator('.bubble--failed') });
  await expect(unsent).toContainText('No se envió');
  await ines.page.unroute('**/api/chat/act');

  await ines.page.reload();
  await unsent.getByRole('button', { name: 'Editar' }).click();
  await expect(ines.box('Ana Belmonte')).toHaveValue('Llega el lunes.');
  await expect(unsent).toHaveCount(0);
  await ines.saysTo('Ana Belmonte', 'Llega el martes.');

  await ana.sees('Llega el martes.');
  expect(await ana.transcript()).toEqual(['agent: Hola, Ana.', 'agent: Llega el martes.']);
});

story('whoever signs in next in the same browser finds nothing unsent of another', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const address = ines.page.url();
  await ines.page.route('**/api/chat/act', route => route.abort());
  ines.forgives(/Failed to fetch/);
  await ines.writesTo('Ana Belmonte', LINES[0]);
  await expect(ines.log.locator('.bubble--failed')).toHaveCount(1);
  const kept = () => ines.page.evaluate(() => Object.keys(localStorage).filter(name => name.startsWith('recado.unsent.')).length);
  expect(await kept()).toBe(1);
  await ines.page.unroute('**/api/chat/act');
  await ines.context.clearCookies();

  await ines.page.goto('about:blank');
  await ines.page.goto(address);
  ines.email = 'marta@casanogal.example';
  await ines.typesPassword('una-clave-de-muestra');
  await expect(ines.talk('Ana Belmonte')).toBeVisible();

  expect(await kept()).toBe(0);
  await expect(ines.log.locator('.bubble--failed, .bubble--pending')).toHaveCount(0);
  expect(await ana.transcript()).toEqual(['agent: Hola, Ana.']);
});
