// Five people at once: two customers, two agents and who administers their group.
import { story, expect, RETURNS } from '../world/world.js';

story('a conversation is watched, whispered to, taken over, handed on, closed and saved', async ({ world }) => {
  const [ines, tomas, marta, ana, bruno] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.agentOnDuty('marta'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await bruno.queuesFor(RETURNS);
  await bruno.isAtPlace(2);
  await tomas.attends('Ana Belmonte');
  await bruno.isAtPlace(1);
  await ines.attends('Bruno Sáez');
  await ines.saysTo('Bruno Sáez', 'Hola, Bruno.');
  await bruno.sees('Hola, Bruno.');

  // Invited, Tomás is in both.
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab('Bruno Sáez').click();
  await tomas.page.getByRole('button', { name: 'Entrar' }).click();
  await tomas.saysTo('Bruno Sáez', 'Yo miro el pedido.');
  await bruno.sees('Yo miro el pedido.');

  // Watched and whispered to, of which the customer sees nothing.
  await marta.row('Ana Belmonte').getByRole('link').click();
  await marta.sees('La lámpara llegó rota.');
  await marta.whisperBox.fill('Es clienta de siempre: ofrécele el cambio.');
  await marta.whisperBox.press('Enter');
  await tomas.tab('Ana Belmonte').click();
  await tomas.sees('Es clienta de siempre: ofrécele el cambio.');
  await marta.shot('watches');
  await tomas.saysTo('Ana Belmonte', 'Te la cambiamos.');
  await ana.sees('Te la cambiamos.');
  expect(await ana.transcript()).toEqual(['customer: La lámpara llegó rota.', 'agent: Te la cambiamos.']);
  await expect(ana.log.getByText(/Marta/)).toHaveCount(0);

  // Taken over, and handed on with a word.
  await marta.page.getByRole('button', { name: 'Intervenir' }).click();
  await ana.sees('Marta Ortiz ha ingresado a la conversación');
  await marta.writesFor('Responder');
  await marta.saysTo('Ana Belmonte', 'Hola, Ana; soy Marta.');
  await marta.handsOver(/^Inés Robledo/, 'Cambio aprobado.');
  await ana.sees('La conversación continúa con Inés Robledo');
  await ines.tab('Ana Belmonte').click();
  await ines.sees('Cambio aprobado.');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Mañana la recogemos.');
  await ana.sees('Mañana la recogemos.');
  await ines.shot('handed-on');

  await ines.closes();
  await ana.sees('Agente finalizó la conversación');
  await ines.saves('Parado', { subject: 'Lámpara rota' });
  await bruno.says('¿Y mi pedido?');
  await tomas.tab('Bruno Sáez').click();
  await tomas.sees('¿Y mi pedido?');
  await marta.looksAtTickets('stopped');
  await marta.ticket('Lámpara rota').getByRole('link').click();
  await expect(marta.log).toContainText('Cambio aprobado.');
});
