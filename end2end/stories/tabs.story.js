// Two tabs of one browser, and two people at one: nobody's conversation or words are lost, or read by another.
import { story, expect, RETURNS, ORDERS } from '../world/world.js';
import { FORM } from '../world/customer.js';

story('what one tab keeps does not make the other forget', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.opens();
  const other = await ana.opensAnotherTab();
  await ana.page.bringToFront();
  await ana.asksFor(RETURNS);
  await ana.says('Desde la primera pestaña.');

  await other.page.bringToFront();
  await other.startsConversation();
  await other.fillsForm();
  await other.confirmsForm();
  await ana.page.bringToFront();
  await ana.page.reload();
  await ana.findsWindow();

  await ana.sees('Desde la primera pestaña.');
  await ana.isAtPlace(1);
  await other.page.bringToFront();
  await other.page.reload();
  await other.findsWindow();
  await other.sees('Desde la primera pestaña.');
  await expect(ines.row('Ana Belmonte')).toHaveCount(1);
});

story('a tab that was there before the first word finds it when it is opened', async ({ world }) => {
  const [, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.opens();
  const other = await ana.anotherTab();
  await other.visits();
  await ana.page.bringToFront();
  await ana.asksFor(RETURNS);
  await ana.says('Desde la primera pestaña.');

  await other.page.bringToFront();
  await other.pressesLauncher();
  await other.findsWindow();

  await other.sees('Desde la primera pestaña.');
  await ana.page.bringToFront();
  await ana.page.reload();
  await ana.findsWindow();
  await ana.sees('Desde la primera pestaña.');
});

story('whoever sits down next finds nothing of who sat here before', async ({ world }) => {
  const [, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.opens();
  const other = await ana.opensAnotherTab();
  await ana.page.bringToFront();
  await ana.asksFor(RETURNS, { order: 'N-20714' });
  await ana.says('Solo para Inés.');
  await ana.box.fill('a medio escribir');
  await ana.window.getByRole('button', { name: 'Volver a la pantalla inicial' }).filter({ visible: true }).click();

  await ana.button('Iniciar sesión con otro usuario').click();
  await ana.startsConversation();

  for (const label of Object.values(FORM)) await expect(ana.window.getByLabel(label)).toHaveValue('');
  await ana.fillsForm({ name: 'Eva Soto', email: 'eva@correo.example' });
  await ana.confirmsForm();
  await expect(ana.window.getByRole('radio', { checked: true })).toHaveCount(0);
  await ana.choosesSubject(ORDERS);
  await ana.startsChat();
  await expect(ana.box).toHaveValue('');
  await expect(ana.log.getByText('Solo para Inés.')).toHaveCount(0);
  await other.page.bringToFront();
  await other.page.reload();
  await other.findsWindow();
  await expect(other.log.getByText('Eva Soto')).toBeVisible();
  await expect(other.window.getByText('Ana Belmonte')).toHaveCount(0);
});

story('what could not be sent before the end is said to be so, and is not lost', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('Hola.');
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await ana.context.route('**/acts', route => route.abort());
  await ana.writes('Esto ya no llega.');
  await ana.sees('Esto ya no llega.');

  await ines.closes();

  await ana.sees('Agente finalizó la conversación');
  await ana.sees(/No se envió\. La conversación ya ha terminado\./);
  await ana.context.unroute('**/acts');
  await ana.button('Otra conversación').click();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();
  await expect(ana.box).toHaveValue('Esto ya no llega.');
  expect(await ana.transcript()).toEqual([]);
});
