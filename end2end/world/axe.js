// What axe finds wrong in a document, by the rules of WCAG 2.2 A and AA.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const SOURCE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The violations in a page or a frame, a line each: the rule and where. */
export async function violations(frame) {
  // Evaluated and not added: the policies of our documents let no foreign script in.
  if (!(await frame.evaluate(() => Boolean(window.axe)))) await frame.evaluate(SOURCE);
  const { violations: found } = await frame.evaluate(rules => {
    // Where the system chooses the colours, scripts are still told ours.
    const ours = !matchMedia('(forced-colors: active)').matches;
    const about = { runOnly: rules, resultTypes: ['violations'], rules: { 'color-contrast': { enabled: ours } } };
    return window.axe.run(document, about);
  }, RULES);
  // No rule of axe any longer, but who asks for one of two is answered by the wrong one.
  const twice = await frame.evaluate(() => [...document.querySelectorAll('[id]')].map(one => one.id).filter((id, n, all) => all.indexOf(id) < n));
  const told = found.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')} ${node.failureSummary.split('\n')[1] ?? ''}`));
  return [...twice.map(id => `two have the id ${id}`), ...told];
}
