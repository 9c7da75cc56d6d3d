// What an agent said and then says otherwise, or takes back: what each side reads of it.
import { story, expect, RETURNS } from '../world/world.js';

story('an agent says something otherwise or takes it back, and each side reads what it may', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  const own = (agent, text) => agent.log.locator('.own').filter({ hasText: text });
  const dialog = name => ines.page.getByRole('dialog', { name });
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Cuesta 30 €.');
  await ana.sees('Cuesta 30 €.');

  // By keyboard alone: the button, the new words, Enter.
  await own(ines, 'Cuesta 30 €.').getByRole('button', { name: 'Editar' }).focus();
  await ines.page.keyboard.press('Enter');
  const words = dialog('Editar mensaje').getByRole('textbox');
  await expect(words).toBeFocused();
  await expect(words).toHaveValue('Cuesta 30 €.');
  await words.fill('Cuesta 20 €.');
  await ines.shot('edits');
  await words.press('Enter');
  await expect(dialog('Editar mensaje')).toBeHidden();
  await ana.sees('Cuesta 20 €.');
  await ana.sees('editado');
  await expect(ana.log.getByText('Cuesta 30 €.')).toHaveCount(0);

  await ines.saysTo('Ana Belmonte', 'La clave de Bruno es mariposa.');
  await ana.sees('La clave de Bruno es mariposa.');
  await own(ines, 'mariposa').getByRole('button', { name: 'Eliminar' }).click();
  await dialog('¿Eliminar el mensaje?').getByRole('button', { name: 'Eliminar' }).click();
  await ana.sees('Mensaje eliminado');
  await expect(ana.log.getByText('mariposa')).toHaveCount(0);
  await ana.shot('amended');
  await ana.says('¿Veinte? Vale.');

  // She reads it all again: nothing of what was taken back is sent to her.
  const sent = [];
  ana.page.on('response', async answer => {
    if (/\/w\/v1\/chats\/[\w-]+\/events/.test(answer.url())) sent.push(answer.body().then(body => body.toString('latin1')));
  });
  await ana.page.reload();
  await ana.findsWindow();
  await ana.sees('¿Veinte? Vale.');
  await ana.sees('Mensaje eliminado');
  const read = (await Promise.all(sent)).join('');
  expect(read).toContain('Cuesta 20');
  expect(read).not.toMatch(/mariposa|Cuesta 30/);
  expect(await ana.transcript()).toEqual(['agent: Cuesta 20 €. editado', 'agent:  Mensaje eliminado', 'customer: ¿Veinte? Vale.']);

  // Staff reads what it was, in the conversation and in its ticket.
  const was = async agent => {
    await agent.log.locator('summary').filter({ hasText: 'Lo que decía' }).click();
    await expect(agent.log.getByText('Antes: «La clave de Bruno es mariposa.»')).toBeVisible();
    await agent.log.locator('summary').filter({ hasText: 'editado' }).click();
    await expect(agent.log.getByText('Antes: «Cuesta 30 €.»')).toBeVisible();
  };
  await was(ines);
  await ines.shot('was');
  await ines.closes();
  await ines.saves('Resuelto', { subject: 'Precio' });
  await ines.looksAtTickets();
  await ines.ticket('Precio').click();
  await was(ines);
  await expect(ines.log.getByRole('button', { name: 'Editar' })).toHaveCount(0);
});
