// A customer as agents see him: his past beside the conversation, kept out, taken along, erased (S82, S83).
import { readFile } from 'node:fs/promises';
import { story, expect, RETURNS } from '../world/world.js';

const NAME = 'Ana Belmonte';

/** One conversation that is over and saved, and one that runs. */
async function again(world) {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer(NAME)]);
  await ana.queuesFor(RETURNS, { order: 'N-20714' });
  await ana.says('La lámpara llegó rota.');
  await ines.attends(NAME);
  await ines.saysTo(NAME, 'Te mando otra.');
  await ines.closes();
  const number = await ines.saves('Resuelto', { subject: 'Lámpara rota' });
  await ana.button('Otra conversación').click();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();
  await ana.says('Ahora falta un tornillo.');
  await ines.attends(NAME);
  return { ines, ana, number };
}

const dialog = who => who.page.getByRole('dialog').filter({ visible: true });

story('an agent finds what the same person asked before, and an administrator keeps him out', async ({ world }) => {
  const { ines, ana, number } = await again(world);

  // Beside the conversation: what there was, and the way to all of it.
  const past = ines.papers.locator('.past');
  await expect(past.getByRole('link')).toHaveCount(1);
  await expect(past.getByRole('link')).toContainText('Lámpara rota');
  await expect(past.getByRole('link')).toContainText('Resuelto');
  await ines.shot('past');
  await ines.papers.getByRole('link', { name: NAME }).click();
  await expect(ines.page).toHaveURL(/\/people\/[\w-]+$/);
  const person = ines.page.url();
  await expect(ines.page.getByRole('heading', { level: 1, name: NAME })).toBeVisible();
  await expect(ines.page.getByText('Sin comprobar')).toBeVisible();
  await expect(ines.page.getByText(ana.email)).toBeVisible();
  const talks = ines.page.getByRole('region', { name: 'Conversaciones', exact: true }).getByRole('row');
  await expect(talks).toHaveCount(3);
  await expect(talks.nth(1)).toContainText('En atención');
  await expect(talks.nth(2)).toContainText('Finalizado por el agente');
  await expect(talks.nth(2)).toContainText('Inés Robledo');
  await expect(ines.ticket('Lámpara rota')).toContainText(String(number));
  await expect(ines.page.getByRole('link', { name: 'Exportar' })).toHaveCount(0);
  await ines.shot('person');

  // Kept out, with a reason; the conversation that runs goes on.
  await ines.page.getByRole('button', { name: 'Bloquear' }).click();
  await expect(dialog(ines).getByRole('button', { name: 'Bloquear' })).toBeDisabled();
  await dialog(ines).getByLabel('Motivo').fill('Insulta a todos');
  await ines.shot('block');
  await dialog(ines).getByLabel('Motivo').press('Enter');
  await expect(ines.page.locator('.banner', { hasText: 'Bloqueado · Inés Robledo' })).toContainText('Insulta a todos');
  await ines.shot('blocked');
  await ana.says('¿Sigue ahí?');
  await ines.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Chat' }).click();
  await ines.tab(NAME).last().click();
  await ines.sees('¿Sigue ahí?');
  await ines.closes();
  await ines.saves('Cancelado');

  await ana.button('Otra conversación').click();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await ana.button('Iniciar chat').click();
  await expect(ana.window.getByText('No estás autorizado a usar el chat.').filter({ visible: true })).toBeVisible();
  await ana.shot('refused');

  // And let in again.
  await ines.goesTo(person);
  await ines.page.getByRole('button', { name: 'Desbloquear' }).click();
  await dialog(ines).getByLabel('Motivo').fill('Pidió perdón');
  // He is read again when the line comes back, and nothing is taken away from who is at it.
  const asked = await dialog(ines).elementHandle();
  const marta = await world.agent('marta');
  await marta.signsIn(new URL(person).pathname);
  const downloading = marta.page.waitForEvent('download');
  await marta.page.getByRole('link', { name: 'Exportar' }).click();
  await (await downloading).path();
  const news = ines.page.locator('.person__deeds li').filter({ hasText: 'Exportado · Marta Ortiz' });
  await expect(news).toHaveCount(0);
  await ines.page.evaluate(() => ['offline', 'online'].forEach(name => dispatchEvent(new Event(name))));
  await expect(news).toHaveCount(1);
  expect(await asked.evaluate(dialog => dialog.isConnected)).toBe(true);
  await expect(dialog(ines).getByLabel('Motivo')).toHaveValue('Pidió perdón');
  await dialog(ines).getByRole('button', { name: 'Desbloquear' }).click();
  await expect(ines.page.getByRole('listitem').filter({ hasText: 'Pidió perdón' })).toBeVisible();
  await ana.startsChat();
  await ines.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Chat' }).click();
  await ines.attends(NAME);

  // Whoever may read nothing of hers finds nobody at that address.
  const lucia = await world.agent('lucia');
  await lucia.signsIn(new URL(person).pathname);
  await expect(lucia.page.getByRole('alert')).toHaveText('No existe, o no tienes acceso.');
});

story('a person takes along what is kept about her, and is erased', async ({ world }) => {
  const { ines, ana } = await again(world);
  await ines.papers.getByRole('link', { name: NAME }).click();
  await expect(ines.page).toHaveURL(/\/people\/[\w-]+$/);
  const path = new URL(ines.page.url()).pathname;
  const marta = await world.agent('marta');
  await marta.signsIn(path);
  await expect(marta.page.getByRole('heading', { level: 1, name: NAME })).toBeVisible();

  const downloading = marta.page.waitForEvent('download');
  await marta.page.getByRole('link', { name: 'Exportar' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('recado-person.json');
  const all = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(all.customer[0]).toMatchObject({ name: NAME, email: ana.email });
  expect(all.chats.map(chat => chat.chat.number).length).toBe(2);
  expect(JSON.stringify(all.chats)).toContain('La lámpara llegó rota.');
  expect(JSON.stringify(all.tickets)).toContain('Lámpara rota');

  // Not while she talks.
  const erases = async () => {
    await marta.page.getByRole('button', { name: 'Borrar' }).click();
    await marta.shot('erase');
    await dialog(marta).getByRole('button', { name: 'Borrar' }).click();
  };
  await erases();
  await expect(marta.note('Tiene una conversación en curso')).toBeVisible();
  await ana.ends();
  await erases();
  await expect(marta.page.getByRole('heading', { level: 1, name: 'Persona borrada' })).toBeVisible();
  await expect(marta.page.getByRole('listitem').filter({ hasText: 'Borrado · Marta Ortiz' })).toBeVisible();
  await expect(marta.page.getByRole('listitem').filter({ hasText: 'Exportado · Marta Ortiz' })).toBeVisible();
  await expect(marta.page.locator('main')).not.toContainText(/Ana|lámpara|correo\.example/i);
  await marta.shot('erased');

  // Nor is anything of her left where it was said.
  await ines.looksAtTickets();
  await expect(ines.ticket('[…]')).toHaveCount(2);
  await ines.ticket('[…]').last().getByRole('link').first().click();
  await expect(ines.log).toContainText('[…]');
  await expect(ines.page.locator('main')).not.toContainText(/Ana Belmonte|lámpara|tornillo|N-20714/i);
  await ines.shot('ticket-of-the-erased');
});
