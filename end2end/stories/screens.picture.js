// The screens beside `look/`: at 1280 and at 1680 pixels, light and dark. `npm run screens`, into shots/screens.
import { mkdir } from 'node:fs/promises';
import { story, ORDERS, RETURNS } from '../world/world.js';

const FOLDER = 'shots/screens';

story.use({ mails: true, webhooks: true });

/** One screen at every width and in both schemes, when it has come to rest. */
async function screen(agent, name) {
  for (const width of [1280, 1680]) {
    await agent.page.setViewportSize({ width, height: width === 1280 ? 800 : 1050 });
    for (const colorScheme of ['light', 'dark']) {
      await agent.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await agent.page.screenshot({ path: `${FOLDER}/${name}.${width}.${colorScheme}.png`, animations: 'disabled' });
    }
  }
}

/** Goes to an address of the console, and is there when all of it is. */
async function goesTo(agent, path) {
  await agent.page.goto(agent.world.console + path);
  await agent.page.waitForLoadState('networkidle');
}

/** What a house has after a while: two tokens, a webhook that was told of something, and articles. */
async function fillsSettings(marta, hook) {
  const { page } = marta;
  for (const [name, ...scopes] of [['Facturación', 'Leer tickets'], ['Almacén', 'Leer tickets', 'Leer conversaciones']]) {
    await goesTo(marta, '/settings/tokens/new');
    await page.getByRole('textbox', { name: /^Nombre/ }).fill(name);
    for (const scope of scopes) await page.getByLabel(new RegExp(`^${scope}`)).first().check();
    await page.getByRole('button', { name: 'Crear el token' }).click();
    await page.getByRole('list', { name: 'Tokens de API' }).getByText(name, { exact: true }).waitFor();
  }
  await screen(marta, 'token-made');
  await goesTo(marta, '/settings/webhooks/new');
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('ERP de la tienda');
  await page.getByLabel(/^Dirección/).fill(hook.url);
  await page.getByLabel('Empieza una conversación').check();
  await page.getByLabel('Mensaje del cliente o de un agente').check();
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.getByRole('button', { name: 'Enviar una prueba' }).click();
  await page.getByRole('row', { name: /^Prueba.*Entregado/ }).waitFor();
  await goesTo(marta, '/articles/new');
  await page.getByRole('textbox', { name: /^Título/ }).fill('Encerar una mesa de teca');
  await page.getByRole('textbox', { name: /^Texto/ }).fill(ARTICLE);
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.waitForURL(/articles\/[0-9a-f]{32}$/);
  await page.getByRole('region', { name: 'Así se lee' }).getByText('Qué hace falta').waitFor();
  await screen(marta, 'article');
}

const ARTICLE = `Una mesa de teca se encera **una vez al año**, mejor en primavera.

## Qué hace falta

- Un paño seco que no suelte pelusa
- Cera incolora para madera
- Una hora sin sol directo

## Cómo se hace

1. Limpia la mesa y deja que se seque.
2. Reparte poca cera, en la dirección de la veta.
3. Espera veinte minutos y saca el brillo con el paño.

Si la madera ya tiene manchas, escríbenos desde el chat con una foto.
`;

