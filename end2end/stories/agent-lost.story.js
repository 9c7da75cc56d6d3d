// The browser of an agent is gone: his conversation becomes a ticket, in his queue (R63).
import { story, expect, RETURNS } from '../world/world.js';

story.use({ clock: 'still' });

story('after the grace a ticket is in the queue of the agent whose browser was closed', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('Se ha roto la pata de la mesa.');
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Ahora mismo lo miro.');
  await ana.sees('Ahora mismo lo miro.');

  await ines.leaves();
  await ana.sees('Inés Robledo perdió la conexión');
  await ana.shot('agent-is-gone');
  await world.passes({ seconds: 20 });
  await ana.says('¿Hola?');
  await expect(ana.log.getByText(/finalizó la conversación/)).toHaveCount(0);
  await world.passes({ milliseconds: 1 });
  await ana.sees(/Agente finalizó la conversación/);
  await ana.shot('ended-without-agent');

  const again = await world.agent('ines');
  await again.signsIn('/tickets?filter=mine');
  await expect(again.ticket('Ana Belmonte')).toBeVisible();
  await again.shot('ticket-in-the-queue');
  await again.ticket('Ana Belmonte').getByRole('link').click();
  await again.sees('Ahora mismo lo miro.');
  expect(await again.transcript()).toEqual(await ana.transcript());
});

story('an agent who reloads in time keeps his conversation', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  const address = ines.page.url();

  await ines.page.goto('about:blank');
  await ana.sees('Inés Robledo perdió la conexión');
  await world.passes({ seconds: 19 });
  await ines.page.goto(address);

  await ana.sees('Inés Robledo ha vuelto a conectarse');
  await ines.saysTo('Ana Belmonte', 'Ya estoy de vuelta.');
  await ana.sees('Ya estoy de vuelta.');
});
