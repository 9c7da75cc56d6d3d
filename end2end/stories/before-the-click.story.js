// Before the first act the widget is one request and no storage on somebody else's page (S79).
import { story, expect } from '../world/world.js';

story('before the first act there is one request to us, and nothing is stored', async ({ world }) => {
  const ana = await world.customer('Ana Belmonte');
  const asked = [];
  ana.page.on('request', request => { if (request.url().startsWith(world.console)) asked.push(new URL(request.url()).pathname); });

  await ana.context.addInitScript(() => {
    const storage = Object.getOwnPropertyDescriptor(window, 'localStorage');
    window.touched = 0;
    Object.defineProperty(window, 'localStorage', { get() { window.touched += 1; return storage.get.call(window); } });
  });
  await ana.visits('/');
  await ana.page.waitForLoadState('networkidle');
  ana.whole = true;
  await ana.shot('shop', { both: false });

  expect(asked).toEqual(['/embed.js']);
  // A page stands still while its storage is opened.
  expect(await ana.page.evaluate(() => window.touched)).toBe(0);
  expect(await ana.context.cookies()).toEqual([]);
  expect(await kept(ana.page.mainFrame())).toEqual(NOTHING);
  expect(ana.page.frames()).toHaveLength(1);

  // Opened, but nothing done yet: still nothing is kept, on either side.
  await ana.pressesLauncher();
  await expect(ana.button('Iniciar conversación')).toBeVisible();
  for (const frame of ana.page.frames()) expect(await kept(frame)).toEqual(NOTHING);
  expect(await ana.context.cookies()).toEqual([]);
  expect(asked.filter(path => path === '/embed.js')).toHaveLength(1);
  await ana.shot('shop-and-window', { both: false });

  await ana.startsConversation();
  await ana.fillsForm();
  await ana.confirmsForm();
  await expect(ana.button('Confirmar')).toBeVisible();
  expect((await kept(ana.window)).local).not.toEqual([]);
});

const NOTHING = { local: [], session: [], databases: [], caches: [] };

async function kept(frame) {
  return frame.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(database => database.name),
    caches: 'caches' in window ? await caches.keys() : [],
  }));
}
