// The main job: from somebody else's page to a saved ticket.
import { story, expect, RETURNS } from '../world/world.js';

story('a customer is attended, and a ticket saved as Resuelto holds what was said', async ({ world }) => {
  const ines = await world.agentOnDuty('ines');
  const ana = await world.customer('Ana Belmonte');
  await ines.shot('empty-queue');

  await ana.opens();
  await ana.shot('greeting');
  await ana.startsConversation();
  await ana.fillsForm({ order: 'N-20714' });
  await ana.shot('form');
  await ana.confirmsForm();
  await expect(ana.button('Confirmar')).toBeDisabled();
  await ana.shot('subjects');
  await ana.choosesSubject(RETURNS);
  await expect(ana.window.getByText('Inés está en línea')).toBeVisible();
  await ana.shot('somebody-is-here');
  await ana.startsChat();
  await ana.isAtPlace(1);
  await ana.says('Buenos días. La lámpara llegó ayer con la pantalla rota por un lado.');
  await ana.says('Todavía tengo la caja.');
  await ana.shot('waiting');

  await expect(ines.row('Ana Belmonte')).toContainText('Todavía tengo la caja.');
  await expect(ines.page).toHaveTitle('(1) Recado');
  await ines.shot('somebody-waits');
  await ines.attends('Ana Belmonte');
  await ines.sees('Todavía tengo la caja.');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await expect(ana.place).toBeHidden();
  await expect(ines.papers.getByText('Se rellena solo; se podrá editar al terminar.')).toBeVisible();
  await expect(ines.papers.getByRole('textbox')).toHaveCount(0);
  await expect(ines.page.getByRole('button', { name: /^Cerrar la pestaña/ })).toHaveCount(0);

  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Siento lo de la lámpara; te la recogemos mañana.');
  await ana.sees('te la recogemos mañana');
  await ana.says('Perfecto, mil gracias.');
  await ines.sees('Perfecto, mil gracias.');
  await ana.shot('attended');
  await ines.shot('attending');
  expect(await ana.transcript()).toEqual(await ines.transcript());

  await ines.closes();
  await ana.sees(/Agente finalizó la conversación/);
  await ana.shot('ended');
  await expect(ines.page.getByText('Ahora, el ticket.')).toBeVisible();
  await ines.shot('wrap-up');
  const number = await ines.saves('Resuelto', { subject: 'Lámpara con la pantalla rota' });
  await ines.shot('saved');

  await ines.looksAtTickets();
  const row = ines.ticket('Lámpara con la pantalla rota');
  await expect(row).toContainText('Resuelto');
  await expect(row).toContainText(String(number));
  await row.getByRole('link').click();
  await ines.sees('Todavía tengo la caja.');
  await expect(ines.log).toContainText('Inés Robledo guardó el ticket como Resuelto');
  expect(await ines.transcript()).toEqual(await ana.transcript());
  await ines.shot('ticket');
  const address = ines.page.url();
  await ines.page.reload();
  await ines.sees('Perfecto, mil gracias.');
  expect(ines.page.url()).toBe(address);
});

story('a customer on a phone closes the conversation, and the ticket is saved as Cancelado', async ({ world }) => {
  const ines = await world.agentOnDuty('ines', { phone: true });
  const eva = await world.customer('Eva Luna', { phone: true });

  await eva.opens();
  await eva.shot('phone-greeting');
  await eva.asksFor(RETURNS);
  await eva.says('Hola, ¿hay alguien?');
  await eva.shot('phone-waiting');
  await ines.shot('phone-queue');
  await ines.attends('Eva Luna');
  await ines.saysTo('Eva Luna', 'Hola, Eva. Aquí estoy.');
  await eva.sees('Aquí estoy');
  await eva.shot('phone-attended');
  await ines.shot('phone-attending');
  await eva.ends();

  await eva.sees(/Usuario final finalizó la conversación/);
  await ines.sees(/Usuario final finalizó la conversación/);
  await ines.page.getByRole('button', { name: 'Ticket', exact: true }).click();
  await ines.shot('phone-wrap-up');
  await ines.saves('Cancelado');
  await ines.looksAtTickets();
  await expect(ines.ticket('Eva Luna')).toContainText('Cancelado');
  await ines.shot('phone-tickets');
});
