// Somebody else's pages (S50-S55): a strict one, one that broke what scripts share, an application of one
// page, a phone. On each of them the whole conversation is had.
import { story, expect, RETURNS } from '../world/world.js';
import { serveHost, snippets, strictPolicy } from '../world/hosts.js';

/** From the launcher to the end, on whatever page this is. */
async function converses(world, ana, ines) {
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS);
  await ana.says('Hola desde otra página.');
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Te leo.');
  await ana.sees('Te leo.');
  // A reload is a new page, and the same conversation.
  await ana.page.reload();
  await ana.findsWindow();
  await ana.sees('Te leo.');
  await ana.says('Sigo aquí.');
  await ines.sees('Sigo aquí.');
  await ana.shot('on-a-host', { both: false });
  await ana.ends();
  await ana.sees(/Usuario final finalizó la conversación/);
  expect(await ana.transcript()).toEqual(['customer: Hola desde otra página.', 'agent: Te leo.', 'customer: Sigo aquí.']);
}

async function guests(world, about) {
  return Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte', about), snippets(world)]);
}

story('a page with a strict policy and a pinned loader', async ({ world }) => {
  const [ines, ana, { pinned }] = await guests(world);
  expect(pinned).toMatch(/src="http[^"]+\/embed-[0-9a-f]{10}\.js" integrity="sha384-[^"]+" crossorigin="anonymous"/);
  await serveHost(ana, 'strict-csp', { snippet: pinned, policy: strictPolicy(world) });

  await ana.visitsHost('strict-csp');

  await converses(world, ana, ines);
});

story('a loader with one byte changed does not run where it is pinned', async ({ world }) => {
  const [, ana, { pinned }] = await guests(world);
  await serveHost(ana, 'strict-csp', { snippet: pinned, policy: strictPolicy(world) });
  ana.forgives(/Failed to find a valid digest/);
  await ana.context.route('**/embed-*.js', async route => {
    const answer = await route.fetch();
    const text = await answer.text();
    await route.fulfill({ response: answer, body: text.replace('Abrir el chat', 'Abrir el chut') });
  });

  const blocked = ana.page.waitForEvent('console', message => /Failed to find a valid digest/.test(message.text()));
  await ana.page.goto(`${world.shop}/host/strict-csp`);

  await blocked;
  expect(await ana.page.evaluate(() => [typeof window.Recado, document.querySelectorAll('recado-chat').length])).toEqual(['undefined', 0]);
});

story('a page that broke what all scripts share', async ({ world }) => {
  const [ines, ana, { plain }] = await guests(world);
  await serveHost(ana, 'hostile', { snippet: plain });
  ana.forgives(/an ear that breaks/);

  await ana.visitsHost('hostile');

  const page = ana.page.locator('html');
  // The stub that the page had defined is ours now, and there is no other global.
  await expect(page).toHaveAttribute('data-added', '0');
  await converses(world, ana, ines);
  await expect(page).not.toHaveAttribute('data-fooled');
});

story('an application of one page, whose routes come and go', async ({ world }) => {
  const [ines, ana, { plain }] = await guests(world);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  await ana.page.evaluate(() => draw('pedidos'));

  await converses(world, ana, ines);

  const told = await ana.page.evaluate(() => told);
  const chat = told.find(([name]) => name === 'chat-ended')[1].chat;
  expect(chat).toMatch(/^[0-9a-f]{32}$/);
  expect(told.map(([name]) => name)).toEqual(expect.arrayContaining(['ready', 'chat-ended']));
});

story('a page on a phone', async ({ world }) => {
  const [ines, ana, { plain }] = await guests(world, { phone: true });
  await serveHost(ana, 'phone', { snippet: plain });
  await ana.visitsHost('phone');
  await ana.page.evaluate(() => scrollTo(0, 400));

  await converses(world, ana, ines);
});

story('what pages say that are not ours does nothing', async ({ world }) => {
  const [ines, ana, { plain }] = await guests(world);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS);
  await ana.says('Aquí estoy.');
  const kept = await ana.page.evaluate(() => JSON.stringify(localStorage));

  // To the loader, from its own page: the right words, from the wrong window.
  const events = await ana.page.evaluate(async () => {
    const heard = told.length;
    const kinds = ['ready', 'keep', 'forget', 'unread', 'close', 'event', 'hello', 'call', '', 0, null, 'constructor', '__proto__'];
    for (let n = 0; n < 5_000; n += 1) {
      const type = kinds[n % kinds.length];
      postMessage(n % 7 ? { recado: 1, type, n, token: 'x'.repeat(43), chat: 'stolen', name: 'message', detail: n } : n % 2 ? type : [type], '*');
    }
    await new Promise(done => { addEventListener('message', event => event.data === 'last' && done()); postMessage('last', '*'); });
    return told.length - heard;
  });
  expect(events).toBe(0);
  expect(await ana.page.evaluate(() => JSON.stringify(localStorage))).toBe(kept);

  // To the frame, from a window that is not its page: one that the page has put beside it.
  await ana.page.evaluate(async () => {
    const other = document.body.appendChild(document.createElement('iframe'));
    other.srcdoc = `<script>
      for (let n = 0; n < 5000; n += 1) parent.frames[n % parent.frames.length].postMessage({ recado: 1, type: ['call', 'hello', 'visible'][n % 3], act: 'logout', arg: n, token: 'y', yes: true }, '*');
      parent.postMessage('done', '*');
    </script>`;
    await new Promise(done => { addEventListener('message', event => event.data === 'done' && done()); });
  });
  await ana.says('Y aquí sigo.');
  await expect(ines.row('Ana Belmonte')).toContainText('Y aquí sigo.');
});

story('a page sees neither into the window nor who he is to us', async ({ world }) => {
  const [ines, ana, { plain }] = await guests(world);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  // The frame is in no list of the page's, but what it says comes from somewhere.
  await ana.page.evaluate(() => addEventListener('message', event => { if (event.source !== window) window.inside = event.source; }));
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Esto es entre nosotras.');
  await ana.sees('Esto es entre nosotras.');

  const seen = await ana.page.evaluate(() => {
    const tries = [() => inside.document.body.innerText, () => inside.localStorage.length, () => inside.location.href, () => inside.eval('1')];
    const tried = tries.map(one => { try { return String(one()); } catch (refused) { return refused.name; } });
    const found = frames.length + document.querySelectorAll('iframe').length + Number(Boolean(document.querySelector('recado-chat').shadowRoot));
    const told = performance.getEntries().map(entry => entry.name).concat(name, location.href, document.cookie, document.body.innerText);
    return { tried, found, told: told.join(' ') };
  });
  const { token } = Object.fromEntries(new URLSearchParams(await ana.page.evaluate(() => Object.values(localStorage)[0])));

  expect(seen.tried).toEqual(['SecurityError', 'SecurityError', 'SecurityError', 'SecurityError']);
  expect(seen.found, 'the frame is in a closed root').toBe(0);
  expect(token).toMatch(/^[\w-]{40,}$/);
  // What opens his own conversations is kept by his browser for this site; nothing else is told anywhere.
  expect(seen.told).not.toContain(token);
  expect(seen.told).not.toContain('entre nosotras');
  const frame = await ana.window.frameElement();
  const allowed = (await frame.getAttribute('sandbox')).split(' ').sort();
  expect(allowed).toEqual(['allow-downloads', 'allow-forms', 'allow-popups', 'allow-popups-to-escape-sandbox', 'allow-same-origin', 'allow-scripts']);
});
