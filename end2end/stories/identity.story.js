// Who the site says its customer is (S73-S78), and that the next one sees nothing of him (R5-R7, S77).
import { story, expect, RETURNS } from '../world/world.js';
import { serveHost, signed, snippets } from '../world/hosts.js';

/** What a person of the shop's is proved to be. */
const ANA = () => signed('ana-1', { name: 'Ana Belmonte', attributes: { plan: 'Socia' } });
const EVA = () => signed('eva-2', { name: 'Eva Prado' });

const says = (customer, ...call) => customer.page.evaluate(call => Recado(...call), call);
const kept = customer => Promise.all(customer.page.frames().map(frame => frame.evaluate(() => Object.entries(localStorage).flat().join(' ')).catch(() => '')));

/** The tokens that the page and the frame keep. */
const tokens = async customer => [...(await kept(customer)).join(' ').matchAll(/token=([\w-]{43})/g)].map(([, token]) => token);

/** The same browser's second tab. */
async function another(customer) {
  const other = await customer.anotherTab();
  await other.visitsHost('spa');
  await other.findsWindow();
  return other;
}

/** Anita, whom nobody has proved, is attended by Inés. */
async function attendedAsNobody(world) {
  const [ines, ana, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana'), snippets(world)]);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS, { name: 'Anita' });
  await ines.attends('Anita');
  return { ines, ana };
}

story('an application of one page signs in, out, and somebody else in', async ({ world }) => {
  const [ines, ana, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), snippets(world)]);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  const asked = [];
  ana.page.on('request', request => { if (request.url().startsWith(world.console)) asked.push(new URL(request.url()).pathname); });
  await says(ana, 'identify', ANA());
  await says(ana, 'set', { carrito: '129 €', plan: 'Oro' });
  expect(asked, 'a page that names its visitor asks for nothing (S79)').toEqual([]);
  expect((await kept(ana)).join('')).toBe('');

  await ana.pressesLauncher();
  await expect(ana.window.getByRole('heading', { name: 'Hola, Ana Belmonte' })).toBeVisible();
  await expect(ana.button('Iniciar sesión con otro usuario')).toBeVisible();
  await ana.shot('known');
  await ana.startsConversation();
  // Name and address are known: nothing is asked that the site has signed.
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();
  await ana.says('Soy yo.');

  await expect(ines.row('Ana Belmonte')).toContainText('Identidad comprobada');
  await ines.attends('Ana Belmonte');
  const papers = ines.papers;
  await expect(papers.getByText('Identidad comprobada')).toBeVisible();
  await expect(papers.locator('dd').filter({ hasText: 'Socia' })).not.toContainText('Sin comprobar');
  await expect(papers.locator('dd').filter({ hasText: '129 €' })).toContainText('Sin comprobar');
  await expect(papers.getByText('Oro')).toHaveCount(0);
  await ines.shot('proved');

  // What the page says meanwhile reaches the agent.
  await says(ana, 'set', { carrito: '0 €', nota: 'ñ'.repeat(3000) });
  await expect(papers.locator('dd').filter({ hasText: '0 €' })).toContainText('Sin comprobar');
  const note = papers.locator('dd').filter({ hasText: 'ñ'.repeat(200) });
  await expect(note, 'too much is cut, and not lost').toHaveCount(1);
  await expect(note).not.toContainText('ñ'.repeat(201));

  // Without a reload somebody else sits there.
  const other = await ana.context.newPage();
  await other.goto(`${world.shop}/host/spa`);
  const second = () => other.frames().find(frame => frame.url().includes('/w/frame'));
  await expect.poll(() => Boolean(second())).toBe(true);
  await expect(second().getByText('Soy yo.')).toBeVisible();
  await says(ana, 'logout');
  await expect(ana.window.getByRole('heading', { name: 'Hola, ¿cómo podemos ayudar?' })).toBeVisible();
  await expect(ines.log).toContainText('Usuario final finalizó la conversación');
  await expect(second().getByText('Soy yo.'), 'nor in another tab').toHaveCount(0);
  await other.close();
  expect((await kept(ana)).join('')).not.toMatch(/Ana|token|Soy/);
  await ana.shot('the-next-one', { both: false });

  await says(ana, 'identify', EVA());
  await expect(ana.window.getByRole('heading', { name: 'Hola, Eva Prado' })).toBeVisible();
  await expect(ana.window.locator('body')).not.toContainText('Ana Belmonte');
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();
  await ana.says('Soy otra.');
  await expect(ines.row('Eva Prado')).toContainText('Soy otra.');
  expect(await ana.transcript()).toEqual(['customer: Soy otra.']);

  // One who is named without the other having signed out sees nothing either.
  await says(ana, 'identify', ANA());
  await expect(ana.window.getByRole('heading', { name: 'Hola, Ana Belmonte' })).toBeVisible();
  await expect(ana.window.locator('body')).not.toContainText('Soy otra.');
  await expect(ines.row('Eva Prado')).toHaveCount(0);
});

