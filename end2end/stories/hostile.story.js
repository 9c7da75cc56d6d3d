// Hostile text is text: in a name, a message, a subject, on every screen that shows it.
import { story, expect, RETURNS } from '../world/world.js';

const SCRIPT = '<script>window.__pwned=1</script>';
const IMAGE = '<img src=x onerror="window.__pwned=2">';
const LINK = 'javascript:window.__pwned=3';
const QUOTES = `"'><svg onload=window.__pwned=4>\`\${window.__pwned=5}{{7*7}}</textarea></title>`;

/** A thousand ways to run, of the kinds that are tried: tags and what they hear, in and out of attributes, in
 *  schemes, in what other languages would fill in. */
function payloads() {
  const run = 'window.__pwned=8';
  const tags = ['img src=x', 'svg', 'body', 'video src=x', 'audio src=x', 'details open', 'input autofocus', 'iframe src=x', 'object data=x', 'marquee', 'a href=x', 'style', 'math', 'x'];
  const ears = ['onerror', 'onload', 'onfocus', 'ontoggle', 'onstart', 'onmouseover', 'onpointerenter', 'onanimationstart', 'onbegin', 'onclick'];
  const before = ['', '">', `'>`, '</script>', '--><!--', ']]>', '</textarea></title>'];
  const inElements = before.flatMap(end => tags.flatMap(tag => ears.map(ear => `${end}<${tag} ${ear}=${run}>`)));
  const schemes = ['javascript:', 'JaVaScRiPt:', 'java\tscript:', '&#106;avascript:', 'data:text/html,<script>', 'vbscript:'].map(scheme => `[x](${scheme}${run}) <a href="${scheme}${run}">x</a>`);
  const filled = ['{{', '${', '<%', '#{', '[[', '{{constructor.constructor("'].map(open => `${open}${run}`);
  return [...inElements, ...schemes, ...filled].slice(0, 980).concat(schemes, filled, `<script>${run}</script>`, `<scr<script>ipt>${run}</script>`);
}

story('a thousand ways to run are a thousand lines of text', async ({ world }) => {
  const [ines, mallory] = await Promise.all([world.agentOnDuty('ines'), world.customer('Mallory', { userAgent: `Mozilla/5.0 ${IMAGE} Chrome/141.0` })]);
  const all = payloads();
  expect(all.length).toBeGreaterThanOrEqual(990);
  // Her page's address and title are as bad; whoever attends is shown where she writes from.
  await mallory.opens(`/?q=%22%3E${encodeURIComponent(IMAGE)}#${encodeURIComponent(SCRIPT)}`);
  await mallory.page.evaluate(title => { document.title = title; }, IMAGE);
  await mallory.asksFor(RETURNS);
  const messages = [];
  for (let n = 0; n < all.length; n += 50) messages.push(all.slice(n, n + 50).join('\n'));
  for (const text of messages) {
    expect(text.length).toBeLessThanOrEqual(5_000);
    await mallory.writes(text);
    await expect(mallory.log.locator('.bubble--pending')).toHaveCount(0);
  }
  await ines.attends('Mallory');
  const said = messages.map(text => `customer: ${text}`);
  for (const person of [mallory, ines]) {
    await expect.poll(() => person.transcript()).toEqual(said);
    await expect(person.log.locator('.bubble :is(img, svg, video, audio, details, input, iframe, object, marquee, style, math, x, script)')).toHaveCount(0);
    await person.isUnharmed();
  }
  // And where words are searched.
  await ines.closes();
  await mallory.button('Otra conversación').click();
  for (const text of [IMAGE, QUOTES, SCRIPT]) {
    await mallory.window.getByRole('searchbox').fill(text);
    await expect(mallory.window.locator('#found-says, #help [role=status]').first()).toHaveText(/artículo|No hay nada/);
    await expect(mallory.window.locator('#help :is(img, script, svg[onload])')).toHaveCount(0);
    await mallory.window.getByRole('searchbox').fill('');
  }
  for (const person of [mallory, ines]) await person.isUnharmed();
});

story('what somebody wrote runs nowhere', async ({ world }) => {
  const [ines, marta, mallory] = await Promise.all([world.agentOnDuty('ines'), world.agent('marta'), world.customer('Mallory')]);
  await marta.signsIn();
  const name = `Mal${SCRIPT}${IMAGE}`;
  const order = `${QUOTES} ${LINK}`;
  const messages = [SCRIPT, IMAGE, `mira ${LINK} y https://casanogal.example/"onmouseover="window.__pwned=6`, QUOTES, `</script>${SCRIPT}`, '[x](javascript:window.__pwned=7)'];
  const everybody = [ines, marta, mallory];
  const unharmed = async () => { for (const person of everybody) await person.isUnharmed(); };

  await mallory.queuesFor(RETURNS, { name, order });
  for (const text of messages) {
    await mallory.writes(text);
    await expect(mallory.log.locator('.log__turn--mine .bubble').last()).toHaveText(text);
  }
  await expect(mallory.log.locator('.bubble--pending')).toHaveCount(0);
  await expect(ines.row(name)).toContainText(messages.at(-1));
  await unharmed();
  await ines.shot('hostile-queue', { both: false });
  await ines.attends(name);
  const said = messages.map(text => `customer: ${text}`);
  await expect.poll(() => ines.transcript()).toEqual(said);
  await expect(ines.papers).toContainText(order);
  await ines.writesTo(name, `${IMAGE} ${LINK}`);
  said.push(`agent: ${IMAGE} ${LINK}`);
  for (const person of [ines, mallory]) await expect.poll(() => person.transcript()).toEqual(said);
  await unharmed();
  await mallory.shot('hostile-widget', { both: false });
  await ines.shot('hostile-console', { both: false });

  // Only addresses of the web are links, and they take nothing along.
  for (const person of [ines, mallory]) {
    const links = await person.log.getByRole('link').evaluateAll(all => all.map(one => ({ scheme: one.protocol, rel: one.rel, odd: one.getAttributeNames().filter(name => name.startsWith('on')) })));
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(link.scheme).toBe('https:');
      expect(link.rel).toContain('noopener');
      expect(link.odd).toEqual([]);
    }
    await expect(person.log.locator('script, img, svg[onload]')).toHaveCount(0);
  }

  await ines.closes();
  const subject = `${SCRIPT}${IMAGE}${QUOTES}`;
  const number = await ines.saves('Resuelto', { subject });
  for (const agent of [ines, marta]) {
    await agent.looksAtTickets();
    await expect(agent.ticket(subject)).toContainText(String(number));
    // A long subject is cut off: he presses what he sees of it.
    await agent.ticket(subject).getByRole('link').click({ position: { x: 12, y: 6 } });
    await expect.poll(() => agent.transcript()).toEqual(said);
    await expect(agent.page.getByRole('heading', { name: subject })).toBeVisible();
  }
  await ines.shot('hostile-ticket', { both: false });
  await mallory.button('Otra conversación').click();
  await expect(mallory.window.getByRole('heading', { name: `Hola, ${name}` })).toBeVisible();
  await unharmed();
});
