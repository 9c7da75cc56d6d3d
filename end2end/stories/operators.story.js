// What who runs a house changes and proves: the keys of its site, and the log (S76, S89).
import { story, expect } from '../world/world.js';

story('an administrator changes the key of a site, and the log tells of it', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/applications/shop/identity');
  const { page } = marta;
  const rows = page.getByRole('table').getByRole('row');
  const make = page.getByRole('button', { name: 'Crear clave' });
  await expect(rows).toHaveCount(2);

  // A pair whose public half is none is refused at its field; a secret is shown once.
  await page.getByRole('combobox', { name: 'Firma' }).selectOption('Par de claves Ed25519 (EdDSA)');
  await page.getByRole('textbox', { name: /^Mitad pública/ }).fill('esto no es una clave');
  await make.click();
  await expect(page.getByText('Esto no es la mitad pública de una clave Ed25519.')).toBeVisible();
  await marta.shot('key-refused');
  await page.getByRole('combobox', { name: 'Firma' }).selectOption('Secreto compartido (HS256)');
  await make.click();
  await expect(page.locator('[data-field=secret]')).toHaveText(/^[\w-]{43}$/);
  await expect(rows).toHaveCount(3);
  await marta.shot('key-made');
  await page.reload();
  await expect(rows).toHaveCount(3);
  await expect(page.locator('[data-field=secret]')).toHaveCount(0);

  // The old one is retired, after a question.
  const old = rows.last();
  await old.getByRole('button', { name: /^Retirar/ }).click();
  await expect(page.getByText('¿Retirar esta clave?')).toBeVisible();
  await marta.shot('key-asked');
  await page.getByRole('alert').getByRole('button', { name: 'Retirar', exact: true }).click();
  await expect(rows.last()).toContainText('Retirada el');

  // And the log tells it, as it is asked for; nobody changed it.
  await page.goto(`${world.console}/audit?kind=key-revoked`);
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.getByRole('combobox', { name: 'Qué' }).selectOption('Añadió una clave de identidad');
  await expect(page).toHaveURL(/\/audit\?kind=key-added$/);
  await page.getByRole('textbox', { name: 'Desde el día' }).or(page.getByLabel('Desde el día')).first().fill('2020-01-01');
  await expect(page).toHaveURL(/kind=key-added&from=2020-01-01$/);
  const file = await page.request.get(world.console + (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')));
  expect(await file.text()).toContain('key-added');
  await page.getByRole('button', { name: 'Comprobar que nadie lo cambió' }).click();
  await expect(page.getByText(/filas, ninguna cambiada/)).toBeVisible();
  await marta.shot('log');
});
