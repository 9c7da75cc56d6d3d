// The launcher: where its site wants it, as narrow or as telling as it wants it (R3, R4), and the window
// that opens over the same corner.
import { story, expect, RETURNS } from '../world/world.js';
import { saying, serveHost, snippets } from '../world/hosts.js';

const SCREEN = { width: 1200, height: 780 };

/** The page of a site with this tag in it. */
async function embeds(ana, snippet) {
  ana.window = undefined;
  await ana.context.unrouteAll();
  await serveHost(ana, 'phone', { snippet });
  await ana.visitsHost('phone');
}

/** The page of a site that says so much in its tag. */
const site = (ana, snippet, settings) => embeds(ana, saying(snippet.replace(/ data-title="[^"]*"/, ''), settings));

/** What is in the launcher's closed root, as the browser's own tools see it. */
async function launcher(ana) {
  const tools = await ana.context.newCDPSession(ana.page);
  const { root } = await tools.send('DOM.getDocument', { depth: -1, pierce: true });
  const host = all(root).find(node => node.nodeName === 'RECADO-CHAT');
  const inside = all(host.shadowRoots[0]);
  const button = inside.find(node => node.nodeName === 'BUTTON');
  const drawn = button.pseudoElements.find(one => one.pseudoType === 'before');
  await tools.send('DOM.enable');
  await tools.send('CSS.enable');
  const { computedStyle } = await tools.send('CSS.getComputedStyleForNode', { nodeId: drawn.nodeId });
  const icon = computedStyle.find(one => one.name === 'clip-path').value;
  const { model } = await tools.send('DOM.getBoxModel', { nodeId: button.nodeId });
  const { nodes: [said] } = await tools.send('Accessibility.getPartialAXTree', { nodeId: button.nodeId, fetchRelatives: false });
  const [left, top, right, , , bottom] = model.border;
  await tools.detach();
  return { left, top, right, bottom, width: model.width, height: model.height, name: said.name.value, icon };
}

const all = node => [node, ...(node.children ?? []).flatMap(all)];

/** Whether the launcher is what is seen there. */
const seenAt = (ana, x, y) => ana.page.evaluate(([x, y]) => document.elementFromPoint(x, y).nodeName === 'RECADO-CHAT', [x, y]);

async function windowBox(ana) {
  const frame = await ana.window.frameElement();
  return frame.boundingBox();
}

story('the launcher stands where its site wants it, and the window opens over it', async ({ world }) => {
  const [ana, { plain }] = await Promise.all([world.customer('Ana Belmonte'), snippets(world)]);
  const places = [
    { position: 'right', offset: '20', at: { right: SCREEN.width - 20, bottom: SCREEN.height - 20 } },
    { position: 'left', offset: '32 64', at: { left: 32, bottom: SCREEN.height - 64 } },
    { position: 'center', offset: '0 8', at: { bottom: SCREEN.height - 8 } },
  ];
  ana.whole = true;
  for (const { at, ...settings } of places) {
    await site(ana, plain, settings);
    const box = await launcher(ana);
    expect(box, settings.position).toMatchObject(at);
    if (settings.position === 'center') expect((box.left + box.right) / 2).toBe(SCREEN.width / 2);
    await ana.shot(settings.position, { both: false });

    await ana.page.mouse.click((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    await ana.findsWindow();
    await expect(ana.button('Iniciar conversación')).toBeVisible();
    expect(ana.window.url(), 'nobody is known yet').toMatch(/&known=false$/);
    const window = await windowBox(ana);
    expect(window.y + window.height).toBe(at.bottom);
    if (at.left) expect(window.x).toBe(at.left);
    if (at.right) expect(window.x + window.width).toBe(at.right);
    await ana.shot(`${settings.position}-open`, { both: false });
  }
});

story('a site says what the launcher stands over, how it looks and what it shows', async ({ world }) => {
  const [ana, { plain }] = await Promise.all([world.customer('Ana Belmonte'), snippets(world)]);
  const cover = z => ana.page.evaluate(z => {
    const cover = document.body.appendChild(document.createElement('div'));
    cover.style.cssText = `position:fixed;inset:0;z-index:${z}`;
  }, z);

  await site(ana, plain, {});
  const drawn = await launcher(ana);
  expect(drawn).toMatchObject({ width: 56, height: 56, name: 'Abrir el chat' });
  await cover(999_999);
  expect(await seenAt(ana, drawn.left + 28, drawn.top + 28), 'over whatever a page thinks is high').toBe(true);
  expect(await seenAt(ana, drawn.left - 4, drawn.top + 28), 'and over nothing beside it').toBe(false);

  await site(ana, plain, { z: 10, icon: 'M4 4h16v16H4z', title: 'Te ayudamos', accent: '#f2c230' });
  // On this colour white would not be read: the letters are dark.
  const own = await launcher(ana);
  expect(own).toMatchObject({ height: 56, name: 'Te ayudamos', icon: 'path(evenodd, "M 4 4 H 20 V 20 H 4 Z")' });
  expect(own.width).toBeGreaterThan(120);
  ana.whole = true;
  await ana.shot('own-look', { both: false });
  await cover(11);
  expect(await seenAt(ana, own.left + 28, own.top + 28), 'under what the site puts over it').toBe(false);
});

story('the launcher says its title in the language of the page, and the first one where it has none', async ({ world }) => {
  const [ana, { plain }] = await Promise.all([world.customer('Ana Belmonte'), snippets(world)]);
  const says = async lang => {
    await site(ana, plain, { title: '¿Hablamos?', pt: 'Vamos conversar?', en: 'Shall we talk?', lang });
    return (await launcher(ana)).name;
  };

  expect(await says('pt-BR')).toBe('Vamos conversar?');
  expect(await says('PT-BR')).toBe('Vamos conversar?');
  expect(await says('en')).toBe('Shall we talk?');
  expect(await says('es')).toBe('¿Hablamos?');
  expect(await says('fr')).toBe('¿Hablamos?');
});

story('an administrator collapses the icon, expands it and moves it, and a page that embeds it shows it so', async ({ world }) => {
  const [marta, ana] = await Promise.all([world.agent('marta'), world.customer('Ana Belmonte')]);
  await marta.signsIn('/applications/shop/look');
  const { page } = marta;
  const choose = (what, choice) => page.getByRole('group', { name: what, exact: true }).getByRole('radio', { name: choice, exact: true }).check({ force: true });
  const save = async () => {
    const kept = page.waitForResponse(answer => answer.url().endsWith('/api/application/save'));
    await page.getByRole('button', { name: 'Guardar', exact: true }).click();
    expect((await kept).ok()).toBe(true);
  };
  ana.whole = true;

  await page.getByRole('textbox', { name: /^Título/ }).fill('Te ayudamos');
  await choose('Icono', 'Retraído');
  await choose('Lugar', 'Izq.');
  await save();
  await embeds(ana, (await snippets(world)).plain);
  expect(await launcher(ana)).toMatchObject({ left: 20, width: 56, height: 56, name: 'Abrir el chat' });
  await ana.shot('collapsed', { both: false });

  await choose('Icono', 'Expandido');
  await choose('Lugar', 'Centro');
  await save();
  await embeds(ana, (await snippets(world)).plain);
  const expanded = await launcher(ana);
  expect(expanded).toMatchObject({ height: 56, name: 'Te ayudamos' });
  expect(expanded.width).toBeGreaterThan(120);
  expect((expanded.left + expanded.right) / 2).toBeCloseTo(SCREEN.width / 2, 0);
  await ana.shot('expanded', { both: false });
});

story('a page hides it, shows it, opens and closes it, and its badge counts what was not seen', async ({ world }) => {
  const [ines, ana, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), snippets(world)]);
  await site(ana, plain, {});
  const says = act => ana.page.evaluate(act => { Recado(act); }, act);
  const there = () => ana.page.evaluate(() => document.elementFromPoint(innerWidth - 48, innerHeight - 48).nodeName === 'RECADO-CHAT');
  await says('hide');
  expect(await there()).toBe(false);
  await says('show');
  expect(await there()).toBe(true);

  await says('open');
  await ana.findsWindow();
  await ana.asksFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await says('toggle');
  await expect.poll(async () => (await launcher(ana)).name).toBe('Abrir el chat');
  await ines.saysTo('Ana Belmonte', 'Uno.');
  await expect.poll(async () => (await launcher(ana)).name).toBe('Abrir el chat, 1 mensaje nuevo');
  await ines.saysTo('Ana Belmonte', 'Dos.');
  await expect.poll(async () => (await launcher(ana)).name).toBe('Abrir el chat, 2 mensajes nuevos');
  ana.whole = true;
  await ana.shot('unread', { both: false });
  await says('toggle');
  await ana.sees('Dos.');
  await says('close');
  await expect.poll(async () => (await launcher(ana)).name).toBe('Abrir el chat');
});

story('a call that cannot be told holds up none of those after it', async ({ world }) => {
  const [ana, { plain }] = await Promise.all([world.customer('Ana Belmonte'), snippets(world)]);
  ana.forgives(/could not be cloned/);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.page.addInitScript(() => {
    if (window !== top) return;
    window.Recado = function () { (Recado.q ||= []).push(arguments); };
    Recado('set', { plan: () => 'pro' });
    Recado('prefill', { name: 'Ana de la página' });
  });
  await ana.visitsHost('spa');
  await ana.pressesLauncher();
  await ana.startsConversation();
  await expect(ana.window.getByLabel('Nombre')).toHaveValue('Ana de la página');
});
