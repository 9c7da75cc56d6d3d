// The server is killed in mid-conversation: nothing is lost, nothing is doubled, nobody loses a place.
import { story, expect, RETURNS } from '../world/world.js';
import { eventsOf, wordsIn } from '../world/database.js';

const COUNT = 14;
const lines = who => Array.from({ length: COUNT }, (_, n) => `${who} escribe la frase ${n + 1}.`);

story('kill -9 while both sides write', async ({ world }) => {
  const [ines, ana, carla, dario] = await Promise.all([
    world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Carla Ríos'), world.customer('Darío Pons'),
  ]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  const chat = ines.chat;
  await carla.queuesFor(RETURNS);
  await carla.says('Espero mi turno.');
  await dario.queuesFor(RETURNS);
  await dario.isAtPlace(2);

  // Each writes on when what he wrote before the last one has arrived, or the server has gone.
  let gone = false;
  const writes = async (person, write, texts) => {
    for (const [n, text] of texts.entries()) {
      await write(text);
      if (n > 1 && !gone) await expect.poll(async () => gone || (await person.confirmed()).includes(texts[n - 2])).toBe(true);
    }
  };
  const both = Promise.all([
    writes(ana, text => ana.writes(text), lines('Ana')),
    writes(ines, text => ines.writesTo('Ana Belmonte', text), lines('Inés')),
  ]);
  await ana.sees('Inés escribe la frase 4.');
  await ines.sees('Ana escribe la frase 4.');
  const confirmed = [await ana.confirmed(), await ines.confirmed()].flat();
  await world.server.kill();
  gone = true;

  // What somebody saw as sent is on the disk, whatever happened afterwards.
  const kept = wordsIn(await eventsOf(world.server, chat));
  expect(confirmed.length).toBeGreaterThan(5);
  for (const text of confirmed) expect(kept.some(line => line.endsWith(`: ${text}`)), text).toBe(true);
  expect(kept.length, 'it was killed while both were writing').toBeLessThan(2 * COUNT);
  await both;
  await expect(ana.window.getByText('Sin conexión. Volvemos a intentarlo solos')).toBeVisible();
  await expect(ines.page.getByText('Sin conexión. Volviendo a conectar…')).toBeVisible();
  await ana.shot('without-a-server');
  await ines.shot('without-a-server', { both: false });

  await world.server.start();
  for (const person of [ana, ines]) {
    for (const text of [lines('Ana'), lines('Inés')].flat()) await person.sees(text);
    await expect(person.log.locator('.bubble--pending, .bubble--failed')).toHaveCount(0);
  }
  await ines.shot('after-the-restart', { both: false });

  // Nobody lost his place: the lists of the console, the screens of who waits.
  for (const [place, name] of [[1, 'Carla Ríos'], [2, 'Darío Pons']]) await expect(ines.row(name).locator('.call__place')).toContainText(String(place));
  await carla.isAtPlace(1);
  await dario.isAtPlace(2);
  await carla.says('Sigo esperando.');
  await expect(ines.row('Carla Ríos')).toContainText('Sigo esperando.');
  await ines.attends('Carla Ríos');
  await carla.sees('Inés Robledo ha ingresado a la conversación');
  await dario.isAtPlace(1);
  await ines.tab('Ana Belmonte').click();
  await ines.sees(lines('Ana').at(-1));

  const [hers, his] = [await ana.transcript(), await ines.transcript()];
  await world.server.stop();
  const events = await eventsOf(world.server, chat);
  expect(hers).toEqual(his);
  expect(wordsIn(events)).toEqual(hers);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
  expect([...hers].sort()).toEqual([...lines('Ana').map(text => `customer: ${text}`), ...lines('Inés').map(text => `agent: ${text}`)].sort());
  for (const side of ['customer', 'agent']) {
    const order = hers.filter(line => line.startsWith(side)).map(line => Number(line.match(/(\d+)\.$/)[1]));
    expect(order, `the order in which the ${side} wrote`).toEqual([...order].sort((a, b) => a - b));
  }
});
