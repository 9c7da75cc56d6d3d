// Reloads and changes of page keep the conversation, and what was not sent yet.
import { story, expect, RETURNS } from '../world/world.js';

story('reload and navigation keep the conversation in the widget and in the console', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('¿La Brasa viene en verde?');
  await ana.box.fill('Es para un regal');

  await ana.page.reload();
  await ana.findsWindow();
  await ana.sees('¿La Brasa viene en verde?');
  await expect(ana.box).toHaveValue('Es para un regal');
  await ana.isAtPlace(1);

  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Solo en barro y en blanco.');
  await ana.sees('Solo en barro y en blanco.');
  const said = ['customer: ¿La Brasa viene en verde?', 'agent: Solo en barro y en blanco.'];

  await ana.page.getByRole('navigation', { name: 'Secciones' }).getByRole('link', { name: 'Lámparas' }).click();
  await expect(ana.page).toHaveURL(/\/lampara$/);
  await ana.findsWindow();
  await ana.sees('Solo en barro y en blanco.');
  expect(await ana.transcript()).toEqual(said);
  await expect(ana.box).toHaveValue('Es para un regal');
  ana.whole = true;
  await ana.shot('on-another-page', { both: false });
  await ana.page.goBack();
  await ana.findsWindow();
  await ana.sees('Solo en barro y en blanco.');
  expect(await ana.transcript()).toEqual(said);
  await expect(ana.box).toHaveValue('Es para un regal');

  await ines.box('Ana Belmonte').fill('Te paso un enla');
  const address = ines.page.url();
  await ines.page.reload();
  await expect(ines.talk('Ana Belmonte')).toBeVisible();
  expect(ines.page.url()).toBe(address);
  await ines.sees('¿La Brasa viene en verde?');
  expect(await ines.transcript()).toEqual(said);
  await expect(ines.box('Ana Belmonte')).toHaveValue('Te paso un enla');
  await ines.shot('after-reload', { both: false });

  // Both go on where they were.
  await ines.page.keyboard.press('End');
  await ines.saysTo('Ana Belmonte', 'Te paso un enlace: https://casanogal.example/brasa');
  await ana.sees('Te paso un enlace');
  await ana.box.press('Enter');
  await ines.sees('Es para un regal');
  expect(await ana.transcript()).toEqual(await ines.transcript());
});

story('a browser that does not tell its databases goes on where it was as well', async ({ world }) => {
  const ines = await world.agentOnDuty('ines');
  for (const [name, tells] of [
    ['Ana Belmonte', () => { delete IDBFactory.prototype.databases; }],
    ['Bruno Sáez', () => { IDBFactory.prototype.databases = () => Promise.reject(new Error('not here')); }],
  ]) {
    const customer = await world.customer(name);
    await customer.context.addInitScript(tells);
    await customer.queuesFor(RETURNS);
    await ines.attends(name);
    await customer.sees('Inés Robledo ha ingresado a la conversación');

    await customer.page.reload();

    await customer.findsWindow();
    await customer.sees('Inés Robledo ha ingresado a la conversación');
  }
});

story('a window that was closed stays closed, and its conversation goes on', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await ana.button('Minimizar').filter({ visible: true }).click();
  await expect(ana.log).toBeHidden();
  await ana.page.reload();
  await ana.findsWindow();
  await expect(ana.log).toBeHidden();

  await ines.saysTo('Ana Belmonte', '¿Sigues ahí?');

  await expect(ana.page).toHaveTitle(/mensajes? nuevo/);
  ana.whole = true;
  await ana.shot('unread', { both: false });
  await ana.pressesLauncher();
  await ana.sees('¿Sigues ahí?');
  await expect(ana.page).not.toHaveTitle(/mensajes? nuevo/);
});

story.describe('with a server of mail', () => {
  story.use({ mails: true });

  story('what is written on a ticket and not sent outlives the page, and is found by nobody else', async ({ world }) => {
    const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
    await ana.queuesFor(RETURNS);
    await ana.says('La lámpara llegó rota');
    await ines.attends('Ana Belmonte');
    await ines.saysTo('Ana Belmonte', 'Lo miro y te escribo.');
    await ines.closes();
    await ines.saves('Parado', { subject: 'Lámpara rota' });
    await ines.looksAtTickets();
    await ines.ticket('Lámpara rota').getByRole('link').click();
    const { page, papers } = ines;
    const byMail = page.getByRole('radio', { name: 'Responder por correo' });
    const letter = page.getByRole('textbox', { name: `Escribe a ${ana.email}` });
    const note = page.getByRole('textbox', { name: 'Escribe una nota; el cliente no la ve' });
    const discard = papers.getByRole('button', { name: 'Descartar cambios' });
    await note.fill('Falta el núm');
    await byMail.check({ force: true });
    await letter.fill('Mañana sale otra lámp');
    await papers.getByLabel('Asunto').fill('Lámpara: pantalla');
    await papers.getByLabel('Estado').selectOption('Resuelto');

    await page.reload();
    await expect(note).toHaveValue('Falta el núm');
    await byMail.check({ force: true });
    await expect(letter).toHaveValue('Mañana sale otra lámp');
    await expect(papers.getByLabel('Asunto')).toHaveValue('Lámpara: pantalla');
    await expect(papers.getByLabel('Estado').locator('option:checked')).toHaveText('Resuelto');
    await ines.shot('draft-of-a-ticket', { both: false });

    // Sent and thrown away, they do not come back.
    await letter.fill('Mañana sale otra lámpara.');
    await page.getByRole('button', { name: 'Enviar', exact: true }).click();
    expect(await world.letterTo(ana, 1)).toContain('Mañana sale otra lámpara.');
    await expect(letter).toHaveValue('');
    await discard.click();
    await expect(papers.getByLabel('Asunto')).toHaveValue('Lámpara rota');
    await expect(papers.getByLabel('Asunto')).toBeFocused();
    await expect(discard).toBeHidden();
    await page.reload();
    await expect(note).toHaveValue('Falta el núm');
    await expect(papers.getByLabel('Asunto')).toHaveValue('Lámpara rota');
    await byMail.check({ force: true });
    await expect(letter).toHaveValue('');

    // A new one that nobody has saved yet.
    const address = page.url();
    await page.goto(`${world.console}/tickets/new`);
    await page.getByLabel(/^Cliente/).fill('Bruno Sáenz');
    await page.getByLabel('Asunto').fill('Mesa sin torn');
    await page.reload();
    await expect(page.getByLabel(/^Cliente/)).toHaveValue('Bruno Sáenz');
    await expect(page.getByLabel('Asunto')).toHaveValue('Mesa sin torn');

    // Whoever signs in next here finds none of it.
    await ines.context.clearCookies();
    await page.goto('about:blank');
    await page.goto(address);
    ines.email = 'tomas@casanogal.example';
    await ines.typesPassword('una-clave-de-muestra');
    await expect(note).toHaveValue('');
    await page.goto(`${world.console}/tickets/new`);
    await expect(page.getByLabel('Asunto')).toHaveValue('');
    const kept = await page.evaluate(() => Object.keys(localStorage).filter(name => /^recado\.(draft|wrap)\./.test(name)));
    expect(kept).toEqual([]);
  });
});
