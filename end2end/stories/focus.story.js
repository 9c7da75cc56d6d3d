// Without a mouse: whoever saves goes on where he was, and not at the top of the page.
import { story, expect, RETURNS } from '../world/world.js';

const save = who => who.page.getByRole('button', { name: 'Guardar', exact: true });
const heading = (who, name) => who.page.getByRole('main').getByRole('heading', { name, exact: true });

story('whoever saves a ticket goes on where he was', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  const { keyboard } = ines.page;
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');

  // What is sent by its button is written on.
  await ines.box('Ana Belmonte').fill('Hola, Ana.');
  await ines.page.getByRole('button', { name: 'Enviar', exact: true }).press('Enter');
  await ines.sees('Hola, Ana.');
  await expect(ines.box('Ana Belmonte')).toBeFocused();

  // The wrap-up goes when it is saved; the way to the ticket is next.
  await ines.closes();
  await ines.papers.getByLabel('Asunto').fill('Lámpara rota');
  await ines.papers.getByRole('button', { name: 'Guardar como Resuelto', exact: true }).press('Enter');
  await expect(ines.papers.getByRole('heading', { name: 'Ticket', exact: true })).toBeFocused();
  await keyboard.press('Tab');
  await expect(ines.papers.getByRole('link', { name: 'Ver el ticket' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(heading(ines, 'Lámpara rota')).toBeFocused();

  // On its own page the button stays, and with it the focus.
  await ines.papers.getByLabel('Asunto').fill('Pantalla rota');
  await save(ines).press('Enter');
  await expect(heading(ines, 'Pantalla rota')).toBeVisible();
  await expect(save(ines)).toBeFocused();
  await ines.papers.getByLabel('Asunto').fill('Lámpara con la pantalla rota');
  await ines.papers.getByLabel('Asunto').press('Enter');
  await expect(heading(ines, 'Lámpara con la pantalla rota')).toBeVisible();
  await expect(ines.papers.getByLabel('Asunto')).toBeFocused();
});

story('whoever saves in the settings goes on where he was', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/settings/parameters');
  const { page } = marta;
  const name = page.getByRole('textbox', { name: /^Nombre/ });
  const menu = page.getByRole('navigation', { name: 'Ajustes', exact: true });
  const opens = label => menu.getByRole('link', { name: label, exact: true }).press('Enter');
  const told = async words => {
    await expect(marta.note(words)).toBeVisible();
    await marta.note(words).getByRole('button').click();
  };

  // Where the form stays, its button keeps the focus.
  await page.getByRole('textbox', { name: /^Nombre de la organización/ }).fill('Casa Nogal');
  await save(marta).press('Enter');
  await expect(marta.note('Guardado.')).toBeVisible();
  await expect(save(marta)).toBeFocused();
  await told('Guardado.');

  // The menu keeps it while its pages change; a form that goes leaves it to the list.
  await opens('Estados');
  await expect(menu.getByRole('link', { name: 'Estados' })).toBeFocused();
  await page.getByRole('link', { name: 'Nuevo estado' }).press('Enter');
  await expect(heading(marta, 'Nuevo estado')).toBeFocused();
  await name.fill('En el almacén');
  await save(marta).press('Enter');
  await expect(heading(marta, 'Estados')).toBeFocused();
  await told('Guardado.');
  await page.getByRole('button', { name: 'Eliminar: En el almacén' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Eliminar' }).press('Enter');
  await expect(page.getByRole('list', { name: 'Estados' })).not.toContainText('En el almacén');
  await expect(heading(marta, 'Estados')).toBeFocused();
  await opens('Grupos de chat');
  await page.getByRole('link', { name: RETURNS }).press('Enter');
  await save(marta).press('Enter');
  await expect(heading(marta, 'Grupos de chat')).toBeFocused();
  await told('Guardado.');

  await opens('Disparadores');
  await page.getByRole('link', { name: 'Nuevo disparador' }).press('Enter');
  await expect(heading(marta, 'Nuevo disparador')).toBeFocused();
  await name.fill('De noche');
  await page.getByRole('textbox', { name: /^Etiquetas/ }).fill('noche');
  await save(marta).press('Enter');
  await expect(marta.note('Guardado.')).toBeVisible();
  await expect(save(marta)).toBeFocused();
  await told('Guardado.');

  await opens('Respuestas');
  await page.getByRole('button', { name: 'Nueva respuesta' }).press('Enter');
  await page.getByRole('textbox', { name: /^Atajo/ }).fill('hola');
  await page.getByRole('dialog').getByRole('textbox', { name: /^Texto/ }).fill('Hola, soy Marta.');
  await save(marta).press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Nueva respuesta' })).toBeFocused();

  await opens('Base de conocimientos');
  await page.getByRole('link', { name: 'Nuevo artículo' }).press('Enter');
  await page.getByRole('textbox', { name: /^Título/ }).fill('Encerar una mesa');
  await page.getByRole('textbox', { name: /^Texto/ }).fill('Con un paño seco.');
  await save(marta).press('Enter');
  await expect(heading(marta, 'Encerar una mesa').first()).toBeFocused();
  await told('Guardado.');

  await opens('Aplicaciones');
  await page.getByRole('link', { name: 'Casa Nogal', exact: true }).press('Enter');
  await expect(heading(marta, 'Casa Nogal')).toBeFocused();
  await name.first().fill('Casa Nogal, tienda');
  await save(marta).press('Enter');
  await expect(heading(marta, 'Casa Nogal, tienda')).toBeVisible();
  await expect(save(marta)).toBeFocused();
});
