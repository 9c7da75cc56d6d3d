// Bad input at the screens: clear words, and nothing changed.
import { story, expect, RETURNS } from '../world/world.js';

const LIMIT = 4_000;

for (const [locale, words] of [
  ['es-ES', 'El correo o la contraseña no son correctos.'],
  ['pt-BR', 'O e-mail ou a senha não estão corretos.'],
  ['en-GB', 'The e-mail or the password is not correct.'],
]) {
  story(`a wrong password is said in words: ${locale}`, async ({ world }) => {
    const ines = await world.agent('ines', { locale });
    await ines.page.goto(`${world.console}/tickets`);
    await ines.shot(`sign-in-${locale}`, { both: locale === 'es-ES' });
    await ines.typesPassword('no-es-esta');

    await expect(ines.page.getByRole('alert')).toHaveText(words);
    await expect(ines.page.locator('input[type=email]')).toHaveValue(ines.email);
    await ines.shot(`wrong-password-${locale}`, { both: false });
    await ines.typesPassword('una-clave-de-muestra');
    await expect(ines.page).toHaveURL(/\/tickets$/);
  });
}

story.describe('sessions', () => {
  story.use({ clock: 'still' });

  story('an ended session asks to sign in again, and leads back to the same place', async ({ world }) => {
    const ines = await world.agentOnDuty('ines');
    const ana = await world.customer('Ana Belmonte');
    // Whoever has not come yet when half a day goes by has stayed away too long.
    const came = ana.page.waitForEvent('websocket').then(line => line.waitForEvent('framereceived'));
    await ana.queuesFor(RETURNS);
    await came;
    await expect(ines.row('Ana Belmonte')).toBeVisible();

    await world.passes({ seconds: 13 * 3_600 });
    await ines.attendButton('Ana Belmonte').click();

    await expect(ines.page).toHaveURL(/\/sign-in\?/);
    await expect(ines.page.getByText('La sesión ha terminado. Vuelve a iniciar sesión.')).toBeVisible();
    await ines.shot('session-ended', { both: false });
    await ana.isAtPlace(1);
    await ines.typesPassword('una-clave-de-muestra');
    await expect(ines.row('Ana Belmonte')).toBeVisible();
  });
});

story('a double click opens one chat, and another tab finds the same', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.opens();
  await ana.startsConversation();
  await ana.fillsForm();
  await ana.confirmsForm();
  // A second tab, as far as the choice of the subject, before there is a chat.
  const first = { page: ana.page, window: ana.window };
  ana.page = await ana.context.newPage();
  await ana.opens();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  const second = { page: ana.page, window: ana.window };
  await expect(ana.button('Iniciar chat')).toBeVisible();
  Object.assign(ana, first);
  await ana.choosesSubject(RETURNS);

  await ana.button('Iniciar chat').dblclick();
  await expect(ana.log).toBeVisible();
  await ana.says('Una vez nada más.');
  Object.assign(ana, second);
  await ana.page.bringToFront();
  await ana.button('Iniciar chat').click();

  await ana.sees('Una vez nada más.');
  await expect(ines.row('Ana Belmonte')).toHaveCount(1);
  await ana.isAtPlace(1);
});

story('empty and too long words are not sent, and it is said why', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.opens();
  await ana.startsConversation();
  await ana.fillsForm({ name: ' ', email: 'ana' });
  await ana.confirmsForm();
  await expect(ana.window.getByRole('alert').filter({ hasText: 'Completa este dato.' })).toBeVisible();
  await ana.fillsForm({ email: 'ana' });
  await ana.confirmsForm();
  await expect(ana.window.getByRole('alert').filter({ hasText: 'Falta algo: por ejemplo, ana@correo.es' })).toBeVisible();
  await ana.shot('a-wrong-field');
  await ana.fillsForm();
  await ana.confirmsForm();
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();

  await expect(ana.button('Enviar')).toBeDisabled();
  await ana.writes('   \n  ');
  await expect(ana.button('Enviar')).toBeDisabled();
  // The box takes no more than the limit; a page that was tampered with meets the server.
  const tooLong = 'a'.repeat(LIMIT + 1);
  await ana.box.fill('');
  await ana.box.evaluate(box => box.removeAttribute('maxlength'));
  await ana.writes(tooLong);
  await ana.sees(/No se envió\. Es demasiado largo: el límite es de 4000 caracteres\./);
  await ana.shot('too-long', { both: false });
  // It would be refused again: it goes back to where he writes, and can be mended there.
  await ana.button('Editar').click();
  await expect(ana.box).toHaveValue(tooLong);
  await expect(ana.log.locator('.bubble--failed')).toHaveCount(0);
  await ana.says('Mejor así.');

  await ines.attends('Ana Belmonte');
  await ines.sees('Mejor así.');
  expect(await ines.transcript()).toEqual(['customer: Mejor así.']);
  await ines.box('Ana Belmonte').fill('  ');
  await expect(ines.page.getByRole('button', { name: 'Enviar' })).toBeDisabled();
  await ines.box('Ana Belmonte').press('Enter');
  await ines.writesTo('Ana Belmonte', tooLong);
  await expect(ines.talk('Ana Belmonte').getByRole('status').filter({ hasText: 'sobran 1' })).toBeVisible();
  await expect(ines.box('Ana Belmonte')).toHaveValue(tooLong);
  await ines.shot('too-long', { both: false });
  await ines.saysTo('Ana Belmonte', 'Te leo.');
  await ana.sees('Te leo.');
  expect(await ana.transcript()).toEqual(['customer: Mejor así.', 'agent: Te leo.']);
});

story('an address that leads nowhere says so', async ({ world }) => {
  const ines = await world.agentOnDuty('ines');

  await ines.page.goto(`${world.console}/chat/0000000000000000`);
  await expect(ines.page.getByText('No existe, o no tienes acceso.').first()).toBeVisible();
  await ines.page.goto(`${world.console}/tickets/0000000000000000`);
  await expect(ines.page.getByText('No existe, o no tienes acceso.').first()).toBeVisible();
});
