// Several agents in one conversation: who they are, who writes, and who has read (R29, R30).
import { story, expect, RETURNS } from '../world/world.js';

const hues = (page, place) => page.locator(place).evaluateAll(all => all.map(one => `${one.textContent} ${one.style.getPropertyValue('--hue')}`));

story('two agents are told apart, seen to come and go, and to write at once', async ({ world }) => {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab('Ana Belmonte').click();
  await tomas.page.getByRole('button', { name: 'Entrar' }).click();
  await ana.sees('Tomás Vidal ha ingresado a la conversación');
  await expect(ana.window.getByRole('heading', { name: /Inés y Tomás/ })).toBeVisible();
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await tomas.sees('Hola, Ana.');
  await tomas.saysTo('Ana Belmonte', 'Buenas, Ana.');
  await ana.sees('Buenas, Ana.');

  const writes = ana.log.getByText(/(Inés Robledo|Tomás Vidal) está escribiendo/);
  await Promise.all([ines, tomas].map(agent => agent.box('Ana Belmonte').pressSequentially('Un mom')));
  await expect(writes).toHaveCount(2);
  await ana.shot('two-agents');
  // The same person has the same colour on every screen.
  const inBar = await hues(ana.window, '#agents .avatar');
  expect(inBar).toHaveLength(2);
  const inConsole = await hues(tomas.page, '.talk__log .log__turn .avatar');
  expect(inConsole).toContain(inBar.find(face => face.startsWith('IR')));
  const inLog = await hues(ana.window, '#lines .log__turn > .avatar');
  expect(new Set(inLog.filter(face => !face.startsWith('CN')))).toEqual(new Set(inBar));

  await ines.writesTo('Ana Belmonte', 'Un momento.');
  await ana.sees('Un momento.');
  await expect(ana.log.getByText('Inés Robledo está escribiendo')).toHaveCount(0);
});

