import { chromium } from '@playwright/test';
import { Agent } from '../world/agent.js';
import { Customer } from '../world/customer.js';
import { Server } from '../world/server.js';
import { RETURNS } from '../world/world.js';
const SLOWER = Number(process.argv[2] || 4);
const server = await Server.start('running');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] });
const world = { console: server.address, shop: server.shop };
const context = () => browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-ES' });
const ines = new Agent(world, 'Inés Robledo', await context());
ines.email = 'ines@casanogal.example';
await ines.sitsDown(); await ines.isOnDuty();
const ana = new Customer(world, 'Ana Belmonte', await context());
await ana.sitsDown(); await ana.queuesFor(RETURNS);
const storageState = await ines.context.storageState();
await ines.page.goto('about:blank');
for (let i = 0; i < 2; i++) {
const one = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'es-ES', storageState });
await one.addInitScript(() => {
  const look = () => {
    const button = document.querySelector('section article button');
    if (button && button.offsetHeight && !button.disabled) window.usable = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
const tab = await one.newPage();
const cdp = await one.newCDPSession(tab);
await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
await tab.goto(server.address, { waitUntil: 'commit' });
while (!(await tab.evaluate(() => window.usable || 0))) await new Promise(r => setTimeout(r, 50));
const list = await tab.evaluate(() => ({ usable: window.usable, marks: performance.getEntriesByType('paint').map(p => [p.name, p.startTime|0]), nav: performance.getEntriesByType('navigation').map(n => [n.responseEnd|0, n.domContentLoadedEventEnd|0]), all: performance.getEntriesByType('resource').map(r => [r.name.replace(/^.*\//, '').slice(0, 50), r.startTime | 0, r.responseEnd | 0, r.encodedBodySize]) }));
if (i === 1) { console.log(list.usable | 0, JSON.stringify(list.marks), JSON.stringify(list.nav), list.all.length); for (const r of list.all) console.log(r.join('\t')); }
await one.close();
}
await browser.close(); await server.end();
