// The knowledge base: an administrator writes and publishes, a customer finds it in the help, and what nobody finds is
// told to who writes (R5).
import { story, expect } from '../world/world.js';
import { picture } from '../world/file.js';

const title = page => page.getByRole('textbox', { name: /^Título/ });
const text = page => page.getByRole('textbox', { name: /^Texto/ });
const save = page => page.getByRole('button', { name: 'Guardar', exact: true });
const marksLists = async shown => {
  await expect(shown.locator('.prose ul')).toHaveCSS('list-style-type', 'disc');
  await expect(shown.locator('.prose ol')).toHaveCSS('list-style-type', 'decimal');
};
const asks = async (customer, words) => {
  const search = customer.window.getByRole('searchbox', { name: 'Buscar en la ayuda' });
  const answer = customer.page.waitForResponse(response => response.url().includes('/articles?'));
  await search.fill(words);
  await answer;
};

story('an administrator writes an article with a picture, publishes it, and a customer finds it in the help', async ({ world }) => {
  const [marta, ana] = await Promise.all([world.agent('marta'), world.customer('Ana Belmonte')]);
  await marta.signsIn('/articles');
  const { page } = marta;
  await expect(page.getByRole('link', { name: 'Mi pedido llegó roto' })).toBeVisible();
  await marta.shot('list');

  // A section for it.
  await page.getByRole('navigation', { name: 'Páginas de la base de conocimientos' }).getByRole('link', { name: 'Secciones' }).click();
  await page.getByRole('button', { name: 'Nueva sección' }).click();
  const dialog = page.getByRole('dialog', { name: 'Nueva sección' });
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(dialog.getByRole('alert').first()).toHaveText('Falta un nombre, al menos en un idioma.');
  await dialog.getByRole('textbox', { name: 'Nombre, Español' }).fill('Cuidados');
  await dialog.getByRole('textbox', { name: 'Nombre, Português' }).fill('Cuidados da madeira');
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.getByRole('list', { name: 'Secciones' }).getByText('Cuidados', { exact: true })).toBeVisible();
  await marta.shot('sections');

  await page.getByRole('link', { name: 'Artículos' }).click();
  await page.getByRole('link', { name: 'Nuevo artículo' }).click();
  await save(page).click();
  await expect(page.locator('[data-field=title]').getByRole('alert')).toHaveText('Falta el título.');
  await expect(title(page)).toBeFocused();
  await title(page).fill('Encerar una mesa de teca');
  await text(page).fill('Con un **paño seco**, una vez al año.\n\n<img src=x onerror="window.__pwned=1">\n\n- Sin agua\n- Sin jabón\n\n1. Limpia\n2. Encera\n');
  const preview = page.getByRole('region', { name: 'Así se lee' });
  await expect(preview.getByText('paño seco')).toBeVisible();
  await expect(preview.locator('strong')).toHaveText('paño seco');
  await expect(preview.locator('img')).toHaveCount(0);
  await marksLists(preview);
  await text(page).press('ControlOrMeta+End');
  await page.locator('input[type=file]').setInputFiles(picture('mesa de teca.png'));
  await expect(text(page)).toHaveValue(/!\[mesa de teca\]\(\/images\/[\w-]+\?w=\d+&h=\d+\)/);
  const drawn = preview.getByRole('img', { name: 'mesa de teca' });
  await expect(drawn).toBeVisible();
  expect(await drawn.evaluate(image => image.decode().then(() => image.naturalWidth > 0))).toBe(true);
  await page.getByRole('combobox', { name: 'Sección' }).selectOption({ label: 'Cuidados' });
  await marta.shot('editor');
  await save(page).click();
  await expect(marta.note('Guardado.')).toBeVisible();
  await expect(page).toHaveURL(/\/articles\/[0-9a-f]{32}$/);
  await expect(page.getByRole('textbox', { name: /^Dirección/ })).toHaveValue('encerar-una-mesa-de-teca');

  // It is a draft: nobody finds it. Published, she does, with its picture.
  await ana.opens();
  await asks(ana, 'encerar teca');
  await expect(ana.window.getByText('No hay nada con esas palabras.')).toBeVisible();
  await page.getByText('Publicado en este idioma').click();
  await save(page).click();
  await expect(page.getByText('Sin guardar')).toHaveCount(0);
  await expect(page.getByText('Español · Publicado')).toBeVisible();
  await asks(ana, 'encerar mesa');
  await ana.window.getByRole('button', { name: /^Encerar una mesa de teca/ }).click();
  await expect(ana.window.getByText('paño seco', { exact: true })).toBeVisible();
  await marksLists(ana.window);
  const shown = ana.window.getByRole('img', { name: 'mesa de teca' });
  await expect(shown).toBeVisible();
  expect(await shown.evaluate(image => image.decode().then(() => image.naturalWidth > 0))).toBe(true);
  expect(await ana.window.evaluate(() => document.documentElement.scrollWidth - innerWidth), 'nothing is wider than the window').toBe(0);
  await ana.shot('read');
  const own = await ana.page.context().newPage();
  await own.goto(`${world.console}/help/es/encerar-una-mesa-de-teca`);
  await marksLists(own);
  await own.close();
  await ana.isUnharmed();
  await marta.isUnharmed();

  // Retired, it is there for who writes alone.
  await page.getByRole('button', { name: /^Retirar/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirar', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Recuperar' })).toBeVisible();
  await page.getByRole('link', { name: 'Todos los artículos' }).click();
  await expect(page.getByRole('link', { name: 'Encerar una mesa de teca' })).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Estado' }).selectOption({ label: 'Retirado' });
  await expect(page.getByRole('link', { name: 'Encerar una mesa de teca' })).toBeVisible();
});

