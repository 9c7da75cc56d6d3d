// Two agents reach for the same chat.
import { story, expect, RETURNS } from '../world/world.js';

story('of two agents who attend the same chat one wins, and the other is told who', async ({ world }) => {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('¿Me ayudáis?');
  const both = [ines, tomas];
  for (const agent of both) await expect(agent.row('Ana Belmonte')).toContainText('¿Me ayudáis?');

  // What each of them asks for is held until both have asked: neither saw the other first.
  const asked = [];
  // The console speaks postcard: the act is the last byte, its place among the acts of `domain`.
  const ATTEND = 3;
  let release;
  const together = new Promise(done => { release = done; });
  for (const agent of both) {
    await agent.page.route('**/api/chat/act', async route => {
      if (route.request().postDataBuffer().at(-1) !== ATTEND) return route.continue();
      if (asked.push(agent) === both.length) release();
      await together;
      await route.continue();
    });
  }
  await Promise.all(both.map(agent => agent.attendButton('Ana Belmonte').click()));
  await together;

  const told = agent => agent.note(/ya atiende esta conversación\./);
  await expect.poll(async () => (await told(ines).count()) + (await told(tomas).count())).toBe(1);
  const [winner, other] = (await told(tomas).count()) ? [ines, tomas] : [tomas, ines];
  await expect(told(other)).toHaveText(`${winner.name} ya atiende esta conversación.`);
  await expect(winner.talk('Ana Belmonte')).toBeVisible();
  await expect(other.attendButton('Ana Belmonte')).toHaveCount(0);
  await expect(other.row('Ana Belmonte')).toContainText(`con ${winner.name}`);
  await ana.sees(`${winner.name} ha ingresado a la conversación`);
  await expect(ana.log.getByText('ha ingresado a la conversación')).toHaveCount(1);
  await other.shot('told-who-won');
  await winner.shot('won');
});

story('an agent in sequence attends the first of the list only', async ({ world }) => {
  const [tomas, ana, bruno] = await Promise.all([world.agentOnDuty('tomas'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez')]);
  await ana.queuesFor(RETURNS);
  await bruno.queuesFor(RETURNS);
  await bruno.isAtPlace(2);
  await expect(tomas.attendButton('Bruno Sáez')).toBeDisabled();
  await tomas.shot('in-sequence');

  // His console says no; so does the server to who asks it behind the console's back.
  const said = await tomas.asksBehindTheConsole('Bruno Sáez', 'Attend');
  expect(said).toEqual({ Refused: { NotFirst: { place: 2 } } });

  await tomas.attends('Ana Belmonte');
  await bruno.isAtPlace(1);
  await expect(tomas.attendButton('Bruno Sáez')).toBeEnabled();
});

story('whoever attends is not told that somebody handed it to him, whatever comes first', async ({ world }) => {
  const [ines, ana, bruno] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez')]);
  await bruno.queuesFor(RETURNS);
  await ines.attends('Bruno Sáez');
  await ana.queuesFor(RETURNS);
  await expect(ines.attendButton('Ana Belmonte')).toBeVisible();

  // Her wish is done, and its answer is on its way for long: the line has told of it before.
  let arrives;
  const heard = new Promise(done => { arrives = done; });
  await ines.page.route('**/api/chat/act', async route => {
    const answer = await route.fetch();
    await heard;
    await route.fulfill({ response: answer });
  });
  await ines.attendButton('Ana Belmonte').click();
  await expect(ines.tab('Ana Belmonte')).toBeVisible();
  arrives();
  await expect(ines.talk('Ana Belmonte')).toBeVisible();
  await expect(ines.note(/Tienes una conversación nueva/)).toHaveCount(0);
});
