// Another program: a token that is shown once, what it writes, and what it is told.
import { story, expect, RETURNS } from '../world/world.js';
import { Hook } from '../world/hook.js';

const fault = (page, name) => page.locator(`[data-field=${name}]`).getByRole('alert');

story.use({ webhooks: true });

story('a token is made, shown once and used, its ticket names it, and revoked it opens nothing', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/settings');
  const { page } = marta;
  await page.getByRole('navigation', { name: 'Ajustes' }).getByRole('link', { name: 'Tokens de API' }).click();
  await expect(page.getByText('Todavía no hay ninguno.')).toBeVisible();
  await marta.shot('no-tokens');
  await page.getByRole('link', { name: 'Nuevo token' }).click();

  // A slip is told at its field, and nothing is lost.
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('Facturación');
  await page.getByLabel('Válido hasta').fill('2020-01-01');
  await page.getByRole('button', { name: 'Crear el token' }).click();
  await expect(fault(page, 'scopes')).toHaveText('Marca al menos una cosa.');
  await page.getByLabel('Leer tickets').check();
  await page.getByLabel(/^Abrir y cambiar tickets/).check();
  await page.getByRole('button', { name: 'Crear el token' }).click();
  await expect(fault(page, 'until')).toHaveText('Un día que no haya pasado.');
  await marta.shot('token-refused');
  await page.getByLabel('Válido hasta').fill('');
  await page.getByRole('button', { name: 'Crear el token' }).click();
  const told = page.getByRole('status', { name: 'El token' });
  const token = await told.locator('code').textContent();
  expect(token).toMatch(/^recado_[0-9a-f]{64}$/);
  await marta.shot('token-made');

  // By hand, on the page of the API.
  const api = await page.context().newPage();
  await api.goto(`${world.console}/api`);
  await api.getByLabel('Token').fill(token);
  await api.getByLabel('Operación').selectOption('POST /api/v1/tickets');
  await api.getByLabel('Cuerpo (JSON)').fill(JSON.stringify({ subject: 'Silla coja', ownerTeamId: 'returns', client: { businessName: 'Ana Belmonte' } }));
  await api.getByRole('button', { name: 'Enviar' }).click();
  await expect(api.getByText('POST /api/v1/tickets → 201')).toBeVisible();
  const { id } = JSON.parse(await api.locator('.try__answer pre').textContent());
  await api.getByLabel('Operación').selectOption('GET /api/v1/chats');
  await api.getByRole('button', { name: 'Enviar' }).click();
  await expect(api.getByText('GET /api/v1/chats → 403')).toBeVisible();
  await expect(api.locator('.try__answer pre')).toContainText('out-of-scope');
  await api.close();

  // What it did stands in the ticket under its name.
  await page.goto(`${world.console}/tickets/${id}`);
  await expect(page.getByText('API · Facturación').first()).toBeVisible();

  await page.goto(`${world.console}/settings/tokens`);
  await expect(page.getByRole('list', { name: 'Tokens de API' })).toContainText('Facturación');
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole('button', { name: 'Revocar: Facturación' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revocar' }).click();
  await expect(page.getByRole('list', { name: 'Tokens de API' })).toContainText('Revocado');
  const answer = await fetch(`${world.console}/api/v1/tickets`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
});

story('a webhook is set, tried, and told of a conversation without its words', async ({ world }) => {
  const [marta, ana] = await Promise.all([world.agent('marta'), world.customer('Ana Belmonte'), world.agentOnDuty('ines')]);
  await marta.signsIn('/settings/webhooks/new');
  const { page } = marta;
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('ERP');
  await page.getByLabel(/^Dirección/).fill('https://10.0.0.1/');
  await page.getByLabel('Empieza una conversación').check();
  await page.getByLabel('Mensaje del cliente o de un agente').check();
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await expect(fault(page, 'url')).toHaveText(/^Una dirección https de internet/);
  await marta.shot('webhook-refused');
  await page.getByLabel(/^Dirección/).fill(world.hook.url);
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  const secret = await page.getByRole('status', { name: 'Secreto de la firma' }).locator('code').textContent();

  await page.getByRole('button', { name: 'Enviar una prueba' }).click();
  await expect(marta.note('La prueba se entregó.')).toBeVisible();
  await expect(page.getByRole('row', { name: /^Prueba.*Entregado.*respuesta 204/ })).toBeVisible();

  await ana.queuesFor(RETURNS);
  await ana.says('La mesa cojea.');
  await expect.poll(() => world.hook.came.map(one => JSON.parse(one.body).type).sort()).toEqual(['chat.started', 'message', 'test']);
  expect(world.hook.came.every(one => Hook.isSigned(one, secret) && !/cojea|Belmonte/.test(one.body))).toBe(true);
  await page.getByRole('button', { name: 'Actualizar' }).click();
  await expect(page.getByRole('row', { name: /^Empieza una conversación.*Entregado/ })).toBeVisible();
  await marta.shot('webhook');
  await page.getByRole('button', { name: /^Enviar de nuevo: Mensaje/ }).click();
  await expect.poll(() => world.hook.came.length).toBe(4);
  expect(new Set(world.hook.came.map(one => one.headers['webhook-id'])).size).toBe(3);
});
