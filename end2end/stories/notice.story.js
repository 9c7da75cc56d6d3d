// What calls and what is called: sound, the browser's own notices, emoji (R31, R32, S96).
import { story, expect, RETURNS } from '../world/world.js';

/** Counts what a browser would let be heard, and what it would ask. */
function listens(person) {
  return person.context.addInitScript(() => {
    window.heard = 0;
    window.asked = 0;
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () { if (!this.muted) window.heard += 1; return play.call(this); };
    if (window.Notification) Notification.requestPermission = async () => { window.asked += 1; return 'denied'; };
  });
}

story('words that nobody sees are heard, unless he has switched the sound off, which is kept', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await listens(ana);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado');
  const heard = () => ana.window.evaluate(() => window.heard);
  expect(await heard()).toBe(0);

  await ana.button('Minimizar').click();
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await expect.poll(heard).toBe(1);
  await ana.pressesLauncher();
  const bell = ana.button('Sonido');
  await expect(bell).toHaveAttribute('aria-pressed', 'true');
  await bell.click();
  await expect(bell).toHaveAttribute('aria-pressed', 'false');
  await ana.shot('muted');

  await ana.page.reload();
  await ana.findsWindow();
  await expect(ana.button('Sonido')).toHaveAttribute('aria-pressed', 'false');
  await ana.button('Minimizar').click();
  await ines.saysTo('Ana Belmonte', '¿Sigues ahí?');
  await expect(ana.page).toHaveTitle(/mensajes? nuevo/);
  expect(await heard()).toBe(0);
  // Nobody was asked for anything on the way (S96).
  for (const frame of ana.page.frames()) expect(await frame.evaluate(() => window.asked)).toBe(0);
});

story('an emoji is found by its name and put where he writes, with the keyboard alone', async ({ world }) => {
  const [, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  const asked = [];
  ana.page.on('request', request => asked.push(new URL(request.url()).pathname));
  await ana.queuesFor(RETURNS);
  expect(asked).not.toContain('/emoji.js');

  await ana.box.fill('Gracias  por todo');
  await ana.box.evaluate(box => box.setSelectionRange(8, 8));
  await ana.box.press('Tab');
  await ana.page.keyboard.press('Enter');
  const picker = ana.window.getByRole('dialog', { name: 'Emojis' });
  await expect(picker).toBeVisible();
  await expect(picker.getByRole('searchbox', { name: 'Buscar' })).toBeFocused();
  await ana.shot('emoji');
  await ana.page.keyboard.type('corazón');
  await expect(picker.getByRole('button').first()).toHaveText('🥰');
  await ana.page.keyboard.press('ArrowDown');
  await ana.page.keyboard.press('ArrowRight');
  await ana.page.keyboard.press('Enter');

  await expect(picker).toBeHidden();
  await expect(ana.box).toBeFocused();
  expect(await ana.box.inputValue()).toMatch(/^Gracias \S+ por todo$/u);
  const emoji = (await ana.box.inputValue()).split(' ')[1];
  await ana.box.press('Enter');
  await ana.sees(`Gracias ${emoji} por todo`);

  // The one he chose last comes first, and a word that nothing is called finds nothing.
  await ana.button('Emojis').click();
  await expect(picker.getByRole('button').first()).toHaveText(emoji);
  await ana.page.keyboard.type('xyzzy');
  await expect(picker.getByText('Ningún emoji se llama así.')).toBeVisible();
  await ana.page.keyboard.press('Escape');
  await expect(picker).toBeHidden();
  await expect(ana.box).toBeFocused();
});

story('whoever waits is heard of again until somebody looks at the queue, and is counted on the icon', async ({ world }) => {
  const [tomas, ana] = await Promise.all([world.agent('tomas'), world.customer('Ana Belmonte')]);
  await tomas.context.addInitScript(() => {
    window.rung = 0;
    const make = AudioContext.prototype.createOscillator;
    AudioContext.prototype.createOscillator = function () { window.rung += 1; return make.call(this); };
  });
  await tomas.isOnDuty('/tickets');
  // Browsers let nothing be heard before the first touch.
  await tomas.page.getByRole('heading', { level: 1 }).click();
  const rung = () => tomas.page.evaluate(() => window.rung);
  const icon = () => tomas.page.locator('link[rel=icon]').getAttribute('href');
  const own = await icon();

  await ana.queuesFor(RETURNS);
  await expect.poll(rung).toBe(2);
  await expect(tomas.page).toHaveTitle('(1) Recado');
  expect(decodeURIComponent(await icon())).toContain('>1</text>');
  // Nobody has looked: it rings once more.
  await expect.poll(rung, { timeout: 30_000 }).toBe(4);

  await tomas.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: /Chat/ }).click();
  await tomas.attends('Ana Belmonte');
  await expect.poll(icon).toBe(own);
});

story('a browser that cannot notify says so plainly, and sound is left', async ({ world }) => {
  const ines = await world.agent('ines');
  await ines.context.addInitScript(() => { delete window.Notification; });
  await ines.isOnDuty();
  const bell = ines.page.getByRole('button', { name: 'Sin avisos' });
  await bell.click();
  await expect(ines.page.getByText('Este navegador no puede mostrar avisos aquí. El sonido y el contador de la pestaña siguen funcionando.').first()).toBeVisible();
  await expect(ines.page.getByRole('checkbox', { name: /sonido/i })).toBeChecked();
  await ines.shot('cannot-notify');
});
