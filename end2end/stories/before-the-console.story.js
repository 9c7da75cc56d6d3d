// Whoever comes to attend need not wait for the console: its document shows who waits, and a press on it counts.
import { story, expect, ORDERS, RETURNS } from '../world/world.js';

/** His console does not come before it is let in: only its document. What he finds there, and how it is let in. */
async function comesEarly(agent) {
  let come;
  const here = new Promise(done => { come = done; });
  await agent.page.route(/\/console-[\w-]+\.wasm$/, async route => {
    await here;
    await route.continue().catch(() => {});
  });
  await agent.page.reload({ waitUntil: 'commit' });
  const shell = agent.page.locator('#shell');
  await expect(shell).toBeVisible();
  return { shell, comes: async () => {
    come();
    await expect(shell).toHaveCount(0);
    await agent.page.unroute(/\/console-[\w-]+\.wasm$/);
  } };
}

story('who waits stands there and is attended before the console is there, once', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota');
  await expect(ines.row('Ana Belmonte')).toContainText('La lámpara llegó rota');
  const box = async agent => (await agent.attendButton('Ana Belmonte').boundingBox());
  const drawn = await box(ines);

  const { comes } = await comesEarly(ines);
  await expect(ines.row('Ana Belmonte')).toContainText('La lámpara llegó rota');
  await expect(ines.row('Ana Belmonte')).toContainText('ana@correo.example');
  expect(await box(ines), 'what he points at stays where it is').toEqual(drawn);
  await ines.shot('before-it-is-there');
  await ines.attendButton('Ana Belmonte').dblclick();
  await ana.sees('Inés Robledo ha ingresado a la conversación');

  await comes();
  await expect(ines.page).toHaveURL(/\/chat\/[\w-]+$/);
  await expect(ines.talk('Ana Belmonte')).toBeVisible();
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await ana.sees('Hola, Ana.');
  await expect(ana.log.getByText('ha ingresado a la conversación')).toHaveCount(1);
});

story('who was slower in it is told who won, the focus stays on its row, and what is folded up stays so', async ({ world }) => {
  const [ines, tomas, ana, bruno, eva] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez'), world.customer('Eva Luna'),
  ]);
  await ana.queuesFor(RETURNS);
  await bruno.queuesFor(RETURNS);
  await eva.queuesFor(ORDERS);
  await ines.queue.getByRole('button', { name: /^Pedidos y envíos/ }).click();
  await expect(ines.row('Eva Luna')).toHaveCount(0);

  const late = await comesEarly(ines);
  await expect(ines.row('Eva Luna')).toHaveCount(0);
  await expect(late.shell).toContainText('Pedidos y envíos');
  await tomas.attends('Ana Belmonte');
  await ines.attendButton('Ana Belmonte').click();
  await late.comes();
  await expect(ines.note(/ya atiende esta conversación\./)).toHaveText('Tomás Vidal ya atiende esta conversación.');
  await expect(ines.attendButton('Ana Belmonte')).toHaveCount(0);

  const early = await comesEarly(ines);
  await ines.attendButton('Bruno Sáez').focus();
  await early.comes();
  await expect(ines.attendButton('Bruno Sáez')).toBeFocused();
  await expect(ines.row('Eva Luna')).toHaveCount(0);
  await ines.page.keyboard.press('Enter');
  await expect(ines.talk('Bruno Sáez')).toBeVisible();
});
