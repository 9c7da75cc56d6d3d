// The numbers: they move while things happen, show the very chat behind one, and go into a file.
import { readFile } from 'node:fs/promises';
import { story, expect, RETURNS } from '../world/world.js';

story.use({ clock: 'still' });

const gauge = (who, name) => who.page.locator('.gauge').filter({ has: who.page.getByText(name, { exact: true }) });
/** How many of the numbers beside the twelve stand in each row. */
const besides = who => who.page.getByRole('region', { name: 'Además' }).locator('a').evaluateAll(all => {
  const rows = new Map();
  for (const one of all) rows.set(one.offsetTop, (rows.get(one.offsetTop) ?? 0) + 1);
  return [...rows.values()];
});
const value = (who, name) => gauge(who, name).locator('.gauge__value > span');

story('numbers move while chats are attended and deserted, show the very chat, and are exported', async ({ world }) => {
  const [ines, marta] = await Promise.all([world.agentOnDuty('ines'), world.agent('marta')]);
  await marta.signsIn();
  await marta.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Indicadores' }).click();
  await expect(marta.page).toHaveURL(/\/indicators$/);
  await expect(marta.page.getByRole('button', { name: 'Este mes' })).toBeVisible();
  await expect(value(marta, 'Chats atendidos')).toHaveText('0');
  await expect(value(marta, 'Tiempo promedio de espera en cola')).toHaveText('—');
  await marta.shot('nothing-yet');

  // One is attended after half a minute, and her number is there without a reload.
  const [ana, bea] = await Promise.all([world.customer('Ana Belmonte'), world.customer('Bea Sanz')]);
  await ana.queuesFor(RETURNS, { order: 'N-20714' });
  await expect(marta.page.locator('.sums')).toContainText('1 en espera');
  await world.passes({ seconds: 30 });
  await ines.attends('Ana Belmonte');
  await expect(value(marta, 'Chats atendidos')).toHaveText('1');
  await expect(value(marta, 'Tiempo promedio de espera en cola')).toHaveText('00:00:30');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');

  // The other writes, waits forty seconds, and gives up.
  await bea.queuesFor(RETURNS, { order: 'N-20715' });
  await bea.says('¿Hay alguien?');
  await world.passes({ seconds: 40 });
  await bea.ends();
  await expect(value(marta, 'Cantidad de deserciones (Dejando mensaje)')).toHaveText('1');
  await expect(value(marta, 'Mayor tiempo de espera hasta ocurrir la deserción')).toHaveText('00:00:40');

  // The first save decides.
  await world.passes({ seconds: 60 });
  await ines.closes();
  await expect(marta.page.locator('.sums')).toContainText('1 por guardar');
  await ines.saves('Resuelto', { subject: 'Lámpara' });
  await expect(value(marta, 'Chats resueltos en el primer contacto')).toHaveText('1');
  await expect(marta.page.locator('.sums')).toContainText('2 solicitudes = 1 atendidas + 1 deserciones + 0 retiradas + 0 en espera');
  await marta.shot('numbers');

  // Beside the twelve there are six, and none is alone in its row.
  const screen = marta.page.viewportSize();
  for (const [width, rows] of [[1920, [6]], [1680, [3, 3]], [1280, [3, 3]], [700, [2, 2, 2]], [400, [1, 1, 1, 1, 1, 1]]]) {
    await marta.page.setViewportSize({ ...screen, width });
    await expect.poll(() => besides(marta)).toEqual(rows);
  }
  await marta.page.setViewportSize(screen);

  // Behind a number: the very chat, its formula, its trend as a table, and its file.
  await gauge(marta, 'Cantidad de deserciones (Dejando mensaje)').click();
  await expect(marta.page).toHaveURL(/\/indicators\?behind=desertions-with-message$/);
  const list = marta.page.getByRole('region', { name: 'Cantidad de deserciones (Dejando mensaje)' });
  await expect(list.getByRole('row').filter({ hasText: 'Bea Sanz' })).toContainText('00:00:40');
  await expect(list.getByRole('row').filter({ hasText: 'Ana Belmonte' })).toHaveCount(0);
  await expect(list).toContainText('las que dejaron al menos un mensaje');
  await list.getByText('La tendencia como tabla').click();
  await marta.shot('behind');
  const downloading = marta.page.waitForEvent('download');
  await list.getByRole('link', { name: 'CSV' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('recado-indicators.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('id,number,at,customer,group,application,wait_seconds');
  expect(lines[1]).toContain('Bea Sanz');
  expect(lines[1]).toContain(',40,');

  // Everything is in the address: filters, period, and the number that is open.
  await marta.page.getByRole('button', { name: 'Seleccione un filtro' }).click();
  await marta.page.getByRole('group', { name: 'Grupos' }).getByLabel('Pedidos y envíos').check();
  await expect(value(marta, 'Cantidad de deserciones')).toHaveText('0');
  await expect(marta.page.getByText('Grupos: Pedidos y envíos')).toBeVisible();
  await marta.page.reload();
  await expect(value(marta, 'Cantidad de deserciones')).toHaveText('0');
  await marta.page.getByRole('button', { name: 'Quitar el filtro: Grupos: Pedidos y envíos' }).click();
  await expect(marta.page.getByRole('button', { name: 'Seleccione un filtro' })).toBeFocused();
  await expect(value(marta, 'Cantidad de deserciones')).toHaveText('1');
  await marta.page.getByRole('button', { name: 'Este mes' }).click();
  // No number of one period stands under the name of another, however long the answer is on its way.
  const READ = '**/api/indicators/read';
  let answers;
  const answered = new Promise(resolve => { answers = resolve; });
  await marta.page.route(READ, async route => { await answered; await route.continue(); });
  await marta.page.getByRole('menuitemradio', { name: 'Ayer' }).click();
  await expect(marta.page).toHaveURL(/period=yesterday/);
  await expect(value(marta, 'Cantidad de deserciones')).toHaveText('…');
  answers();
  await expect(value(marta, 'Chats atendidos')).toHaveText('0');
  await list.getByText('Nada que mostrar.').waitFor();
  await marta.page.unroute(READ);

  // An address whose period ends before it begins says so, and offers no file.
  await marta.page.goto(`${world.console}/indicators?from=2026-11-20&to=2026-11-10&behind=desertions-with-message`);
  await expect(marta.page.getByText('El período termina antes de empezar.')).toBeVisible();
  await expect(list).toBeVisible();
  await expect(marta.page.getByRole('link', { name: /CSV|JSON/ })).toHaveCount(0);
  await marta.page.goBack();

  // Back, and to the conversation itself.
  await marta.page.goBack();
  await list.getByRole('link', { name: 'Bea Sanz' }).click();
  await expect(marta.page).toHaveURL(/\/chat\/[\w-]+$/);
  await marta.sees('¿Hay alguien?');
});

story('whoever administers one group reads its numbers alone, and whoever none has no way there', async ({ world }) => {
  const [ines, lucia] = await Promise.all([world.agent('ines'), world.agent('lucia')]);
  await ines.signsIn('/indicators');
  await ines.page.getByRole('button', { name: 'Seleccione un filtro' }).click();
  await expect(ines.page.getByRole('group', { name: 'Grupos' }).getByRole('checkbox')).toHaveCount(1);

  await lucia.signsIn();
  await expect(lucia.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Indicadores' })).toBeHidden();
  await lucia.page.goto(`${world.console}/indicators`);
  await expect(lucia.page.getByRole('alert').filter({ visible: true })).toContainText('Solo pueden hacerlo los administradores');
});
