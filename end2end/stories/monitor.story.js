// Who administers groups sees at every moment who works, on what, and who waits.
import { story, expect, ORDERS, RETURNS } from '../world/world.js';

story.use({ clock: 'still' });

/** The monitor on somebody's screen. */
const monitor = ({ page }) => ({
  async opens() {
    await page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Monitor' }).click();
    await expect(page).toHaveURL(/\/monitor/);
  },
  agents: page.getByRole('region', { name: 'Agentes' }),
  agent(name) {
    return this.agents.getByRole('row').filter({ hasText: name });
  },
  /** Conectado, Disponible, how many, and how many to save. */
  async says(name, ...states) {
    const cells = this.agent(name).getByRole('cell');
    for (const [n, state] of states.entries()) {
      if (state !== null) await expect(cells.nth([0, 1, 2, 4][n])).toHaveText(state);
    }
  },
  queue: name => page.getByRole('region', { name: 'Colas' }).getByRole('row').filter({ hasText: name }),
  talks: page.getByRole('region', { name: 'Conversaciones en atención' }),
  talk(name) {
    return this.talks.getByRole('row').filter({ hasText: name });
  },
  filter: name => page.getByRole('group', { name: 'Selecciona un filtro' }).getByLabel(name),
});

story('an administrator sees counts move and a closed tab, and takes over from the table', async ({ world }) => {
  const [ines, tomas, marta, ana, bruno] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.agent('marta'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);
  await marta.signsIn();
  const sees = monitor(marta);
  await sees.opens();
  await sees.says('Tomás Vidal', 'Conectado', 'Disponible', '0', '–');
  await sees.says('Lucía Cano', 'Desconectado', 'No disponible', '0', '–');
  await expect(tomas.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Monitor' })).toHaveCount(0);

  // Who waits, and who is attended by whom.
  await ana.queuesFor(RETURNS);
  await expect(sees.queue(RETURNS).getByRole('cell').first()).toHaveText('1');
  await ines.attends('Ana Belmonte');
  await expect(sees.queue(RETURNS).getByRole('cell').first()).toHaveText('0');
  await sees.says('Inés Robledo', 'Conectado', 'Disponible', '1');
  await ana.says('¿Llega hoy?');
  await expect(sees.talk('Ana Belmonte')).toContainText('cliente, hace');
  await bruno.queuesFor(ORDERS);
  await tomas.attends('Bruno Sáez');
  await tomas.saysTo('Bruno Sáez', 'Hola, Bruno.');
  await sees.says('Tomás Vidal', 'Conectado', 'Disponible', '1');
  await expect(sees.talk('Bruno Sáez')).toContainText('agente, hace');
  await marta.shot('all');

  // A filter and an order are in the address; all of it goes by keyboard.
  await sees.filter('Grupo').selectOption({ label: RETURNS });
  await expect(marta.page).toHaveURL(/group=returns/);
  await expect(sees.agent('Lucía Cano')).toHaveCount(0);
  await expect(sees.talk('Bruno Sáez')).toHaveCount(0);
  await expect(sees.agent('Tomás Vidal').locator('.load__count')).toHaveText('0');
  await expect(sees.agent('Tomás Vidal').locator('.load')).toHaveAttribute('title', '1 en total');
  await sees.agents.getByRole('button', { name: 'Cantidad de Atenciones' }).press('Enter');
  await sees.agents.getByRole('button', { name: 'Cantidad de Atenciones' }).press('Enter');
  await expect(sees.agents.getByRole('columnheader', { name: 'Cantidad de Atenciones' })).toHaveAttribute('aria-sort', 'descending');
  await expect(sees.agents.getByRole('row').nth(1)).toContainText('Inés Robledo');
  await marta.page.reload();
  await expect(sees.talk('Ana Belmonte')).toBeVisible();
  await expect(sees.filter('Grupo')).toHaveValue('returns');
  await marta.shot('filtered');
  await sees.filter('Grupo').selectOption('');

  // A tab that is closed for longer than a change of page takes.
  await ines.page.close();
  await expect(async () => {
    // The server hears of it in its own time; the hands go on until it has.
    await world.passes({ seconds: 5 });
    await expect(sees.agent('Inés Robledo')).toContainText('Desconectado', { timeout: 1_000 });
  }).toPass();
  await sees.says('Inés Robledo', 'Desconectado', 'No disponible', '0');
  await expect(sees.talk('Ana Belmonte')).toHaveCount(0);

  // Taken over from the table, and handed on from there.
  const intervene = sees.talk('Bruno Sáez').getByRole('button', { name: 'Intervenir: Bruno Sáez' });
  await intervene.press('Enter');
  const dialog = marta.page.getByRole('dialog');
  await expect(dialog).toHaveAccessibleName('¿Intervenir en la conversación con Bruno Sáez?');
  await expect(dialog).toContainText('Tomás Vidal sigue en la conversación, y tú respondes a su lado.');
  await marta.shot('asked');
  await marta.page.keyboard.press('Escape');
  await expect(intervene).toBeFocused();
  await expect(bruno.log.getByText('Marta Ortiz')).toHaveCount(0);
  await marta.intervenes(intervene);
  await expect(marta.note('Marta Ortiz ha ingresado a la conversación. Lo ven: Bruno Sáez, Tomás Vidal.')).toBeVisible();
  await bruno.sees('Marta Ortiz ha ingresado a la conversación');
  await marta.saysTo('Bruno Sáez', 'Hola, Bruno; soy Marta.');
  await bruno.sees('Hola, Bruno; soy Marta.');
  await sees.opens();
  await sees.says('Marta Ortiz', 'Conectado', null, '1');
  await expect(sees.talk('Bruno Sáez')).toContainText('Tomás Vidal, Marta Ortiz');
  await sees.talk('Bruno Sáez').getByRole('button', { name: 'Redirigir: Bruno Sáez' }).click();
  await expect(marta.page.getByRole('menu', { name: 'Redirigir' })).toBeVisible();

  // Who leaves and what is read is said before it goes on, and afterwards to whom it was told.
  await marta.page.getByRole('menuitem', { name: /a la cola del grupo/ }).filter({ hasText: RETURNS }).click();
  await expect(dialog).toContainText(`Todos los agentes dejan la conversación. El cliente vuelve a esperar. El cliente leerá: «La conversación pasa a ${RETURNS}».`);
  await marta.shot('hands-over');
  await dialog.getByRole('button', { name: 'Redirigir' }).click();
  await bruno.sees(`La conversación pasa a ${RETURNS}`);
  await expect(marta.note(`La conversación pasa a ${RETURNS}. Lo ven: Bruno Sáez, Tomás Vidal, ${RETURNS}.`)).toBeVisible();
});

story('an administrator takes a conversation over, from the monitor or while he is in it, and whoever had it is told', async ({ world }) => {
  const [tomas, marta, ana, bruno] = await Promise.all([
    world.agentOnDuty('tomas'), world.agent('marta'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);
  await marta.signsIn();
  const sees = monitor(marta);
  const menu = tomas.page.getByRole('navigation', { name: 'Principal' });
  const dialog = marta.page.getByRole('dialog');
  await ana.queuesFor(RETURNS);
  await tomas.attends('Ana Belmonte');
  // He looks elsewhere when it happens.
  await menu.getByRole('link', { name: /^Tickets/ }).click();
  await expect(tomas.tickets).toBeVisible();

  await sees.opens();
  await sees.talk('Ana Belmonte').getByRole('button', { name: 'Intervenir: Ana Belmonte' }).click();
  await expect(dialog).toContainText('Tomás Vidal sigue en la conversación, y tú respondes a su lado.');
  await expect(dialog).toContainText('Si la tomas, es tuya: Tomás Vidal deja la conversación. El cliente leerá: «La conversación continúa con Marta Ortiz».');
  await marta.shot('beside-or-over');
  await dialog.getByRole('button', { name: 'Tomar la conversación' }).click();
  await Promise.all([
    expect(marta.note('La conversación continúa con Marta Ortiz. Lo ven: Ana Belmonte, Tomás Vidal.')).toBeVisible(),
    expect(tomas.note('Ana Belmonte: La conversación continúa con Marta Ortiz')).toBeVisible(),
    ana.sees('La conversación continúa con Marta Ortiz'),
  ]);
  await marta.saysTo('Ana Belmonte', 'Hola, Ana; soy Marta.');
  await ana.sees('Hola, Ana; soy Marta.');
  await sees.opens();
  await sees.says('Tomás Vidal', null, null, '0');
  await sees.says('Marta Ortiz', null, null, '1');

  // Beside him first; then it is hers, and he stays.
  await menu.getByRole('link', { name: /^Chat/ }).click();
  await bruno.queuesFor(RETURNS);
  await tomas.attends('Bruno Sáez');
  await sees.talk('Bruno Sáez').getByRole('link', { name: 'Visualizar: Bruno Sáez' }).click();
  await marta.intervenes();
  await bruno.sees('Marta Ortiz ha ingresado a la conversación');
  // All that can be done with it is in sight, beside the papers and on a phone.
  const last = marta.page.getByRole('button', { name: 'Finalizar' });
  const screen = marta.page.viewportSize();
  const end = async of => { const { x, width } = await of.boundingBox(); return x + width; };
  await marta.page.setViewportSize({ width: 1_000, height: 800 });
  await expect.poll(async () => (await marta.papers.boundingBox()).x - await end(last)).toBeGreaterThanOrEqual(0);
  await marta.page.setViewportSize({ width: 390, height: 844 });
  await expect(marta.page.getByRole('button', { name: 'Tomar la conversación' })).toBeInViewport({ ratio: 1 });
  await expect(last).toBeInViewport({ ratio: 1 });
  await marta.shot('beside-on-a-phone');
  await marta.page.setViewportSize(screen);
  await marta.page.getByRole('button', { name: 'Tomar la conversación' }).click();
  await expect(dialog).toHaveAccessibleName('¿Tomar la conversación con Bruno Sáez?');
  await expect(dialog).toContainText('Tomás Vidal sigue en ella, y es tuya.');
  await expect(dialog.getByRole('button', { name: 'Intervenir' })).toHaveCount(0);
  await marta.shot('over');
  await dialog.getByRole('button', { name: 'Tomar la conversación' }).click();
  await Promise.all([
    expect(tomas.note('Bruno Sáez: La conversación continúa con Marta Ortiz')).toBeVisible(),
    bruno.sees('La conversación continúa con Marta Ortiz'),
  ]);
  await expect(marta.page.getByRole('button', { name: 'Tomar la conversación' })).toHaveCount(0);
  await tomas.saysTo('Bruno Sáez', 'Sigo aquí.');
  await bruno.sees('Sigo aquí.');
  await sees.opens();
  await expect(sees.talk('Bruno Sáez')).toContainText('Marta Ortiz, Tomás Vidal');
});

story('a row under the pointer stays where it is when its conversation ends, and does nothing any more', async ({ world }) => {
  const [ines, tomas, marta, ana, bruno] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.agent('marta'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);
  await marta.signsIn();
  const sees = monitor(marta);
  await sees.opens();
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await world.passes({ seconds: 2 });
  await bruno.queuesFor(RETURNS);
  await tomas.attends('Bruno Sáez');
  await expect(sees.talk('Bruno Sáez')).toBeVisible();
  const rows = sees.talks.locator('tbody tr');
  await expect(rows.first()).toContainText('Ana Belmonte');

  await sees.talk('Bruno Sáez').getByRole('link', { name: 'Visualizar: Bruno Sáez' }).hover();
  await ines.closes();
  await expect(sees.talk('Ana Belmonte')).toContainText('ya no está en atención');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText('Bruno Sáez');
  const act = sees.talk('Ana Belmonte').getByRole('button', { name: 'Intervenir: Ana Belmonte' });
  await expect(act).toHaveAttribute('aria-disabled', 'true');
  await act.click({ force: true });
  await sees.talk('Ana Belmonte').getByRole('link').first().click({ force: true });
  await expect(marta.page).toHaveURL(/\/monitor/);

  // With the focus in it, it stays when the pointer goes; then it goes, too.
  await act.focus();
  await sees.filter('Grupo').hover();
  await expect(rows).toHaveCount(2);
  await sees.filter('Grupo').focus();
  await expect(sees.talk('Ana Belmonte')).toHaveCount(0);
  await expect(rows.first()).toContainText('Bruno Sáez');
});

story('a filter for what is not there to be chosen is none', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/monitor?group=nowhere&application=nothing');
  const sees = monitor(marta);

  await expect(sees.agent('Marta Ortiz')).toBeVisible();
  await expect(sees.filter('Grupo')).toHaveValue('');
  await expect(sees.filter('Aplicativo')).toHaveValue('');
});
