// A group that hands out who waits.
import { story, expect, RETURNS } from '../world/world.js';

story.use({ clock: 'still' });

const TEAM = [{ email: 'tomas@casanogal.example' }, { email: 'ines@casanogal.example' }];

story('whoever waits is handed to the first with room, whose tab opens by itself, and to the next without an answer', async ({ world }) => {
  await world.server.setGroup(RETURNS, { distribution: { limit: 1, answer_within: 60 }, team: TEAM });
  const [ines, tomas, ana, bruno] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);

  await ana.queuesFor(RETURNS);
  await ana.sees('Tomás Vidal ha ingresado a la conversación');
  await expect(tomas.talk('Ana Belmonte')).toBeVisible();
  await tomas.sees('Asignada automáticamente a Tomás Vidal');
  await tomas.shot('handed');
  await bruno.queuesFor(RETURNS);
  await expect(ines.talk('Bruno Sáez')).toBeVisible();
  await bruno.sees('Inés Robledo ha ingresado a la conversación');

  // Inés answers and is done; Tomás does not, and it is hers.
  await ines.saysTo('Bruno Sáez', 'Hola, Bruno.');
  await bruno.sees('Hola, Bruno.');
  await bruno.ends();
  await world.passes({ seconds: 60 });
  await ana.sees('La conversación continúa con Inés Robledo');
  await expect(ines.tab('Ana Belmonte')).toBeVisible();
  await ines.tab('Ana Belmonte').click();
  await ines.sees('Tomás Vidal no respondió a tiempo');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Perdona la espera.');
  await ana.sees('Hola, Ana. Perdona la espera.');
  await ines.shot('handed-on');
});
