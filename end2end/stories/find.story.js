// Ctrl K: whatever can be gone to is found by words, from wherever one is, and nothing that was begun is lost.
import { story, expect, ORDERS, RETURNS } from '../world/world.js';

const search = agent => agent.page.getByRole('dialog', { name: 'Buscar personas, tickets, palabras' });
const box = agent => search(agent).getByRole('combobox');
const found = (agent, kind) => search(agent).getByRole('group', { name: kind, exact: true }).getByRole('option');
const says = agent => search(agent).getByRole('status');

/** By the keys, wherever he is. */
async function asks(agent, words) {
  await agent.page.keyboard.press('Control+k');
  await expect(box(agent)).toBeFocused();
  if (words) await agent.page.keyboard.type(words);
}

/** The words of a ticket are indexed a moment after it was saved. */
async function finds(agent, words, subject) {
  await expect(async () => {
    await box(agent).fill('');
    await box(agent).fill(words);
    await expect(found(agent, 'Tickets').first()).toContainText(subject, { timeout: 1_500 });
  }).toPass();
}

story('in the middle of an answer a ticket is found by a word that was said in it, and the answer is still there afterwards', async ({ world }) => {
  const [ines, ana, bruno] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez')]);
  const { page } = ines;
  const { keyboard } = page;
  await bruno.queuesFor(RETURNS);
  await bruno.says('La pantalla llegó agrietada.');
  await ines.attends('Bruno Sáez');
  await ines.saysTo('Bruno Sáez', 'Hola, Bruno.');
  await bruno.says('Gracias.');
  await ines.closes();
  const number = await ines.saves('Parado', { subject: 'Lámpara' });
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  const draft = ines.box('Ana Belmonte');
  await draft.fill('Te paso el enla');
  await expect(draft).toBeFocused();

  await asks(ines);
  await expect(says(ines)).toContainText('Busca conversaciones y personas por su nombre');
  await ines.shot('asks');
  await finds(ines, 'agrietada', 'Lámpara');
  await expect(found(ines, 'Tickets').first()).toContainText(`${number} · Bruno Sáez`);
  await expect(found(ines, 'Tickets').first()).toContainText('Parado');
  await expect(found(ines, 'Personas'), 'nobody is called so').toHaveCount(0);
  await ines.shot('finds');
  // Down to the list of all, and on to the first again.
  await keyboard.press('ArrowUp');
  await expect(search(ines).getByRole('option', { selected: true })).toHaveText('Ver todos los tickets con «agrietada»');
  await keyboard.press('ArrowDown');
  await expect(found(ines, 'Tickets').first()).toHaveAttribute('aria-selected', 'true');
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/tickets\/[\w-]+$/);
  await expect(search(ines)).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Lámpara', exact: true })).toBeFocused();
  await page.goBack();
  await expect(draft).toHaveValue('Te paso el enla');

  // Esc gives the focus back, and what was typed is in no answer.
  await draft.focus();
  await asks(ines, 'lam');
  await keyboard.press('Escape');
  await expect(search(ines)).toHaveCount(0);
  await expect(draft).toBeFocused();
  await expect(draft).toHaveValue('Te paso el enla');

  // By its number at once: Enter waits for the answer.
  await asks(ines, `#${number}`);
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/tickets\/[\w-]+$/);
  await expect(page.getByRole('heading', { name: 'Lámpara', exact: true })).toBeVisible();

  // With the mouse: the person, and the list of all.
  const open = page.getByRole('button', { name: 'Buscar personas, tickets, palabras' });
  await open.click();
  await finds(ines, 'saez', 'Lámpara');
  await expect(found(ines, 'Personas')).toHaveText(['Bruno Sáez']);
  await found(ines, 'Personas').click();
  await expect(page).toHaveURL(/\/people\/[\w-]+$/);
  await expect(page.getByRole('heading', { name: 'Bruno Sáez' })).toBeVisible();
  await open.click();
  await finds(ines, 'saez', 'Lámpara');
  await search(ines).getByRole('option', { name: 'Ver todos los tickets con «saez»' }).click();
  await expect(page).toHaveURL(/\/tickets\?status=any&words=saez$/);
  await expect(ines.ticket('Lámpara')).toBeVisible();
  expect(await ana.transcript(), 'nothing of it was sent').toEqual([]);
});

story('whoever waits is found by his name where he can be attended, and without a line it is said what is missing', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Núñez')]);
  const { page } = ines;
  const { keyboard } = page;
  ines.forgives(/Failed to fetch/);
  await ana.queuesFor(ORDERS);
  await ana.says('¿Dónde está mi pedido?');
  await expect(ines.row('Ana Núñez')).toContainText('¿Dónde está mi pedido?');
  // Her group is folded up, and the queue is narrowed to what she is not.
  await ines.queue.getByRole('button', { name: ORDERS }).press('Enter');
  await ines.queue.getByRole('button', { name: 'Filtrar la cola' }).click();
  await ines.queue.getByRole('searchbox').fill('lampara');
  await expect(ines.row('Ana Núñez')).toHaveCount(0);
  await page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Tickets' }).click();
  await expect(ines.tickets).toBeVisible();

  await asks(ines, 'zzyzx');
  await expect(says(ines)).toHaveText('No hay nada con «zzyzx».');
  await ines.shot('nothing');
  await box(ines).fill('nunez');
  await expect(found(ines, 'Conversaciones')).toContainText(['Ana Núñez']);
  await expect(found(ines, 'Conversaciones')).toContainText(['En espera']);
  // She attends this group and does not administer it: on to the row, and not into the conversation.
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/chat$/);
  await expect(ines.attendButton('Ana Núñez')).toBeFocused();
  await expect(ines.queue.getByRole('button', { name: ORDERS })).toHaveAttribute('aria-expanded', 'true');
  await expect(ines.queue.getByRole('searchbox')).toHaveValue('');
  await keyboard.press('Enter');
  await expect(ines.talk('Ana Núñez')).toBeVisible();
  await ines.saysTo('Ana Núñez', 'Hola, Ana.');

  await world.server.stop();
  await asks(ines, 'nunez');
  await expect(says(ines)).toContainText('Sin conexión: solo se ve lo que ya estaba aquí.');
  await expect(found(ines, 'Conversaciones')).toContainText(['Ana Núñez']);
  await ines.shot('no-line');
  await world.server.start();
  await expect(says(ines)).not.toContainText('Sin conexión');
  await expect(found(ines, 'Conversaciones')).toContainText(['Ana Núñez']);
  await keyboard.press('Enter');
  await expect(search(ines)).toHaveCount(0);
  await expect(ines.talk('Ana Núñez')).toBeVisible();
});
