// What a page pays for the launcher, and how soon the window is there: Chromium, four times slower than it is,
// a blank page that takes an empty script against the same page that takes ours, in turns. The script comes when
// the page is quiet: what a blank page does to itself while it starts is several times what is measured here.
// Prints the middle of nine rounds and their ends; script is the time of the page's own thread.
import { chromium } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { SHOP_KEY, Server } from '../world/server.js';

const ROUNDS = 9;
const SLOWER = 4;
const LIMITS = { script: 10, blocking: 0, shift: 0, usable: 500 };

const BLANK = `<!doctype html><html lang="es"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Blank</title><body><p>Blank</p></body></html>`;

/** Runs in every document: what it does to the page, and when the window can be used. */
function watch() {
  if (location.pathname === '/w/frame') {
    const look = () => {
      const button = document.querySelector('#home:not([hidden]) [data-do="begin"]');
      if (button && button.offsetHeight) parent.postMessage({ usable: performance.timeOrigin + performance.now() }, '*');
      else requestAnimationFrame(look);
    };
    return requestAnimationFrame(look);
  }
  const seen = window.seen = { blocking: 0, shift: 0, quiet: 0, usable: 0 };
  addEventListener('pointerdown', () => { seen.pressed = performance.timeOrigin + performance.now(); }, true);
  addEventListener('message', ({ data }) => { seen.usable ||= data.usable || 0; });
  // Two idle moments: nothing is left to do.
  const rest = () => requestIdleCallback(() => requestIdleCallback(() => { seen.quiet = 1; }));
  addEventListener('load', rest);
  window.include = (src, key) => {
    Object.assign(seen, { quiet: 0, blocking: 0, shift: 0 });
    const script = Object.assign(document.createElement('script'), { src, async: true, onload: rest });
    script.dataset.key = key;
    document.body.append(script);
  };
  new PerformanceObserver(list => list.getEntries().forEach(task => { seen.blocking += Math.max(0, task.duration - 50); }))
    .observe({ type: 'longtask', buffered: true });
  new PerformanceObserver(list => list.getEntries().forEach(shift => { seen.shift += shift.value; }))
    .observe({ type: 'layout-shift', buffered: true });
}

/**
 * One visit with an empty cache; opens the window where there is one. All is asked by the bare protocol:
 * Playwright's own waiting runs a long script in the page, and in the frame just while it starts.
 */
async function visit(browser, server, ours) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 780 } });
  try {
    await context.addInitScript(watch);
    const tab = await context.newPage();
    await tab.route(`${server.shop}/blank`, route => route.fulfill({ contentType: 'text/html', body: BLANK }));
    await tab.route(`${server.shop}/empty.js`, route => route.fulfill({ contentType: 'text/javascript', body: ' ' }));
    const cdp = await context.newCDPSession(tab);
    const asked = async expression => (await cdp.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
    const until = async expression => { while (!await asked(expression)) await new Promise(soon => setTimeout(soon, 20)); };
    const spent = async () => (await cdp.send('Performance.getMetrics')).metrics.find(one => one.name === 'ScriptDuration').value * 1_000;
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await tab.goto(`${server.shop}/blank`, { waitUntil: 'load' });
    await until('seen.quiet');
    const before = await spent();
    await asked(`include('${ours ? `${server.address}/embed.js` : `${server.shop}/empty.js`}', '${SHOP_KEY}')`);
    await until(ours ? 'seen.quiet && Recado.here' : 'seen.quiet');
    const script = await spent() - before;
    const { blocking, shift } = await asked('seen');
    if (!ours) return { script, blocking, shift };

    await tab.mouse.click(1140, 736);
    await until('seen.usable');
    const after = await asked('seen');
    return { script, blocking, shift: after.shift, usable: after.usable - after.pressed };
  } finally {
    await context.close();
  }
}

const sorted = numbers => [...numbers].sort((a, b) => a - b);
const middle = numbers => sorted(numbers)[Math.floor(numbers.length / 2)];
const told = (numbers, digits = 1) => `${middle(numbers).toFixed(digits)} (${sorted(numbers)[0].toFixed(digits)}–${sorted(numbers).at(-1).toFixed(digits)})`;

const server = await Server.start('running');
const fonts = fileURLToPath(new URL('../world/fonts.conf', import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  env: { ...process.env, FONTCONFIG_FILE: fonts },
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update',
    // The page is made here, and counts as nobody's; it may ask this machine.
    '--disable-features=LocalNetworkAccessChecks'],
});
try {
  const blank = [], ours = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    blank.push(await visit(browser, server, false));
    ours.push(await visit(browser, server, true));
  }
  const of = (visits, what) => visits.map(one => one[what]);
  const more = ours.map((one, round) => one.script - blank[round].script);
  console.log(`loader: ${ROUNDS} rounds in turns, Chromium ${browser.version()}, ${SLOWER} times slower`);
  console.log(`script          blank ${told(of(blank, 'script'))} ms, ours ${told(of(ours, 'script'))} ms, more ${told(more)} ms   (limit ${LIMITS.script})`);
  console.log(`blocking        blank ${told(of(blank, 'blocking'))} ms, ours ${told(of(ours, 'blocking'))} ms   (limit ${LIMITS.blocking})`);
  console.log(`layout shift    ours ${told(of(ours, 'shift'), 4)}   (limit ${LIMITS.shift})`);
  console.log(`click → usable  ${told(of(ours, 'usable'), 0)} ms   (limit ${LIMITS.usable})`);
  const broken = [
    middle(more) > LIMITS.script && 'script',
    middle(of(ours, 'blocking')) > LIMITS.blocking && 'blocking',
    middle(of(ours, 'shift')) > LIMITS.shift && 'layout shift',
    middle(of(ours, 'usable')) > LIMITS.usable && 'click → usable',
  ].filter(Boolean);
  console.log(broken.length ? `over its limit: ${broken.join(', ')}` : 'every figure is within its limit');
  process.exitCode = broken.length ? 1 : 0;
} finally {
  await browser.close();
  await server.end();
}
