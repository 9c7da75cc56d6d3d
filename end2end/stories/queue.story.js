// Who waits, as an agent sees it: what he knows before he attends, what he filters, and that nothing moves under his hand.
import { story, expect, ORDERS, RETURNS } from '../world/world.js';

const head = (agent, group) => agent.queue.getByRole('button', { name: group });
const narrows = agent => agent.queue.getByRole('group', { name: 'Filtrar la cola' });

story('a row says what somebody answered and wrote first, and filters and folded groups outlive a reload', async ({ world }) => {
  const [ines, ana, bruno] = await Promise.all([
    world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);
  await ana.queuesFor(RETURNS, { order: '10-442' });
  await ana.says('La lámpara llegó rota.');
  await ana.says('¿Hay alguien?');
  await bruno.queuesFor(ORDERS);
  await bruno.says('¿Dónde está mi pedido?');

  await expect(ines.row('Ana Belmonte')).toContainText('La lámpara llegó rota. … ¿Hay alguien?');
  await expect(ines.row('Ana Belmonte')).toContainText('10-442');
  await ines.shot('rows');

  // By keyboard, and the count stays.
  await head(ines, ORDERS).press('Enter');
  await expect(head(ines, ORDERS)).toHaveAttribute('aria-expanded', 'false');
  await expect(ines.row('Bruno Sáez')).toHaveCount(0);
  await expect(head(ines, ORDERS)).toContainText('1');
  await ines.page.reload();
  await expect(ines.row('Ana Belmonte')).toBeVisible();
  await expect(head(ines, ORDERS)).toHaveAttribute('aria-expanded', 'false');
  await expect(ines.row('Bruno Sáez')).toHaveCount(0);
  await head(ines, ORDERS).press('Enter');
  await expect(ines.row('Bruno Sáez')).toBeVisible();

  await ines.queue.getByRole('button', { name: 'Filtrar la cola' }).click();
  await narrows(ines).getByRole('searchbox').fill('lampara');
  await expect(ines.row('Bruno Sáez')).toHaveCount(0);
  await expect(ines.queue.getByText('1 de 2 en espera')).toBeVisible();
  await ines.page.reload();
  await expect(ines.row('Ana Belmonte')).toBeVisible();
  await expect(narrows(ines).getByRole('searchbox')).toHaveValue('lampara');
  await expect(ines.row('Bruno Sáez')).toHaveCount(0);
  await ines.shot('filtered');
  await narrows(ines).getByRole('searchbox').fill('');
  await narrows(ines).getByRole('combobox', { name: 'Grupo' }).selectOption({ label: ORDERS });
  await expect(ines.row('Ana Belmonte')).toHaveCount(0);
  await expect(ines.row('Bruno Sáez')).toBeVisible();
  await ines.queue.getByRole('button', { name: 'Quitar el filtro' }).click();
  await expect(ines.row('Ana Belmonte')).toBeVisible();
});

story('a row under the pointer stays when another agent attends it, so nobody else is attended by mistake', async ({ world }) => {
  const [ines, tomas, ana, bruno, carla] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'), world.customer('Carla Ríos'),
  ]);
  await ana.queuesFor(RETURNS);
  await bruno.queuesFor(RETURNS);
  await expect(ines.row('Bruno Sáez')).toBeVisible();
  const rows = ines.queue.locator('.queue__rows').first().getByRole('article');
  const place = (await ines.attendButton('Bruno Sáez').boundingBox()).y;

  await ines.attendButton('Ana Belmonte').hover();
  await tomas.attends('Ana Belmonte');
  const gone = rows.filter({ hasText: 'Ana Belmonte' });
  await expect(gone).toContainText('con Tomás Vidal');
  await expect(gone.getByRole('button', { name: /^Atender/ })).toHaveAttribute('aria-disabled', 'true');
  expect((await ines.attendButton('Bruno Sáez').boundingBox()).y).toBe(place);
  // What comes meanwhile comes below.
  await carla.queuesFor(RETURNS);
  await expect(rows.last()).toContainText('Carla Ríos');
  expect((await ines.attendButton('Bruno Sáez').boundingBox()).y).toBe(place);
  await ines.shot('held');
  // Pressed all the same it does nothing.
  await ines.page.mouse.down();
  await ines.page.mouse.up();
  await expect(ines.page).not.toHaveURL(/\/chat\/./);
  await expect(rows).toHaveCount(3);

  await ines.page.mouse.move(0, 0);
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('Bruno Sáez');
});
