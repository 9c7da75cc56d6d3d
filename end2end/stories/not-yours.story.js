// A conversation that somebody may not read: the same sentence as for one that is not there.
import { story, expect, RETURNS } from '../world/world.js';

story('who may not read a conversation is told so once, and asks no more', async ({ world }) => {
  const [ines, tomas, lucia, ana] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.agentOnDuty('lucia'), world.customer('Ana Belmonte'),
  ]);
  await ana.queuesFor(RETURNS);
  await ana.says('Se ha roto la pata.');
  await ines.attends('Ana Belmonte');
  const asked = [];
  lucia.page.on('request', request => { if (request.url().endsWith('/api/chat/events')) asked.push(request.url()); });

  await lucia.goesTo(ines.page.url());
  await expect(lucia.page.getByRole('alert').filter({ hasText: 'No existe, o no tienes acceso.' })).toBeVisible();
  // It was asked for the first picture, and once more when the line was open.
  await lucia.page.waitForLoadState('networkidle');
  const before = asked.length;
  expect(before).toBeLessThanOrEqual(2);
  await ana.says('Y la otra cojea.');
  await ines.sees('Y la otra cojea.');
  await lucia.page.getByRole('link', { name: 'Volver a la cola' }).click();
  await expect(lucia.page).toHaveURL(/\/chat$/);
  expect(asked.length).toBe(before);

  // A colleague's row says with whom, and not what was said.
  await expect(tomas.row('Ana Belmonte')).toContainText('con Inés Robledo');
  await expect(tomas.row('Ana Belmonte')).not.toContainText(/pata|cojea/);
  await expect(tomas.row('Ana Belmonte').getByRole('link')).toHaveCount(0);
});
