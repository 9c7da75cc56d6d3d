// Who waits, as an agent sees it: what he knows before he attends, what he filters, and that nothing moves under his hand.
import { story, expect, ORDERS, RETURNS } from '../world/world.js';

const head = (agent, group) => agent.queue.getByRole('button', { name: group });
const held = agent => agent.queue.locator('.queue__rows').first().getByRole('article');
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
  const rows = held(ines);
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

story('whoever comes while the pointer rests joins his own group with his real place, and an own Atender draws all anew', async ({ world }) => {
  const [ines, tomas, ana, bruno, carla, dario] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'), world.customer('Carla Ríos'), world.customer('Darío Pons'),
  ]);
  await ana.queuesFor(RETURNS);
  await bruno.queuesFor(ORDERS);
  await expect(ines.row('Ana Belmonte')).toBeVisible();
  await expect(ines.row('Bruno Sáez')).toBeVisible();
  const rows = held(ines);
  const place = row => row.locator('.call__place');

  await ines.attendButton('Ana Belmonte').hover();
  await tomas.attends('Ana Belmonte');
  await expect(rows.first()).toContainText('con Tomás Vidal');
  await carla.queuesFor(RETURNS);
  await expect(rows.nth(1)).toContainText('Carla Ríos');
  await expect(rows.nth(2)).toContainText('Bruno Sáez');
  await expect(head(ines, RETURNS)).toHaveCount(1);
  // Who is gone has no place, and nobody else has that of another.
  await expect(place(rows.first())).toHaveText('');
  await expect(place(rows.nth(1))).toHaveText('Lugar 1');

  // Above the pointer nobody comes: he would push away the row that it rests on.
  await ines.attendButton('Bruno Sáez').hover();
  const { y } = await ines.attendButton('Bruno Sáez').boundingBox();
  await dario.queuesFor(RETURNS);
  await expect(head(ines, RETURNS)).toContainText('2');
  await expect(ines.queue.getByText('1 más')).toBeVisible();
  await expect(ines.row('Darío Pons')).toHaveCount(0);
  expect((await ines.attendButton('Bruno Sáez').boundingBox()).y).toBe(y);

  // He has acted himself, and the pointer is where it was.
  await ines.attendButton('Bruno Sáez').click();
  await expect(rows).toHaveCount(2);
  // Where he writes takes the focus once, and not from what comes next.
  await expect(ines.box('Bruno Sáez')).toBeFocused();
  await expect(place(rows.first())).toHaveText('Lugar 1');
  await expect(rows.first()).toContainText('Carla Ríos');
  await expect(place(rows.last())).toHaveText('Lugar 2');
  await expect(rows.last()).toContainText('Darío Pons');

  // The same by keyboard, whatever the pointer rests on.
  await ines.attendButton('Darío Pons').hover();
  await ines.attendButton('Carla Ríos').press('Enter');
  await expect(rows).toHaveCount(1);
  await expect(place(rows.first())).toHaveText('Lugar 1');
});

story('whoever has attended one attends nobody else by pressing again, and whoever was slower keeps his place', async ({ world }) => {
  const [ines, tomas, ana, bruno, carla, dario] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'), world.customer('Carla Ríos'), world.customer('Darío Pons'),
  ]);
  for (const customer of [ana, bruno, carla, dario]) await customer.queuesFor(RETURNS);
  await expect(ines.row('Darío Pons')).toBeVisible();
  const rows = held(ines);
  // The console speaks postcard: the act is the last byte, its place among the acts of `domain`.
  const ATTEND = 3;
  let asked = 0;
  let release;
  const isSlow = () => new Promise(done => { release = done; });
  let answers = isSlow();
  await ines.page.route('**/api/chat/act', async route => {
    if (route.request().postDataBuffer().at(-1) !== ATTEND) return route.continue();
    asked += 1;
    await answers;
    await route.continue();
  });
  const { mouse } = ines.page;
  const presses = async () => { await mouse.down(); await mouse.up(); };
  const { x, y, width, height } = await ines.attendButton('Ana Belmonte').boundingBox();
  const at = [x + width / 2, y + height / 2];
  const under = () => ines.page.evaluate(([x, y]) => document.elementFromPoint(x, y).closest('button')?.getAttribute('aria-label'), at);

  // The server is slow, and he presses again.
  await mouse.move(...at);
  await presses();
  await expect.poll(() => asked).toBe(1);
  await presses();
  release();
  await expect(ines.box('Ana Belmonte')).toBeFocused();
  await expect(rows).toHaveCount(3);
  // And once more, where the next one stands by now; what he points at he may attend.
  await expect.poll(under).toBe('Atender: Bruno Sáez');
  await presses();
  await ines.attends('Carla Ríos');
  await expect(rows).toHaveCount(2);
  await expect(ines.row('Bruno Sáez')).toBeVisible();
  expect(asked).toBe(2);

  // By keyboard, and a colleague is faster: the row is gone, and the focus does not fall out of it.
  await expect(ines.box('Carla Ríos')).toBeFocused();
  await mouse.move(0, 0);
  answers = isSlow();
  // A focus is one by keyboard where a key was pressed since the pointer last was.
  await ines.page.keyboard.press('Tab');
  await ines.attendButton('Bruno Sáez').press('Enter');
  await expect.poll(() => asked).toBe(3);
  await tomas.attends('Bruno Sáez');
  const gone = rows.filter({ hasText: 'Bruno Sáez' });
  await expect(gone).toContainText('con Tomás Vidal');
  release();
  await expect(ines.note('Tomás Vidal ya atiende esta conversación.')).toBeVisible();
  await expect(gone.getByRole('button', { name: /^Atender/ })).toBeFocused();
});
