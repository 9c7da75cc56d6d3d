// A blank page with the launcher, judged by Lighthouse: performance, accessibility, best practices.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import lighthouse from 'lighthouse';
import { SHOP_KEY, Server } from '../world/server.js';

const LIMIT = 99;
const WHAT = ['performance', 'accessibility', 'best-practices'];

const server = await Server.start('running');
const host = createServer((_, answer) => {
  answer.setHeader('Content-Type', 'text/html; charset=utf-8');
  answer.end(`<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Blank</title>
<meta name="description" content="Blank"><link rel="icon" href="data:,"></head><body><main><h1>Blank</h1></main>
<script src="${server.address}/embed.js" data-key="${SHOP_KEY}" async></script></body></html>`);
});
host.listen(0, '127.0.0.1');
await once(host, 'listening');
const chromium = spawn(process.env.CHROMIUM || '/usr/bin/chromium', [
  '--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', '--no-first-run', `--user-data-dir=${server.data}/chromium`, 'about:blank',
], { stdio: ['ignore', 'ignore', 'pipe'] });
try {
  const port = await new Promise((found, lost) => {
    let told = '';
    chromium.stderr.on('data', text => {
      told += text;
      const said = told.match(/DevTools listening on ws:\/\/[^:]+:(\d+)/);
      if (said) found(Number(said[1]));
    });
    chromium.on('close', () => lost(new Error(`Chromium ended: ${told}`)));
  });
  const address = `http://127.0.0.1:${host.address().port}/`;
  const { lhr } = await lighthouse(address, { port, onlyCategories: WHAT, logLevel: 'error' });
  const scores = WHAT.map(name => [name, Math.round(lhr.categories[name].score * 100)]);
  console.log(`lighthouse ${lhr.lighthouseVersion}: ${scores.map(([name, score]) => `${name} ${score}`).join(', ')}   (limit ${LIMIT})`);
  for (const audit of Object.values(lhr.audits)) {
    if (audit.score !== null && audit.score < 1 && audit.scoreDisplayMode !== 'informative') console.log(`  ${audit.id}: ${audit.displayValue ?? audit.title}`);
  }
  process.exitCode = scores.every(([, score]) => score >= LIMIT) ? 0 : 1;
} finally {
  chromium.kill();
  await once(chromium, 'exit').catch(() => {});
  host.close();
  await server.end();
}
