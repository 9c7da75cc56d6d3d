// Where WebSocket is blocked, as many companies do: the same conversation, over a stream of events.
import { story, expect, RETURNS } from '../world/world.js';

/** Nobody gets through by a socket; counts who got through by a stream. */
async function blocks(person) {
  const ways = { sockets: 0, streams: 0 };
  await person.context.routeWebSocket(/\/socket$/, socket => {
    ways.sockets += 1;
    return socket.close();
  });
  person.context.on('response', answer => {
    if (/\/stream\//.test(answer.url()) && answer.request().method() === 'GET' && answer.ok()) ways.streams += 1;
  });
  return ways;
}

story('where sockets are blocked, a conversation goes on over streams', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agent('ines'), world.customer('Ana Belmonte')]);
  const [hers, his] = await Promise.all([blocks(ines), blocks(ana)]);
  await ines.isOnDuty();
  await ana.queuesFor(RETURNS);
  await ana.says('¿Hola?');
  await ana.isAtPlace(1);
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await ines.box('Ana Belmonte').pressSequentially('Bue');
  await expect(ana.window.getByText('Inés Robledo está escribiendo')).toBeVisible();
  await ines.saysTo('Ana Belmonte', 'Buenos días.');
  await ana.sees('Buenos días.');

  await world.server.kill();
  await ana.writes('Dicho sin servidor.');
  await world.server.start();
  await ines.sees('Dicho sin servidor.');
  await ana.closesTab();
  await expect(ines.talk('Ana Belmonte').getByText(/Cliente desconectado desde las/)).toBeVisible();

  expect(hers.streams, 'her streams').toBeGreaterThan(0);
  expect(his.streams, 'his streams').toBeGreaterThan(0);
  expect(hers.sockets, 'sockets were tried').toBeGreaterThan(1);
});