story('the screens of the console', async ({ world }) => {
  await mkdir(FOLDER, { recursive: true });
  const [marta, ines, tomas, ...customers] = await Promise.all([
    world.agentOnDuty('marta'), world.agentOnDuty('ines'), world.agentOnDuty('tomas'),
    ...['Ana Belmonte', 'Bruno Sáez', 'Rocío Vega', 'Paula Serra', 'Eva Ríos', 'Hugo Peña'].map(name => world.customer(name)),
  ]);
  const [ana, bruno, rocio, paula, eva, hugo] = customers;
  await ana.queuesFor(RETURNS, { order: 'N-20714' });
  await ana.says('Buenos días. La lámpara llegó ayer con la pantalla rota por un lado.');
  await ines.attends('Ana Belmonte');
  await bruno.queuesFor(ORDERS);
  await bruno.says('¿Cuándo sale mi pedido?');
  await tomas.attends('Bruno Sáez');
  await tomas.saysTo('Bruno Sáez', 'Sale mañana.');
  await tomas.closes();
  await tomas.saves('Resuelto', { subject: '¿Cuándo sale mi pedido?' });
  await rocio.queuesFor(RETURNS);
  await rocio.says('El sofá ha llegado con otra tela.');
  await paula.queuesFor(ORDERS);
  await paula.says('Mi pedido sigue en preparación.');
  await eva.queuesFor(RETURNS);
  await eva.says('Quiero devolver una silla.');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Siento lo de la lámpara.');
  await ines.saysTo('Ana Belmonte', 'Te mando una pantalla nueva, sin coste. Sale mañana.');
  await ana.says('Perfecto, mil gracias. ¿Tengo que devolver la rota?');
  await ines.sees('¿Tengo que devolver la rota?');
  await ines.box('Ana Belmonte').fill('No hace falta, puedes tirarla.');
  await screen(ines, 'chat');
  await ines.box('Ana Belmonte').press('Enter');
  await ana.sees('puedes tirarla');
  await ines.closes();
  await ines.papers.getByLabel('Asunto').fill('Lámpara rota');
  await screen(ines, 'wrap-up');
  await ines.saves('Parado');
  await hugo.queuesFor(RETURNS);
  await hugo.says('No encuentro mi factura.');
  await ines.attends('Hugo Peña');
  await ines.saysTo('Hugo Peña', 'Ahora la busco.');

  await marta.looksAtTickets();
  await screen(marta, 'tickets');
  await marta.ticket('Lámpara rota').getByRole('link').first().click();
  await marta.log.waitFor();
  await screen(marta, 'ticket');
  await fillsSettings(marta, world.hook);
  const views = {
    queue: '/chat', answers: '/answers', applications: '/applications', application: '/applications/shop', group: '/settings/groups/returns', statuses: '/settings/statuses',
    people: '/settings/people', monitor: '/monitor', indicators: '/indicators', triggers: '/triggers/new', profile: '/profile', audit: '/audit',
    tokens: '/settings/tokens', token: '/settings/tokens/new', webhooks: '/settings/webhooks', articles: '/articles', 'identity-keys': '/applications/shop/identity',
    parameters: '/settings/parameters',
  };
  for (const [name, path] of Object.entries(views)) {
    await goesTo(marta, path);
    await screen(marta, name);
  }
  await goesTo(marta, '/settings/webhooks');
  await marta.page.getByRole('list', { name: 'Webhooks' }).getByRole('link').first().click();
  await marta.page.getByRole('row', { name: /^Prueba.*Entregado/ }).waitFor();
  await screen(marta, 'webhook');
  await goesTo(marta, '/indicators');
  await marta.page.locator('.gauge').filter({ has: marta.page.getByText('Chats atendidos', { exact: true }) }).click();
  await marta.page.getByRole('region', { name: 'Chats atendidos' }).getByRole('row').filter({ hasText: 'Ana Belmonte' }).waitFor();
  await screen(marta, 'behind-a-number');
  await goesTo(marta, '/tickets?status=any');
  await marta.ticket('Lámpara rota').getByRole('link').first().click();
  await marta.papers.getByRole('link', { name: 'Ana Belmonte' }).click();
  await marta.page.getByRole('heading', { level: 1, name: 'Ana Belmonte' }).waitFor();
  await screen(marta, 'customer');

  // What her customer sees of it: her tickets, and one of them.
  await ana.closesTab();
  await ana.comesIntoPortal(1);
  await screen(ana, 'portal');
  await ana.page.getByRole('link', { name: 'Lámpara rota' }).click();
  await ana.page.getByRole('textbox', { name: 'Tu respuesta' }).waitFor();
  await screen(ana, 'portal-ticket');
});

story.describe('in a new house', () => {
  story.use({ empty: true });

  story('the first run', async ({ world }) => {
    await mkdir(FOLDER, { recursive: true });
    const eva = await world.newcomer('Eva Sanz');
    const { page } = eva;
    await page.goto(world.server.log.match(/http\S+\/set-up\/\S+/)[0]);
    await screen(eva, 'set-up');
    await page.getByLabel('Tu nombre').fill('Eva Sanz');
    await page.getByLabel('Correo electrónico').fill('eva@casanogal.example');
    await page.getByLabel('Contraseña').fill('una clave bien larga');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Pasos' }).waitFor();
    await page.waitForLoadState('networkidle');
    await screen(eva, 'first-run');
  });
});
