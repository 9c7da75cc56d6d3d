// Tickets: what one carries, how they are found, and what is done with two of them.
import { story, expect, CHOOSE, RETURNS } from '../world/world.js';

/** A customer was attended, and the conversation is over. */
async function afterAConversation(world, name, words) {
  const ines = await world.agentOnDuty('ines');
  const customer = await world.customer(name);
  await customer.queuesFor(RETURNS);
  await customer.says(words);
  await ines.attends(name);
  await ines.saysTo(name, 'Hola. Lo miramos.');
  await ines.closes();
  await expect(ines.page.getByText('Ahora, el ticket.')).toBeVisible();
  return { ines, customer };
}

story('a wrap-up says what the house asks, and a slip is told at its field with nothing lost', async ({ world }) => {
  const { ines } = await afterAConversation(world, 'Ana Belmonte', 'La lámpara llegó rota');
  const papers = ines.papers;
  const save = papers.locator('button[type=submit]');

  await papers.getByLabel('Asunto').fill('Lámpara con la pantalla rota');
  await papers.getByLabel('Número de pedido').fill('10-442');
  await papers.getByLabel('Servicio').selectOption('Garantía');
  await papers.getByLabel('Importe devuelto').fill('mucho');
  const tag = papers.getByRole('combobox', { name: 'Etiqueta nueva' });
  await tag.fill('Rota');
  await tag.press('Enter');
  await tag.fill('pantalla');
  await papers.getByRole('button', { name: 'Guardar como…' }).click();
  await ines.shot('save-as');
  await ines.page.getByRole('menuitemradio', { name: /^Espera la pieza/ }).click();
  await save.click();
  const reason = papers.locator('[data-field=reason]');
  await expect(reason).toContainText('Completa este dato.');
  await expect(reason.getByRole('combobox')).toBeFocused();
  await reason.getByRole('combobox').selectOption('Del proveedor');
  await save.click();
  const refund = papers.locator('[data-field=refund]');
  await expect(refund).toContainText('Revisa este dato');
  await expect(papers.getByLabel('Asunto')).toHaveValue('Lámpara con la pantalla rota');
  await ines.shot('slip');

  // What was typed outlives the page.
  await ines.page.reload();
  await expect(papers.getByLabel('Número de pedido')).toHaveValue('10-442');
  await expect(papers.getByText('rota', { exact: true })).toBeVisible();
  await papers.getByLabel('Importe devuelto').fill('12,50');
  await papers.getByRole('button', { name: 'Guardar como…' }).click();
  await ines.page.getByRole('menuitemradio', { name: /^Espera la pieza/ }).click();
  await reason.getByRole('combobox').selectOption('Del proveedor');
  await save.click();
  await expect(ines.note(/Ticket \d+ guardado como Espera la pieza\./)).toBeVisible();

  await ines.looksAtTickets('own-part', '&tag=rota');
  const row = ines.ticket('Lámpara con la pantalla rota');
  await expect(row).toContainText('Espera la pieza');
  await row.getByRole('link').click();
  await expect(papers.getByLabel('Importe devuelto')).toHaveValue('12.5');
  await expect(ines.log).toContainText('Estado: Nuevo → Espera la pieza (Del proveedor)');
  await ines.shot('ticket');

  // Changed by another at the same time: what is not being edited here follows.
  const tomas = await world.agentOnDuty('tomas');
  await tomas.page.goto(ines.page.url());
  await tomas.papers.getByLabel('Responsable').selectOption('Tomás Vidal');
  await papers.getByLabel('Asunto').fill('Lámpara: pantalla nueva');
  await tomas.page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await expect(papers.getByLabel('Responsable')).toHaveValue(/.+/);
  await expect(ines.log).toContainText('Responsable: Inés Robledo → Tomás Vidal');
  await expect(papers.getByLabel('Asunto')).toHaveValue('Lámpara: pantalla nueva');
  await ines.page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await expect(tomas.log).toContainText('Asunto: Lámpara con la pantalla rota → Lámpara: pantalla nueva');
});

