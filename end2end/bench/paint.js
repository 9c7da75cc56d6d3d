// How soon the console can be used: Chromium, four times slower than it is, nothing kept by the browser, signed in,
// with somebody waiting. Usable is when his row stands there and its button can be pressed: at first the document's
// (stories/before-the-console.story.js: a press on it attends), whole when it is the console's own. Prints the middle of
// nine rounds and their ends, from the beginning of the navigation, and once more with what a browser keeps.
import { chromium } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { Agent } from '../world/agent.js';
import { Customer } from '../world/customer.js';
import { Server } from '../world/server.js';
import { RETURNS } from '../world/world.js';

const ROUNDS = 9;
const SLOWER = 4;
const LIMIT = 1_000;

/** Runs in every document: when somebody can be attended, by the document and by the console. */
function watch() {
  const look = () => {
    const button = document.querySelector('section article button');
    const can = button && button.offsetHeight && !button.disabled;
    if (can) window.usable ??= performance.now();
    if (can && !document.getElementById('shell')) window.whole = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const sorted = numbers => [...numbers].sort((a, b) => a - b);
const told = numbers => `${sorted(numbers)[Math.floor(numbers.length / 2)].toFixed(0)} (${sorted(numbers)[0].toFixed(0)}–${sorted(numbers).at(-1).toFixed(0)}) ms`;
const middle = numbers => sorted(numbers)[Math.floor(numbers.length / 2)];

/** One visit; asked by the bare protocol, since waiting by script takes from what is measured. */
async function visit(tab, address) {
  const cdp = await tab.context().newCDPSession(tab);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await tab.goto(address, { waitUntil: 'commit' });
  const expression = 'window.whole ? [window.usable, window.whole] : null';
  const asked = async () => (await cdp.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  let seen;
  while (!(seen = await asked())) await new Promise(soon => setTimeout(soon, 20));
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await cdp.detach();
  return seen;
}

const server = await Server.start('running');
const fonts = fileURLToPath(new URL('../world/fonts.conf', import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  env: { ...process.env, FONTCONFIG_FILE: fonts },
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
});
try {
  const world = { console: server.address, shop: server.shop };
  const context = () => browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-ES' });
  const ines = new Agent(world, 'Inés Robledo', await context());
  ines.email = 'ines@casanogal.example';
  await ines.sitsDown();
  await ines.isOnDuty();
  const ana = new Customer(world, 'Ana Belmonte', await context());
  await ana.sitsDown();
  await ana.queuesFor(RETURNS);
  const storageState = await ines.context.storageState();
  await ines.page.goto('about:blank');

  const first = [], again = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-ES', storageState });
    await one.addInitScript(watch);
    first.push(await visit(await one.newPage(), server.address));
    again.push(await visit(await one.newPage(), server.address));
    await one.close();
  }
  console.log(`paint: ${ROUNDS} rounds, Chromium ${browser.version()}, ${SLOWER} times slower`);
  const [usable, whole] = [0, 1].map(at => visits => visits.map(visit => visit[at]));
  console.log(`first visit → usable  ${told(usable(first))}   (limit ${LIMIT}); the console whole ${told(whole(first))}`);
  console.log(`next visit → usable   ${told(usable(again))}   (limit ${LIMIT}); the console whole ${told(whole(again))}`);
  const broken = middle(usable(first)) > LIMIT || middle(usable(again)) > LIMIT;
  console.log(broken ? 'over its limit' : 'every figure is within its limit');
  process.exitCode = broken ? 1 : 0;
} finally {
  await browser.close();
  await server.end();
}
