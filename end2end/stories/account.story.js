// An agent's own account: photo, second factor, sessions; and the log in which an administrator reads all of it.
import { createHmac } from 'node:crypto';
import { story, expect, RETURNS } from '../world/world.js';
import { PASSWORD } from '../world/agent.js';
import { picture } from '../world/file.js';

story.use({ clock: 'still' });

/** What a device of this secret shows at a moment (RFC 6238). */
function code(secret, now) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map(letter => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const part = (who, name) => who.page.getByRole('region', { name });

/** By the keyboard alone: the menu of his account, and down to the item. */
async function chooses(who, item) {
  await who.page.getByRole('button', { name: /Mi cuenta|My account/ }).press('Enter');
  const wanted = who.page.getByRole('menuitem', { name: item });
  await expect(async () => {
    await who.page.keyboard.press('ArrowDown');
    await expect(wanted).toBeFocused({ timeout: 100 });
  }).toPass();
  await who.page.keyboard.press('Enter');
}

story('an agent sets photo and second factor, and throws another session out; an administrator reads it all', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await chooses(ines, 'Perfil y sesiones');
  await expect(ines.page).toHaveURL(/\/profile$/);
  await expect(ines.page.getByRole('heading', { level: 1, name: 'Perfil y sesiones' })).toBeVisible();

  // Her photo: what is none says so, and what is one is seen by her and by her customer.
  const photo = ines.page.locator('input[type=file]');
  await photo.setInputFiles({ name: 'cv.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await expect(part(ines, 'Tus datos').getByRole('alert').filter({ visible: true })).toHaveText('La foto debe ser una imagen PNG, JPEG o WebP.');
  await photo.setInputFiles(picture('ines.png'));
  const shown = ines.page.getByRole('img', { name: 'Foto' });
  await expect(shown).toHaveJSProperty('naturalWidth', 256);
  await ines.shot('profile');
  const face = ana.page.waitForResponse(answer => answer.url().includes('/faces/') && answer.status() === 200);
  await ana.queuesFor(RETURNS, { order: 'N-20714' });
  await ines.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Chat' }).click();
  await ines.attends('Ana Belmonte');
  expect((await face).headers()['content-type']).toBe('image/jpeg');
  await ana.shot('photo');
  await ines.closes();
  await ines.saves('Cancelado', { subject: 'Nada' });

  // Her second factor: the password is asked for, a code confirms it, and codes for paper are told once.
  await chooses(ines, 'Perfil y sesiones');
  const factor = part(ines, 'Verificación en dos pasos');
  await factor.getByRole('button', { name: 'Activar', exact: true }).click();
  await factor.getByLabel('Contraseña actual').fill('no es esta');
  await factor.getByRole('button', { name: 'Seguir' }).click();
  await expect(factor.getByRole('alert').filter({ visible: true })).toHaveText('La contraseña actual no es correcta.');
  await factor.getByLabel('Contraseña actual').fill(PASSWORD);
  await factor.getByLabel('Contraseña actual').press('Enter');
  await expect(factor.getByRole('img', { name: /^Código QR/ })).toBeVisible();
  await ines.shot('factor');
  const secret = await factor.locator('.account__key code').textContent();
  const shows = async () => code(secret, await world.server.now());
  await factor.getByLabel('Código de seis cifras').fill('000000');
  await factor.getByRole('button', { name: 'Confirmar' }).click();
  await expect(factor.getByRole('alert').filter({ visible: true })).toContainText('El código no es correcto');
  await factor.getByLabel('Código de seis cifras').fill(await shows());
  await factor.getByRole('button', { name: 'Confirmar' }).click();
  const codes = factor.getByRole('group', { name: 'Códigos de recuperación' }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const paper = await codes.first().textContent();
  await ines.shot('paper');
  await factor.getByRole('button', { name: 'Los he guardado' }).click();
  await expect(factor).toContainText('Quedan 10 códigos de recuperación.');

  // Out, and in again with a code; the one that confirmed is worth nothing any more.
  // Who leaves comes back to the door, not to the page he left.
  await chooses(ines, 'Cerrar sesión');
  await expect(ines.page).toHaveURL(/\/sign-in$/);
  await ines.typesPassword(PASSWORD);
  await expect(ines.page.getByRole('heading', { name: 'Ahora, tu código.' })).toBeVisible();
  await ines.page.getByLabel('Código').fill(await shows());
  await ines.page.getByRole('button', { name: 'Entrar' }).click();
  await expect(ines.page.getByRole('alert')).toHaveText('El código no es correcto o ya se usó. Espera al siguiente.');
  await ines.shot('code');
  await world.passes({ seconds: 30 });
  await ines.page.getByLabel('Código').fill(await shows());
  await ines.page.getByLabel('Código').press('Enter');
  await expect(ines.page.getByRole('navigation', { name: 'Principal' })).toBeVisible();

  // Somebody has her paper: he is in her list, and out of the house.
  const thief = await world.agent('ines');
  await thief.page.goto(world.console);
  await thief.typesPassword(PASSWORD);
  await thief.page.getByLabel('Código').fill(paper.toUpperCase());
  await thief.page.getByRole('button', { name: 'Entrar' }).click();
  await expect(thief.page.getByRole('navigation', { name: 'Principal' })).toBeVisible();
  await chooses(ines, 'Perfil y sesiones');
  const sessions = part(ines, 'Sesiones').getByRole('listitem');
  await expect(sessions).toHaveCount(2);
  await expect(sessions.filter({ hasText: 'Esta sesión' })).toHaveCount(1);
  await ines.shot('sessions');
  await sessions.getByRole('button', { name: /^Cerrar: / }).click();
  await expect(thief.page).toHaveURL(/\/sign-in/);
  await expect(thief.page.getByRole('alert')).toHaveText('La sesión ha terminado. Vuelve a iniciar sesión.');
  await expect(sessions).toHaveCount(1);

  // The administrator reads all of it, by kind and by person.
  const marta = await world.agent('marta');
  await marta.signsIn();
  await chooses(marta, 'Auditoría');
  const row = text => part(marta, 'Auditoría').getByRole('row').filter({ hasText: text });
  for (const deed of ['Cambió su perfil', 'Activó la verificación en dos pasos', 'Usó un código de recuperación', 'Cerró otra sesión suya', 'No pudo iniciar sesión', 'Cerró sesión']) {
    await expect(row(deed).first()).toContainText('Inés Robledo');
  }
  await marta.shot('audit');
  await marta.page.getByRole('combobox', { name: 'Qué', exact: true }).selectOption('Usó un código de recuperación');
  await expect(marta.page).toHaveURL(/\/audit\?kind=paper-code-used$/);
  await expect(part(marta, 'Auditoría').getByRole('row')).toHaveCount(2);
  const who = marta.page.getByRole('combobox', { name: 'Quién', exact: true });
  await who.selectOption(await who.locator('option', { hasText: marta.email }).getAttribute('value'));
  await expect(marta.page.getByText('Nada que mostrar.')).toBeVisible();
  await marta.page.reload();
  await expect(marta.page.getByText('Nada que mostrar.')).toBeVisible();
  await expect(marta.page.getByRole('combobox', { name: 'Quién', exact: true })).toHaveValue(/.+/);

  // Her console in another language, and dark whatever the machine says.
  await ines.page.getByLabel('Idioma de la consola').selectOption('English');
  await ines.page.getByLabel('Aspecto').selectOption('Oscuro');
  await part(ines, 'Tus datos').getByRole('button', { name: 'Guardar' }).click();
  await expect(ines.page.getByRole('heading', { level: 1, name: 'Profile and sessions' })).toBeVisible();
  await expect(ines.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await ines.shot('english');
});

story('whoever comes back to his sessions sees those that there are, and a new password ends the others', async ({ world }) => {
  const [ines, elsewhere] = await Promise.all([world.agent('ines'), world.agent('ines')]);
  await ines.signsIn('/profile');
  const sessions = part(ines, 'Sesiones').getByRole('listitem');
  await expect(sessions).toHaveCount(1);
  const comesBack = () => ines.page.evaluate(() => dispatchEvent(new Event('focus')));

  await elsewhere.signsIn();
  await comesBack();
  await expect(sessions).toHaveCount(2);
  await chooses(elsewhere, 'Cerrar sesión');
  await expect(elsewhere.page).toHaveURL(/\/sign-in/);
  await comesBack();
  await expect(sessions).toHaveCount(1);

  // One that has ended meanwhile is ended, and that is no mistake; the focus stays in its part.
  await elsewhere.signsIn();
  await comesBack();
  await expect(sessions).toHaveCount(2);
  await chooses(elsewhere, 'Cerrar sesión');
  await expect(elsewhere.page).toHaveURL(/\/sign-in/);
  await sessions.getByRole('button', { name: /^Cerrar: / }).press('Enter');
  await expect(ines.note('Cerrada.')).toBeVisible();
  await expect(sessions).toHaveCount(1);
  await expect(part(ines, 'Sesiones').getByRole('heading', { name: 'Sesiones' })).toBeFocused();

  await elsewhere.signsIn();
  await comesBack();
  await expect(sessions).toHaveCount(2);
  const password = part(ines, 'Contraseña');
  await password.getByRole('button', { name: 'Contraseña nueva' }).click();
  await password.getByLabel('Contraseña actual').fill(PASSWORD);
  await password.getByLabel(/^Contraseña nueva/).fill('otra clave bien larga');
  await password.getByRole('button', { name: 'Guardar' }).press('Enter');
  await expect(sessions).toHaveCount(1);
  await expect(password.getByRole('heading', { name: 'Contraseña' })).toBeFocused();
  await expect(elsewhere.page).toHaveURL(/\/sign-in/);
});
