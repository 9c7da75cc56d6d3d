// Agents among themselves about a ticket (R66, R69, R70).
import { story, expect, RETURNS } from '../world/world.js';

story('from a saved ticket agents speak among themselves, and the ticket has their words afterwards', async ({ world }) => {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await ines.closes();
  const number = await ines.saves('Parado', { subject: 'Lámpara rota' });
  const about = `Ticket ${number} · Lámpara rota`;

  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').click();
  await ines.page.getByRole('button', { name: 'Opciones' }).click();
  await ines.page.getByRole('menuitem', { name: 'Iniciar', exact: true }).click();
  await expect(ines.talk(about)).toBeVisible();
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab(about).click();
  await tomas.page.getByRole('button', { name: 'Entrar' }).click();
  await tomas.saysTo(about, '¿Le mandamos otra?');
  await ines.sees('¿Le mandamos otra?');
  await ines.saysTo(about, 'Sí, hoy mismo.');
  await ines.shot('among-themselves');
  // Nobody waits for it, and no customer is in it.
  await expect(ines.papers.getByRole('heading', { name: 'Cliente' })).toHaveCount(0);

  await ines.closes();
  await tomas.sees('Agente finalizó la conversación');
  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').click();
  await expect(ines.page.getByText('Continuó en la conversación')).toBeVisible();
  await ines.shot('in-its-ticket');
  expect(await ana.transcript()).toEqual(['agent: Hola, Ana.']);
});

story('who was asked to help leaves again, and who is handed a conversation hears of it wherever he is', async ({ world }) => {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await ines.attends('Ana Belmonte');
  const leave = (agent) => agent.page.getByRole('button', { name: 'Salir', exact: true });
  await expect(leave(ines)).toBeHidden();
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab('Ana Belmonte').click();
  await tomas.page.getByRole('button', { name: 'Entrar' }).click();
  await expect(leave(ines)).toBeVisible();

  await leave(tomas).click();
  await expect(tomas.tab('Ana Belmonte')).toHaveCount(0);
  await expect(leave(ines)).toBeHidden();
  await ines.saysTo('Ana Belmonte', 'Sigo contigo.');
  await ana.sees('Sigo contigo.');

  await tomas.looksAtTickets();
  await ines.handsOver(/^Tomás Vidal/);
  await expect(tomas.page.getByText('Tienes una conversación nueva')).toBeVisible();
  await ana.says('¿Hola?');
  await expect(tomas.page.getByRole('link', { name: /Chat.*[1-9] sin leer/ })).toBeVisible();
  await tomas.shot('was-handed-one');
});
