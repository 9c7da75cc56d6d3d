// From the link that a first start prints to a message from a page of one's own, by the wizard alone.
import { story, expect } from '../world/world.js';
import { Site } from '../world/site.js';

story.use({ empty: true });

/** What somebody does who only goes on: his keys are counted. */
class Hands {
  typed = 0;
  pressed = 0;

  constructor(page) {
    this.page = page;
  }

  async types(box, text) {
    this.typed += 1;
    await box.fill(text);
  }

  async presses(key = 'Enter') {
    this.pressed += 1;
    await this.page.keyboard.press(key);
  }
}

story('a new operator has a widget on a page of his own by pressing on, and a message arrives', async ({ world }) => {
  const eva = await world.newcomer('Eva Sanz');
  const { page } = eva;
  const hands = new Hands(page);
  const [link] = world.server.log.match(/http\S+\/set-up\/\S+/);
  const began = Date.now();

  await page.goto(link);
  await hands.types(page.getByLabel('Tu nombre'), 'Eva Sanz');
  await hands.types(page.getByLabel('Correo electrónico'), 'eva@casanogal.example');
  await hands.types(page.getByLabel('Contraseña'), 'una clave bien larga');
  await hands.presses();

  // Her organisation, her zone and her language are guessed.
  const steps = page.getByRole('navigation', { name: 'Pasos' });
  const here = name => expect(steps.getByRole('link', { name })).toHaveAttribute('aria-current', 'step');
  await here(/^Tu organización ?, falta/);
  await expect(page.getByRole('textbox', { name: 'Nombre' })).toHaveValue('Casanogal');
  await expect(page.getByRole('textbox', { name: 'Nombre' })).toBeFocused();
  await expect(page.getByRole('textbox', { name: /^Zona horaria/ })).toHaveValue(await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone));
  await expect(page.getByRole('combobox', { name: /^Idioma/ })).toHaveValue('es');
  await eva.shot('house');
  await hands.presses();
  await here(/^Primer grupo ?, falta/);
  await expect(page.getByRole('textbox', { name: 'Nombre del grupo' })).toBeFocused();
  await eva.shot('group');
  await hands.presses();
  await here(/^Primera aplicación ?, falta/);
  await expect(page.getByRole('textbox', { name: 'Nombre' })).toHaveValue('Casanogal');

  // The address of a page will do; what is none is told beside its field, and the rest stays.
  const site = page.getByRole('textbox', { name: /^Tu sitio/ });
  await site.fill('http://tienda de eva');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-field=sites]').getByRole('alert')).toHaveText(/./);
  await expect(site).toBeFocused();
  await eva.shot('wrong-site');
  await hands.types(site, `${world.shop}/contacto?de=eva`);
  await eva.shot('application');
  await hands.presses();

  await here(/^Tu sitio ?, falta/);
  const waits = page.getByText('Esperando a tu sitio…');
  await expect(waits).toBeVisible();
  const code = name => page.locator('.application__code').filter({ has: page.getByRole('heading', { name, exact: true }) }).locator('code').textContent();
  const own = await Site.open(world.shop);
  try {
    own.snippet = await code('Código para tu sitio');
    own.policy = (await code('Política de seguridad (CSP)')).replaceAll('\n', ' ');
    await eva.shot('site');

    // A customer on that page; hers turns by itself.
    const ana = await world.customer('Ana Belmonte');
    await ana.opens();
    await expect(page.getByText(`Tu sitio ha llamado: ${world.shop}`)).toBeVisible();
    await expect(waits).toBeHidden();
    await eva.shot('called');
    await ana.startsConversation();
    await ana.fillsForm();
    await ana.confirmsForm();
    await ana.startsChat();
    await ana.says('¿Hay alguien?');

    await page.getByRole('button', { name: 'Terminar' }).click();
    hands.pressed += 1;
    await expect(page).toHaveURL(/\/chat$/);
    await eva.attends('Ana Belmonte');
    await eva.sees('¿Hay alguien?');
    expect({ typed: hands.typed, pressed: hands.pressed }, 'four fields, five times on').toEqual({ typed: 4, pressed: 5 });
    expect(Date.now() - began, 'two minutes, with all the pictures taken').toBeLessThan(120_000);
    await expect(page.getByRole('link', { name: 'Puesta en marcha' })).toHaveCount(0);
  } finally {
    own.close();
  }
});

story('the first run is left and gone on with, in another language, and the console says that it is not over', async ({ world }) => {
  const eva = await world.newcomer('Eva Sanz');
  const { page } = eva;
  const [link] = world.server.log.match(/http\S+\/set-up\/\S+/);
  await page.goto(link);
  await page.getByLabel('Tu nombre').fill('Eva Sanz');
  await page.getByLabel('Correo electrónico').fill('eva@casanogal.example');
  await page.getByLabel('Contraseña').fill('una clave bien larga');
  await page.keyboard.press('Enter');

  await page.getByRole('textbox', { name: 'Nombre' }).fill('Casa Nogal');
  await page.getByRole('combobox', { name: /^Idioma/ }).selectOption('pt');
  await page.getByRole('button', { name: 'Continuar' }).click();
  await expect(page.getByRole('heading', { name: 'Primeiro grupo' })).toBeVisible();
  await eva.shot('em-portugues');

  // Elsewhere meanwhile; the way back is in the bar, and what was saved is saved.
  await page.goto(`${world.console}/tickets`);
  await page.getByRole('link', { name: 'Primeiros passos' }).click();
  await expect(page.getByRole('textbox', { name: 'Nome do grupo' })).toHaveValue('Atendimento');
  await page.getByRole('navigation', { name: 'Passos' }).getByRole('link', { name: /^Sua organização ?, feito/ }).click();
  await expect(page.getByRole('textbox', { name: 'Nome' })).toHaveValue('Casa Nogal');
  await page.getByRole('navigation', { name: 'Passos' }).getByRole('link', { name: /^Seu site/ }).click();
  await expect(page.getByText('Antes é preciso um aplicativo.')).toBeVisible();

  await page.getByRole('button', { name: /^Não precisa/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Não precisa' }).click();
  await expect(eva.note('Primeiros passos concluídos.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Primeiros passos' })).toHaveCount(0);
});