story('whoever is invited may decline, and whoever hands over leaves a word that the customer never sees', async ({ world }) => {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab('Ana Belmonte').click();
  // It is not lost with the page.
  await tomas.page.reload();
  await tomas.tab('Ana Belmonte').click();
  await tomas.shot('invited');
  await tomas.page.getByRole('button', { name: 'Rechazar' }).click();
  await expect(tomas.tab('Ana Belmonte')).toHaveCount(0);
  await ines.sees('Tomás Vidal no puede entrar');

  await ines.page.getByRole('button', { name: 'Redirigir' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await ines.page.getByRole('dialog').getByRole('textbox').fill('Ya pidió el reembolso.');
  await ines.shot('hands-over');
  await ines.page.keyboard.press('Control+Enter');

  await ana.sees('La conversación continúa con Tomás Vidal');
  await tomas.tab('Ana Belmonte').click();
  await tomas.sees('Ya pidió el reembolso.');
  await tomas.saysTo('Ana Belmonte', 'Hola, Ana, sigo yo.');
  await ana.sees('Hola, Ana, sigo yo.');
  expect(await ana.transcript()).toEqual(['agent: Hola, Ana, sigo yo.']);
  await expect(ines.box('Ana Belmonte')).toHaveCount(0);
});

story('an invitation that was declined does not come back with lists that were read before', async ({ world }) => {
  const [ines, tomas, ana, bruno] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez')]);
  // The console's line speaks postcard: the first byte is the kind of a frame, its place among those of `domain`.
  const CARD = 5;
  let rowsCome = true;
  await tomas.page.routeWebSocket(/\/socket$/, socket => {
    socket.connectToServer().onMessage(frame => { if (rowsCome || frame[0] !== CARD) socket.send(frame); });
  });
  await tomas.goesTo(`${world.console}/chat`);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  const invite = async () => {
    await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
    await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  };
  await invite();
  await tomas.tab('Ana Belmonte').click();

  // From now on only lists bring rows; these are read, and arrive when he has declined.
  rowsCome = false;
  await bruno.queuesFor(RETURNS);
  await bruno.isAtPlace(1);
  let release;
  let answered;
  const declined = new Promise(done => { release = done; });
  const read = new Promise(done => { answered = done; });
  await tomas.page.route('**/api/console/lists', async route => {
    const answer = await route.fetch();
    answered();
    await declined;
    await route.fulfill({ response: answer });
  });
  await tomas.page.evaluate(() => dispatchEvent(new Event('online')));
  await read;
  await tomas.page.getByRole('button', { name: 'Rechazar' }).click();
  await expect(tomas.tab('Ana Belmonte')).toHaveCount(0);
  release();
  await expect(tomas.row('Bruno Sáez')).toBeVisible();
  await expect(tomas.tab('Ana Belmonte')).toHaveCount(0);

  // Asked again he is asked.
  await invite();
  await expect(tomas.tab('Ana Belmonte')).toBeVisible();
});

story('a long conversation that is read anew tells nothing of before as new, and its ticket can be left while it is read', async ({ world }) => {
  const [ines, marta, ana] = await Promise.all([world.agentOnDuty('ines'), world.agent('marta'), world.customer('Ana Belmonte')]);
  await marta.signsIn();
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  // It is read in more than one piece.
  await ines.page.evaluate(async chat => {
    for (let n = 1; n <= 200; n += 1) {
      const body = JSON.stringify({ chat, wish: { id: `story-of-many-words-${n}`, act: { Post: { text: `Paso ${n}.` } } } });
      const answer = await fetch('/api/chat/act', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      if (!answer.ok) throw new Error(`Paso ${n}: ${answer.status}`);
    }
  }, ines.chat);
  await ines.sees('Paso 200.');
  await marta.row('Ana Belmonte').getByRole('link').click();
  await marta.sees('Paso 200.');
  await marta.intervenes();
  await marta.page.getByRole('button', { name: 'Tomar la conversación' }).click();
  await marta.page.getByRole('dialog').getByRole('button', { name: 'Tomar la conversación' }).click();
  const news = 'Ana Belmonte: La conversación continúa con Marta Ortiz';
  await expect(ines.note(news)).toBeVisible();

  await ines.page.reload();
  await ines.sees('La conversación continúa con Marta Ortiz');
  // It would be told in the same moment, and is gone a few seconds later.
  expect(await ines.note(news).count()).toBe(0);

  await marta.closes();
  await marta.saves('Parado', { subject: 'Larga' });
  await marta.looksAtTickets();
  const piece = '**/api/chat/events';
  let release;
  const left = new Promise(done => { release = done; });
  await marta.page.route(piece, async route => {
    const answer = await route.fetch();
    await left;
    await route.fulfill({ response: answer });
  });
  const menu = marta.page.getByRole('navigation', { name: 'Principal' });
  const asked = marta.page.waitForRequest(piece);
  await marta.ticket('Larga').getByRole('link').click();
  await asked;
  await menu.getByRole('link', { name: /^Chat/ }).click();
  await expect(marta.queue).toBeVisible();
  const came = marta.page.waitForResponse(piece);
  release();
  await (await came).finished();
  // Nobody missed the rest of it, and it is all there when it is gone to again.
  await menu.getByRole('link', { name: /^Tickets/ }).click();
  await marta.ticket('Larga').getByRole('link').click();
  await marta.sees('Paso 200.');
});

story('words are seen to have been read, by either side and by nobody who only looks on', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('¿Hola?');
  await expect(ana.log.getByText('Visto')).toHaveCount(0);
  await ines.attends('Ana Belmonte');
  await expect(ana.log.getByText('Visto')).toBeVisible();
  await ana.shot('read');

  await ana.button('Minimizar').click();
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await expect(ines.log.getByText('Enviado')).toBeVisible();
  await expect(ines.log.getByText('Visto')).toHaveCount(0);
  await ana.pressesLauncher();
  await expect(ines.log.getByText('Visto')).toBeVisible();
  await ines.shot('read');

  // Marta looks on: what she sees is not what an agent of the conversation has read.
  await ines.page.goto(`${world.console}/tickets`);
  await ana.says('¿Sigues ahí?');
  const marta = await world.agent('marta');
  await marta.signsIn('/chat');
  await marta.row('Ana Belmonte').getByRole('link').click();
  await marta.sees('¿Sigues ahí?');
  await marta.whisperBox.fill('Contéstale.');
  await marta.whisperBox.press('Enter');
  await marta.sees('Contéstale.');
  await expect(ana.log.locator('.log__turn').last().getByText('Visto')).toHaveCount(0);
});
