// The console's screens beside `look/`: at 1280 and at 1680 pixels, light and dark. `npm run screens`, into shots/screens.
import { mkdir } from 'node:fs/promises';
import { story, ORDERS, RETURNS } from '../world/world.js';

const FOLDER = 'shots/screens';

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
  const views = {
    queue: '/chat', answers: '/answers', applications: '/applications', application: '/applications/shop', group: '/settings/groups/returns', statuses: '/settings/statuses',
    people: '/settings/people', monitor: '/monitor', indicators: '/indicators', triggers: '/triggers/new', profile: '/profile', audit: '/audit',
  };
  for (const [name, path] of Object.entries(views)) {
    await marta.page.goto(world.console + path);
    await marta.page.waitForLoadState('networkidle');
    await screen(marta, name);
  }
});
