// Whoever he is and whatever he holds: by keyboard alone, enlarged, in forced colours, right to left, on a
// phone with its keyboard open, on a bad line.
import { story, expect, RETURNS } from '../world/world.js';

/** Nothing is cut off at the side, and nobody must scroll sideways. */
async function fits(customer, where) {
  const wide = await customer.window.evaluate(() => {
    const out = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.visually-hidden, pre, table, svg'));
    return { page: document.documentElement.scrollWidth - innerWidth, out: out.map(one => one.className || one.tagName) };
  });
  expect(wide, where).toEqual({ page: 0, out: [] });
}

async function isInView(customer, locator) {
  const box = await locator.boundingBox();
  const { height } = customer.page.viewportSize();
  expect(box.y + box.height, 'it is above the lower edge').toBeLessThanOrEqual(height);
}

story('a whole conversation by keyboard alone', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.visits();
  const press = key => ana.page.keyboard.press(key);
  const focused = () => ana.page.evaluate(() => document.activeElement?.tagName);
  for (let n = 0; n < 40 && (await focused()) !== 'RECADO-CHAT'; n += 1) await press('Tab');
  expect(await focused(), 'the launcher is reached by Tab').toBe('RECADO-CHAT');
  await press('Enter');
  await ana.findsWindow();
  await expect(ana.button('Iniciar conversación')).toBeFocused();
  await press('Enter');
  await expect(ana.window.getByLabel('Nombre')).toBeFocused();
  await ana.page.keyboard.type('Ana Belmonte');
  await press('Tab');
  await ana.page.keyboard.type('ana@correo.example');
  await press('Enter');
  const subject = ana.window.getByRole('radio', { name: RETURNS });
  await expect(ana.window.getByRole('radio').first()).toBeFocused();
  for (let n = 0; n < 5 && !(await subject.isChecked()); n += 1) await press('ArrowDown');
  await expect(subject).toBeChecked();
  await press('Enter');
  if (await ana.button('Confirmar').isVisible()) await ana.button('Confirmar').press('Enter');
  await expect(ana.button('Iniciar chat')).toBeFocused();
  await press('Enter');
  await expect(ana.box).toBeFocused();
  await ana.page.keyboard.type('Sin ratón.');
  await press('Enter');
  await ana.sees('Sin ratón.');
  await expect(ana.window.getByRole('log'), 'new lines are told politely').toBeVisible();
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Leído.');
  await expect(ana.window.getByRole('log').getByText('Leído.')).toBeVisible();
  await ana.button('Terminar la conversación').press('Enter');
  await expect(ana.window.getByRole('alertdialog')).toBeVisible();
  await press('Escape');
  await expect(ana.window.getByRole('alertdialog')).toBeHidden();
  await ana.button('Terminar la conversación').press('Enter');
  await ana.window.getByRole('alertdialog').getByRole('button', { name: 'Terminar', exact: true }).press('Enter');
  await ana.sees('Usuario final finalizó la conversación');
});

story('enlarged to twice its size, in forced colours, and without motion, nothing is lost', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  // Two hundred per cent of 1280 by 800: half as many points.
  await ana.page.setViewportSize({ width: 640, height: 400 });
  await ana.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await ana.opens();
  await fits(ana, 'home');
  await ana.shot('enlarged-home', { both: false });
  await ana.startsConversation();
  await fits(ana, 'form');
  await ana.fillsForm();
  await ana.confirmsForm();
  await fits(ana, 'subject');
  await ana.shot('enlarged-subject', { both: false });
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();
  await ana.says('Una palabra larguísima: ' + 'electroencefalografista'.repeat(6));
  await fits(ana, 'waiting');
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await fits(ana, 'conversation');
  await isInView(ana, ana.box);
  await ana.shot('enlarged-conversation', { both: false });
});

story('words from right to left run as they should, on a page that does', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.visits();
  await ana.page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS);
  await ana.says('مرحبا، أين طلبي؟');
  const direction = locator => locator.evaluate(one => getComputedStyle(one).direction);
  expect(await direction(ana.log.getByText('مرحبا'))).toBe('rtl');
  await ines.attends('Ana Belmonte');
  await expect(ines.log.getByText('مرحبا')).toBeVisible();
  expect(await direction(ines.log.getByText('مرحبا'))).toBe('rtl');
  await ines.saysTo('Ana Belmonte', 'Ya sale.');
  await ana.sees('Ya sale.');
  expect(await direction(ana.log.getByText('Ya sale.'))).toBe('ltr');
  await fits(ana, 'conversation');
  await ana.shot('right-to-left');
});

story('on a phone the window is the screen, and what he writes stays above the keyboard', async ({ world }) => {
  const [ines, eva] = await Promise.all([world.agentOnDuty('ines'), world.customer('Eva Soto', { phone: true })]);
  await eva.opens();
  const whole = await eva.window.evaluate(() => [innerWidth, innerHeight]);
  expect(whole).toEqual([390, 844]);
  await eva.asksFor(RETURNS);
  await eva.says('Desde el móvil.');
  await ines.attends('Eva Soto');
  await eva.sees('Inés Robledo ha ingresado a la conversación');
  // The keyboard takes half the screen.
  await eva.page.setViewportSize({ width: 390, height: 430 });
  await eva.box.focus();
  await isInView(eva, eva.box);
  await isInView(eva, eva.window.getByRole('log').getByText('Inés Robledo ha ingresado a la conversación'));
  await eva.shot('phone-with-keyboard');
  await fits(eva, 'phone');
});

story('on a slow line the window opens and the conversation goes on', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  const line = await ana.context.newCDPSession(ana.page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  await ana.queuesFor(RETURNS);
  await ana.says('Despacio.');
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Pero llega.');
  await ana.sees('Pero llega.');
});
