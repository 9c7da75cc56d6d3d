// The knowledge base within the window: found while one types, read, judged (R5).
import { story, expect } from '../world/world.js';

story('a customer finds an article while he types, reads it, and says whether it helped', async ({ world }) => {
  const ana = await world.customer('Ana Belmonte');
  await ana.opens();
  const search = ana.window.getByRole('searchbox', { name: 'Buscar en la ayuda' });
  const line = name => ana.window.getByRole('button', { name });

  await search.pressSequentially('devolucion');
  await expect(line(/^Devolver un mueble ya montado/)).toBeVisible();
  await expect(ana.window.getByRole('status').filter({ hasText: /artículo/ })).toBeVisible();
  await ana.shot('found');
  await search.fill('xyzzy');
  await expect(ana.window.getByText('No hay nada con esas palabras.')).toBeVisible();
  await ana.shot('nothing-found');
  await search.fill('<img src=x onerror="window.__pwned=1"> roto');
  await expect(line(/^Mi pedido llegó roto/)).toBeVisible();

  // By keyboard alone from here on.
  await search.press('Tab');
  await ana.page.keyboard.press('Enter');
  await expect(ana.window.getByRole('heading', { name: 'Mi pedido llegó roto' })).toBeVisible();
  await expect(ana.window.getByText('dos fotos', { exact: true })).toBeVisible();
  await ana.shot('article');
  const kept = ana.page.waitForResponse(answer => answer.url().endsWith('/votes'));
  await ana.button('No').press('Enter');
  expect((await kept).ok()).toBe(true);
  await expect(ana.window.getByText('¿Lo hablamos?')).toBeVisible();
  await ana.shot('article-judged');
  await ana.button('Volver a la pantalla inicial').filter({ visible: true }).click();
  await expect(line(/^Mi pedido llegó roto/), 'what was found is still there').toBeVisible();
  await ana.isUnharmed();
});

story('chat alone has no search, help alone begins no conversation, and where there is both both are shown', async ({ world }) => {
  const ana = await world.customer('Ana Belmonte');
  for (const [kind, chats, helps] of [['chat', true, false], ['knowledge', false, true], ['both', true, true]]) {
    await world.server.set({ setup: { kind } });
    await ana.visits();
    await ana.pressesLauncher();
    await expect(ana.window.getByRole('heading', { name: 'Hola, ¿cómo podemos ayudar?' })).toBeVisible();
    await expect(ana.button('Iniciar conversación'), kind).toBeVisible({ visible: chats });
    await expect(ana.window.getByRole('searchbox', { name: 'Buscar en la ayuda' }), kind).toBeVisible({ visible: helps });
    await ana.shot(kind);
  }
});

story('a long article with a table stays within a phone', async ({ world }) => {
  const eva = await world.customer('Eva Soto', { phone: true });
  await eva.opens();
  await eva.window.getByRole('searchbox').fill('plazos');
  await eva.window.getByRole('button', { name: /^Envíos y plazos/ }).click();
  await expect(eva.window.getByRole('cell', { name: '4,90 €' })).toBeVisible();
  const wide = await eva.window.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, 'nothing is wider than the phone').toBe(0);
  await eva.shot('phone-article');
});