story('a person goes on with his conversation on another device', async ({ world }) => {
  const [ines, phone, laptop, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte', { phone: true }), world.customer('Ana Belmonte'), snippets(world)]);
  for (const device of [phone, laptop]) {
    await serveHost(device, 'spa', { snippet: plain });
    await device.visitsHost('spa');
    await says(device, 'identify', ANA());
  }
  await phone.pressesLauncher();
  await phone.startsConversation();
  await phone.choosesSubject(RETURNS);
  await phone.startsChat();
  await phone.says('Desde el tren.');
  await ines.attends('Ana Belmonte');

  await laptop.pressesLauncher();

  await laptop.sees('Desde el tren.');
  await laptop.says('Ya en casa.');
  await phone.sees('Ya en casa.');
  await ines.saysTo('Ana Belmonte', 'Te leo en los dos.');
  for (const device of [phone, laptop]) await device.sees('Te leo en los dos.');
});

story('who signs in while he talks goes on under his proved name', async ({ world }) => {
  const { ines, ana } = await attendedAsNobody(world);
  await expect(ines.papers.getByText('Sin comprobar').first()).toBeVisible();
  await ines.shot('not-proved');

  await says(ana, 'identify', ANA());

  await expect(ines.papers.getByText('Identidad comprobada')).toBeVisible();
  await expect(ines.log).toContainText('El sitio ha comprobado que es Ana Belmonte');
  await ana.says('Ahora con mi nombre.');
  await ines.sees('Ahora con mi nombre.');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await ana.sees('Hola, Ana.');
});

story('who signs in in one tab goes on in his others, and a copy of his old token is worth nothing', async ({ world }) => {
  const { ines, ana } = await attendedAsNobody(world);
  await ana.says('Todavía sin nombre.');
  const other = await another(ana);
  await other.sees('Todavía sin nombre.');
  await other.says('Desde la otra pestaña.');
  const [copied] = await tokens(ana);
  const events = await ana.window.evaluate(() => performance.getEntriesByType('resource').map(one => one.name).findLast(name => name.includes('/events')));
  const lines = [];
  ana.page.on('websocket', line => lines.push(line.url()));

  await says(ana, 'identify', ANA());

  await expect(ines.papers.getByText('Identidad comprobada')).toBeVisible();
  await expect.poll(() => ana.page.evaluate(() => told.map(([name]) => name))).toContain('identified');
  await ines.saysTo('Ana Belmonte', 'Os leo a las dos.');
  for (const tab of [ana, other]) await tab.sees('Os leo a las dos.');
  await other.says('Sigo aquí.');
  await ana.sees('Sigo aquí.');
  await ana.says('Y aquí.');
  await other.sees('Y aquí.');
  expect(lines, 'it listened anew once').toHaveLength(1);

  // What anybody copied before: from the page, or from the frame.
  const refused = await ana.page.request.get(events, { headers: { Authorization: `Bearer ${copied}` } });
  expect(refused.status()).toBe(401);
  const now = new Set((await Promise.all([tokens(ana), tokens(other)])).flat());
  expect([...now], 'all of this browser is one again').toHaveLength(1);
  expect(now).not.toContain(copied);
  for (const [tab, words] of [[other, 'Tras recargar esta.'], [ana, 'Y tras recargar la primera.']]) {
    await tab.page.reload();
    await tab.findsWindow();
    await tab.sees('Y aquí.');
    await tab.says(words);
  }
});

/** Anita's conversation is over in one tab, and another has its window open; then the first one signs in. */
async function signedInElsewhere(world) {
  const { ines, ana } = await attendedAsNobody(world);
  await ana.ends();
  await ana.button('Otra conversación').click();
  const other = await ana.anotherTab();
  await other.visitsHost('spa');
  await other.pressesLauncher();
  await expect(other.button('Iniciar conversación')).toBeVisible();
  await says(ana, 'identify', ANA());
  await expect.poll(() => ana.page.evaluate(() => told.map(([name]) => name))).toContain('identified');
  return { ines, ana, other };
}

story('who signs in in one tab begins as himself in another that has not heard of it', async ({ world }) => {
  const { ines, ana, other } = await signedInElsewhere(world);

  await other.startsConversation();
  await other.choosesSubject(RETURNS);
  await other.startsChat();

  await expect(ines.row('Ana Belmonte')).toContainText('Identidad comprobada');
  await other.says('Soy la misma.');
  await ana.page.reload();
  await ana.findsWindow();
  await ana.sees('Soy la misma.');
});

story('who signs in in one tab stays himself where another page keeps what he was', async ({ world }) => {
  const { ines, other } = await signedInElsewhere(world);

  await other.button('Minimizar').filter({ visible: true }).click();
  await other.page.reload();
  await other.pressesLauncher();
  await other.startsConversation();
  await other.choosesSubject(RETURNS);
  await other.startsChat();

  await expect(ines.row('Ana Belmonte')).toContainText('Identidad comprobada');
});

story('a proof whose answer is lost leaves nobody without his conversation', async ({ world }) => {
  const { ines, ana } = await attendedAsNobody(world);
  await ana.context.route('**/w/v1/identity', async route => {
    await route.fetch();
    await route.abort();
  });

  await says(ana, 'identify', ANA());

  await expect(ines.papers.getByText('Identidad comprobada')).toBeVisible();
  await ines.saysTo('Ana Belmonte', '¿Sigues ahí?');
  await ana.sees('¿Sigues ahí?');
  await ana.says('Sigo.');
  await ana.page.reload();
  await ana.findsWindow();
  await ana.sees('Sigo.');
  await ana.says('También ahora.');
});

story('a token that is not believed is told to the page, and to nobody else', async ({ world }) => {
  const [ana, { plain }] = await Promise.all([world.customer('Mallory'), snippets(world), world.agentOnDuty('ines')]);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  await ana.pressesLauncher();
  for (const [jwt, event] of [
    [signed('ana-1', { name: 'Ana Belmonte', secret: 'a guess' }), 'identity-refused'],
    [signed('ana-1', { name: 'Ana Belmonte', expires: -120 }), 'identity-expired'],
    ['nonsense', 'identity-refused'],
  ]) {
    await says(ana, 'identify', jwt);
    await expect.poll(() => ana.page.evaluate(() => told.at(-1)[0])).toBe(event);
    await expect(ana.window.getByRole('heading', { name: 'Hola, ¿cómo podemos ayudar?' })).toBeVisible();
    await ana.page.evaluate(() => told.push(['next']));
  }
  await ana.asksFor(RETURNS, { name: 'Ana Belmonte' });
});

story('a page fills in what it knows and begins what it is asked to', async ({ world }) => {
  const [ines, ana, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), snippets(world)]);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  await says(ana, 'prefill', { name: 'Ana Belmonte', email: 'ana@correo.example', order: 20714 });

  await says(ana, 'startChat', { subject: RETURNS, message: 'Llegó rota.' });

  await ana.findsWindow();
  const name = ana.window.getByLabel('Nombre');
  await expect(name).toHaveValue('Ana Belmonte');
  await expect(ana.window.getByLabel('Número de pedido')).toHaveValue('20714');
  await name.fill('Ana B.');
  await ana.shot('prefilled', { both: false });
  await ana.confirmsForm();
  await expect(ana.box).toHaveValue('Llegó rota.');
  await expect(ines.row('Ana B.')).toBeVisible();
  await expect(ines.row('Ana B.')).not.toContainText('Llegó rota.');
  await ana.box.press('Enter');
  await expect(ines.row('Ana B.')).toContainText('Llegó rota.');
});

