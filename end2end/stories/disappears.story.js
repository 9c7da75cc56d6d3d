// A customer disappears: twenty seconds are his, and not one millisecond more (R34-R39).
import { story, expect, RETURNS } from '../world/world.js';
import { ask } from '../world/database.js';

const ABANDONED = /Chat finalizado por falla en la conexión con el Usuario final/;
const GONE = /Desconectado desde las/;

story.describe('with a clock that stands still until it is moved', () => {
  story.use({ clock: 'still' });

  story('19 seconds and back keep the place; more than 20 close the chat and move the next one up', async ({ world }) => {
    const [ines, ana, bruno] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez')]);
    await ana.queuesFor(RETURNS);
    await ana.says('Me quedo sin batería.');
    await bruno.queuesFor(RETURNS);
    await bruno.isAtPlace(2);

    await ana.closesTab();
    await expect(ines.row('Ana Belmonte')).toContainText(GONE);
    await ines.shot('one-is-gone');
    await world.passes({ seconds: 19 });
    await ana.comesBack();
    await expect(ines.row('Ana Belmonte')).toContainText('Me quedo sin batería.');
    await ana.isAtPlace(1);
    await ana.sees('Me quedo sin batería.');
    await bruno.isAtPlace(2);
    await ana.shot('back-in-time');

    // The date of disconnection was annulled (R37): another 19 seconds are nothing.
    await world.passes({ seconds: 19 });
    await ana.says('Sigo aquí.');
    await expect(ines.row('Ana Belmonte')).toContainText('Sigo aquí.');
    await ana.isAtPlace(1);

    await ana.closesTab();
    await expect(ines.row('Ana Belmonte')).toContainText(GONE);
    await world.passes({ seconds: 20 });
    // Bruno's words went through the same keeper after the clock was moved: it had its chance.
    await bruno.says('¿Falta mucho?');
    await expect(ines.row('Bruno Sáez')).toContainText('¿Falta mucho?');
    await expect(ines.row('Ana Belmonte')).toContainText(GONE);
    await bruno.isAtPlace(2);

    await world.passes({ milliseconds: 1 });
    await expect(ines.row('Ana Belmonte')).toHaveCount(0);
    await bruno.isAtPlace(1);
    await bruno.shot('moved-up');
    await ana.comesBack();
    await ana.sees(ABANDONED);
    await ana.shot('abandoned');

    // She left words: they are a ticket (indicators.md e.10).
    await ines.looksAtTickets();
    await expect(ines.ticket('Ana Belmonte')).toContainText('Nuevo');
  });

  story('a customer who is being attended has his two minutes', async ({ world }) => {
    const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
    await ana.queuesFor(RETURNS);
    await ines.attends('Ana Belmonte');
    await ana.closesTab();
    const gone = ines.talk('Ana Belmonte').getByText(/Cliente desconectado desde las/);
    await expect(gone).toBeVisible();
    await ines.shot('attended-and-gone');

    await world.passes({ seconds: 119 });
    await ana.comesBack();
    await expect(gone).toBeHidden();
    await ana.closesTab();
    await expect(gone).toBeVisible();
    await world.passes({ seconds: 120, milliseconds: 1 });

    await ines.sees(ABANDONED);
    await ana.comesBack();
    await ana.sees(ABANDONED);
  });
});

story('twenty real seconds', async ({ world }) => {
  const [ines, ana, bruno] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Bruno Sáez')]);
  await ana.queuesFor(RETURNS);
  await bruno.queuesFor(RETURNS);
  await bruno.isAtPlace(2);

  await ana.closesTab();
  await expect(ines.row('Ana Belmonte')).toContainText(GONE);
  await expect(ines.row('Ana Belmonte')).toHaveCount(0, { timeout: 60_000 });
  await bruno.isAtPlace(1);
  await ana.comesBack();
  await ana.sees(ABANDONED);

  // More than 20.000 s, and at most a second late (Q8).
  await world.server.stop();
  const [chat] = await ask(world.server, "select ended_at - disconnected_at as gone from chats where end_reason = 'connection'");
  expect(Number(chat.gone)).toBeGreaterThan(20_000);
  expect(Number(chat.gone)).toBeLessThanOrEqual(21_000);
});
