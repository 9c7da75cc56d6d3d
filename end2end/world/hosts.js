// Somebody else's pages: files of hosts/, answered in place of the shop's, under its origin.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SHOP_KEY } from './server.js';

const SHOP_SECRET = 'a-secret-that-only-the-demo-shop-may-have';

/** The two lines that a page's policy needs of us, and nothing else (design.md §6). */
export const strictPolicy = world => [
  "default-src 'none'",
  `script-src ${world.console}`,
  `frame-src ${world.console}`,
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The tag, as the console's page of the applications shows it; pinned, or plain. */
export async function snippets(world) {
  const marta = await world.agent('marta');
  await marta.signsIn('/applications/shop/code');
  const code = name => marta.page.locator('.application__code').filter({ has: marta.page.getByRole('heading', { name, exact: true }) }).locator('code').textContent();
  return { plain: await code('Código para tu sitio'), pinned: await code('Código fijado') };
}

/** The same tag, saying what a site wants of it: `data-position` and the like, in place of what it said. */
export function saying(snippet, settings) {
  return Object.entries(settings).reduce(
    (tag, [name, value]) => tag.replace(new RegExp(` data-${name}="[^"]*"`), '').replace(' async', ` data-${name}="${value}" async`),
    snippet,
  );
}

/** Answers `/host/…` of the shop with a page of hosts/, under a policy of its own. */
export async function serveHost(customer, host, { snippet, policy }) {
  const html = (await readFile(new URL(`../hosts/${host}.html`, import.meta.url), 'utf8')).replace('{{snippet}}', snippet);
  const headers = { 'Content-Type': 'text/html; charset=utf-8', ...(policy && { 'Content-Security-Policy': policy }) };
  await customer.context.route(`${customer.world.shop}/host/${host}*`, route => route.fulfill({ headers, body: html }));
}

/** As the site's program signs who its customer is. */
export function signed(subject, { name, email, attributes = {}, expires = 300, secret = SHOP_SECRET, now = Date.now() } = {}) {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: subject, aud: SHOP_KEY, exp: Math.floor(now / 1000) + expires, name, email: email ?? `${subject}@casanogal.example`, attributes };
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