story('a verified customer goes on with a ticket of his own', async ({ world }) => {
  const [ines, ana, eva, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Eva Prado'), snippets(world)]);
  for (const [who, proof] of [[ana, ANA()], [eva, EVA()]]) {
    await serveHost(who, 'spa', { snippet: plain });
    await who.visitsHost('spa');
    await says(who, 'identify', proof);
    await who.pressesLauncher();
  }
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await expect(ana.window.getByText('¿Es sobre un ticket que ya tienes?')).toBeHidden();
  await ana.startsChat();
  await ana.says('La lámpara llegó rota.');
  await ines.attends('Ana Belmonte');
  await ines.closes();
  const number = await ines.saves('Parado', { subject: 'Lámpara rota' });
  await ines.page.getByRole('link', { name: 'Chat' }).first().click();

  await ana.button('Otra conversación').click();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await ana.window.getByRole('radio', { name: `${number} · Lámpara rota` }).check({ force: true });
  await ana.shot('goes-on');
  await ana.startsChat();
  await ana.says('La nueva también.');
  await ines.attends('Ana Belmonte');
  await expect(ines.papers.getByRole('link', { name: `${number} · Lámpara rota` })).toBeVisible();
  await ines.shot('goes-on');
  await ines.closes();

  // Nobody else is offered it.
  await eva.startsConversation();
  await eva.choosesSubject(RETURNS);
  await expect(eva.button('Iniciar chat')).toBeVisible();
  await expect(eva.window.locator('body')).not.toContainText('Lámpara rota');

  await ines.looksAtTickets();
  await expect(ines.tickets.getByRole('row').filter({ hasText: 'Ana Belmonte' })).toHaveCount(1);
  await ines.ticket('Lámpara rota').getByRole('link').click();
  await expect(ines.log).toContainText('Continuó en la conversación');
  await ines.log.getByRole('link', { name: /Continuó en la conversación/ }).click();
  await ines.sees('La nueva también.');
});
