// Words for staff stay with staff, whatever happens while they are being written.
import { story, expect, RETURNS } from '../world/world.js';

const HALF = 'Ofrécele el cambio: es de las que';

/** Tomás attends Ana, and Inés looks on with a whisper half written. */
async function halfWhispered(world) {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await tomas.attends('Ana Belmonte');
  await ines.row('Ana Belmonte').getByRole('link').click();
  await ines.whisperBox.fill(HALF);
  return { ines, tomas, ana };
}

async function staysWithStaff({ ines, tomas, ana }) {
  await expect(ines.whisperBox).toHaveValue(HALF);
  await expect(ines.box('Ana Belmonte')).toHaveCount(0);
  await ines.whisperBox.pressSequentially(' no vuelven.');
  await ines.page.keyboard.press('Enter');
  await tomas.sees(`${HALF} no vuelven.`);

  await ines.writesFor('Responder');
  await expect(ines.box('Ana Belmonte')).toHaveValue('');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana; soy Inés.');
  await ana.sees('Hola, Ana; soy Inés.');
  expect(await ana.transcript()).toEqual(['agent: Hola, Ana; soy Inés.']);
}

story('a half-written whisper stays one when its writer intervenes', async ({ world }) => {
  const people = await halfWhispered(world);

  await people.ines.intervenes();
  await people.ana.sees('Inés Robledo ha ingresado a la conversación');

  await staysWithStaff(people);
});

story('a half-written whisper stays one when the conversation is handed to its writer', async ({ world }) => {
  const people = await halfWhispered(world);
  const { ines, ana } = people;
  const marta = await world.agent('marta');
  await marta.signsIn();

  await marta.row('Ana Belmonte').getByRole('link').click();
  await marta.handsOver(/^Inés Robledo/);
  await ana.sees(/Inés Robledo/);
  await expect(ines.page.getByRole('button', { name: 'Finalizar' })).toBeVisible();

  await staysWithStaff(people);
});

story('a reply, a note and a whisper have a draft each, and a reload keeps all', async ({ world }) => {
  const { ines } = await halfWhispered(world);
  await ines.writesFor('Nota interna');
  await expect(ines.noteBox).toHaveValue('');
  await ines.noteBox.fill('Clienta desde');
  await ines.intervenes();
  await ines.writesFor('Responder');
  await ines.box('Ana Belmonte').fill('Hola, A');

  await ines.page.reload();

  await expect(ines.box('Ana Belmonte')).toHaveValue('Hola, A');
  await ines.writesFor('Nota interna');
  await expect(ines.noteBox).toHaveValue('Clienta desde');
  await ines.writesFor('Susurrar');
  await expect(ines.whisperBox).toHaveValue(HALF);
});
