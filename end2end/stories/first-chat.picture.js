// The picture of the README: one conversation on both screens. `npm run picture`, then fewer colours (≤ 200 KB).
import { mkdir } from 'node:fs/promises';
import { story, RETURNS } from '../world/world.js';

const HEIGHT = 760;

story('the first chat, on both screens', async ({ world, browser }) => {
  const [ines, ana, rocio, paula] = await Promise.all([
    world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Rocío Vega'), world.customer('Paula Serra'),
  ]);
  await ana.page.setViewportSize({ width: 760, height: HEIGHT });
  await ines.page.setViewportSize({ width: 1240, height: HEIGHT });
  await ana.queuesFor(RETURNS, { email: 'ana.belmonte@correo.example', order: 'N-20714' });
  await ana.says('Buenos días. La lámpara llegó ayer con la pantalla rota por un lado.');
  await ana.says('Todavía tengo la caja.');
  await ines.attends('Ana Belmonte');
  await rocio.queuesFor(RETURNS);
  await rocio.says('El sofá ha llegado con otra tela.');
  await paula.queuesFor('Pedidos y envíos');
  await paula.says('Mi pedido sigue en preparación.');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Siento lo de la lámpara.');
  await ines.saysTo('Ana Belmonte', 'Te mando una pantalla nueva, sin coste. Sale mañana.');
  await ana.sees('Sale mañana');
  await ana.says('Perfecto, mil gracias. ¿Tengo que devolver la rota?');
  await ines.sees('¿Tengo que devolver la rota?');
  await ines.box('Ana Belmonte').fill('No hace falta, puedes tirarla.');
  await ana.page.mouse.move(1, 1);

  const shot = page => page.screenshot({ animations: 'disabled', caret: 'hide' });
  const [shop, console] = (await Promise.all([shot(ana.page), shot(ines.page)])).map(png => `data:image/png;base64,${png.toString('base64')}`);
  const page = await browser.newPage({ viewport: { width: 760 + 1240 + 72, height: HEIGHT + 48 } });
  await page.setContent(`<style>
    body { margin: 0; padding: 24px; display: flex; gap: 24px; background: #e4e1db }
    img { border-radius: 10px; box-shadow: 0 0 0 1px #0002 }
  </style><img src="${shop}"><img src="${console}">`);
  await page.waitForFunction(() => [...document.images].every(image => image.complete));
  await mkdir('pictures', { recursive: true });
  await page.screenshot({ path: 'pictures/first-chat.png' });
  await page.close();
});