story('tickets are opened by hand, found by words, narrowed, linked and merged, all by keyboard', async ({ world }) => {
  const { ines } = await afterAConversation(world, 'Ana Belmonte', 'Las pantallas de la lámpara llegaron rotas');
  const number = await ines.saves('Resuelto', { subject: 'Lámpara' });
  const { page } = ines;
  const { keyboard } = page;
  const press = async (role, name) => {
    await page.getByRole(role, { name, exact: true }).first().focus();
    await keyboard.press('Enter');
  };

  await ines.looksAtTickets('open');
  await press('link', 'Nuevo');
  await expect(page.getByRole('heading', { name: 'Ticket nuevo' })).toBeVisible();
  await page.getByLabel(/^Cliente/).focus();
  await keyboard.type('Bruno Sáenz');
  await keyboard.press('Tab');
  await keyboard.type('Mesa sin tornillos');
  await keyboard.press('Enter');
  await expect(ines.note(/Ticket \d+ guardado como Nuevo\./)).toBeVisible();
  const direct = page.url();
  await expect(page.getByText(/abierto por Bruno Sáenz/)).toBeVisible();
  await ines.shot('by-hand');

  // Words of a conversation find its ticket, whatever their accents; the address is the list.
  await ines.looksAtTickets('any');
  const search = page.getByRole('searchbox', { name: 'Buscar palabras o un número' });
  await expect(async () => {
    await search.fill('');
    await search.fill('pantalla lampara');
    await expect(ines.ticket('Lámpara')).toBeVisible({ timeout: 1_500 });
  }).toPass();
  await expect(ines.ticket('Mesa sin tornillos')).toHaveCount(0);
  await expect(page).toHaveURL(/words=pantalla%20lampara/);
  await page.reload();
  await expect(ines.ticket('Lámpara')).toBeVisible();
  await expect(search).toHaveValue('pantalla lampara');

  await ines.looksAtTickets('any');
  await press('button', 'Filtro');
  await page.getByRole('group', { name: 'Filtro' }).getByLabel('Abierto vía').selectOption('Agente');
  await expect(ines.ticket('Mesa sin tornillos')).toBeVisible();
  await expect(ines.ticket('Lámpara')).toHaveCount(0);
  await ines.shot('narrowed');

  // The conversation is linked to it by its number, and unlinked.
  await page.goto(direct);
  const ask = async (what, typed) => {
    await press('button', 'Opciones');
    await page.getByRole('menuitem', { name: what }).focus();
    await keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveAccessibleName(what);
    await keyboard.type(typed);
    await keyboard.press('Enter');
  };
  await ask('Relacionar otra conversación', '99999');
  await expect(page.getByRole('dialog').getByText('No existe, o no tienes acceso.')).toBeVisible();
  await keyboard.press('Escape');
  await ask('Relacionar otra conversación', String(number));
  await expect(ines.papers.getByRole('link', { name: `Conversación ${number}` })).toBeVisible();
  // Its words are unfolded where it was linked.
  const spoken = page.locator('summary').filter({ hasText: `Lo que se dijo en la conversación ${number}` });
  const said = page.getByRole('region', { name: `Conversación ${number}` });
  await expect(said).toHaveCount(0);
  // What could not be read is read when it is unfolded again.
  await page.route('**/api/chat/events', route => route.abort());
  await spoken.focus();
  await keyboard.press('Enter');
  const linked = spoken.locator('..');
  await expect(linked).toContainText('No se pudo llegar al servidor.');
  await page.unroute('**/api/chat/events');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await expect(said).toContainText('Las pantallas de la lámpara llegaron rotas');
  await expect(said).toContainText('Hola. Lo miramos.');
  // It is part of the page: it scrolls with it, and is read aloud when somebody goes there.
  await expect(said).toHaveCSS('overflow-y', 'visible');
  await expect(linked).toHaveAttribute('aria-live', 'off');
  await expect(linked.locator('[role=log], [aria-live=polite]')).toHaveCount(0);
  await ines.shot('unfolded');
  await press('button', `Dejar de relacionar la conversación ${number}`);
  await expect(ines.papers.getByRole('link', { name: `Conversación ${number}` })).toHaveCount(0);
  await expect(spoken).toHaveCount(0);

  // Merging says first which one it is; then this one points there.
  await ask('Fusionar con otro ticket', String(number));
  await expect(page.getByRole('dialog')).toContainText('Lámpara · Ana Belmonte');
  await ines.shot('merge');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Lámpara' })).toBeVisible();
  await expect(ines.log).toContainText('Inés Robledo fusionó aquí el ticket');
  await page.goto(direct);
  await expect(page.getByText(`Fusionado en el ticket ${number}.`)).toBeVisible();
  await ines.shot('merged');
});

story('whoever may not read a conversation that is linked sees that there is one and none of its words', async ({ world }) => {
  const { ines } = await afterAConversation(world, 'Ana Belmonte', 'La lámpara llegó rota');
  await ines.saves('Parado', { subject: 'Lámpara' });
  await ines.looksAtTickets();
  await ines.ticket('Lámpara').getByRole('link').click();
  await expect(ines.page).toHaveURL(/\/tickets\/[\w-]{16,}/);
  const address = ines.page.url();
  const [lucia, eva, marta] = await Promise.all([world.agentOnDuty('lucia'), world.customer('Eva Ríos'), world.agent('marta')]);
  await eva.queuesFor(CHOOSE);
  await eva.says('Un secreto de Eva');
  await lucia.attends('Eva Ríos');
  await lucia.closes();
  const number = await lucia.saves('Parado', { subject: 'Mesa' });

  // Marta, who reads both, links it.
  await marta.signsIn();
  await marta.goesTo(address);
  await marta.page.getByRole('button', { name: 'Opciones' }).click();
  await marta.page.getByRole('menuitem', { name: 'Relacionar otra conversación' }).click();
  await marta.page.getByRole('dialog').getByRole('textbox').fill(String(number));
  await marta.page.keyboard.press('Enter');
  const unfolds = async agent => {
    const spoken = agent.page.locator('summary').filter({ hasText: `Lo que se dijo en la conversación ${number}` });
    await spoken.click();
    return spoken.locator('..');
  };
  await expect(await unfolds(marta)).toContainText('Un secreto de Eva');
  const forInes = await unfolds(ines);
  await expect(forInes).toContainText('No existe, o no tienes acceso.');
  await expect(ines.page.getByText('Un secreto de Eva')).toHaveCount(0);
});