story('what nothing is found for is told to who writes, who begins an article about it', async ({ world }) => {
  const [marta, ana] = await Promise.all([world.agent('marta'), world.customer('Ana Belmonte')]);
  await ana.opens();
  await asks(ana, 'jirafas azules');
  await asks(ana, 'roto');
  await asks(ana, 'ana@correo.example');
  await asks(ana, 'jirafas azules');
  await asks(ana, 'roto');

  await marta.signsIn('/articles/searches');
  const { page } = marta;
  const missed = page.getByRole('region', { name: 'Sin resultado' });
  // A question is counted when nothing more is typed after it; the same once more at once is the same.
  await expect(async () => {
    await page.reload();
    await expect(missed.getByRole('row').filter({ hasText: 'jirafas azules' })).toContainText('1', { timeout: 2_000 });
  }).toPass();
  await expect(page.getByText('correo.example')).toHaveCount(0);
  await marta.shot('searches');
  await missed.getByRole('link', { name: 'Escribir un artículo sobre jirafas azules' }).click();
  await expect(title(page)).toHaveValue('jirafas azules');

  // Who goes elsewhere finds what he has typed when he is back.
  await text(page).fill('No tenemos.');
  await page.getByRole('link', { name: 'Todos los artículos' }).click();
  await page.getByRole('link', { name: 'Nuevo artículo' }).click();
  await expect(text(page)).toHaveValue('No tenemos.');
});

story('what a colleague wrote meanwhile is not lost without a word', async ({ world }) => {
  const [one, other] = await Promise.all([world.agent('marta'), world.agent('marta')]);
  for (const marta of [one, other]) {
    await marta.signsIn('/articles/demo-es-llego-roto');
    await title(marta.page).fill(marta === one ? 'Primero' : 'Después');
  }
  await save(one.page).click();
  await expect(one.note('Guardado.')).toBeVisible();
  await save(other.page).click();
  const told = other.page.getByRole('alert').filter({ hasText: 'Marta Ortiz' });
  await expect(told).toBeVisible();
  await expect(title(other.page)).toHaveValue('Después');
  await told.getByRole('button').first().click();
  await expect(title(other.page)).toHaveValue('Primero');
});
