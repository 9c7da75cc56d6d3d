// When it is over: its sentence by cause, how it was, what he takes along, and what stays behind (R38-R40, S80).
import { readFile } from 'node:fs/promises';
import { story, expect, RETURNS } from '../world/world.js';
import { serveHost, signed, snippets } from '../world/hosts.js';
import { textOf } from '../world/post.js';

async function talking(world, about) {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte', about)]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Te mando otra.');
  await ana.sees('Te mando otra.');
  return { ines, ana };
}

const star = (who, n) => who.window.getByRole('radio', { name: new RegExp(`^${n}: `) });

story('each end has the sentence of its cause, and what left a ticket is asked about', async ({ world }) => {
  const ines = await world.agentOnDuty('ines');
  const rates = who => who.window.getByRole('heading', { name: '¿Qué tal te hemos atendido?' });
  const queue = async name => {
    const customer = await world.customer(name);
    await customer.queuesFor(RETURNS);
    return customer;
  };

  const ana = await queue('Ana Belmonte');
  await ines.attends('Ana Belmonte');
  await ines.closes();
  await ana.sees(/Agente finalizó la conversación/);
  await expect(rates(ana)).toBeVisible();

  const bruno = await queue('Bruno Sáez');
  await ines.attends('Bruno Sáez');
  await bruno.ends();
  await bruno.sees(/Usuario final finalizó la conversación/);
  await ines.sees(/Usuario final finalizó la conversación/);
  await expect(rates(bruno)).toBeVisible();

  // Left without a word: no ticket, and nothing that could have been good or bad.
  const celia = await queue('Celia Prat');
  await celia.ends();
  await celia.sees(/Usuario final finalizó el chat/);
  await expect(celia.button('Otra conversación')).toBeVisible();
  await expect(rates(celia)).toBeHidden();
  await celia.shot('left');

  const dario = await queue('Darío Gil');
  await dario.says('¿Hay alguien?');
  await dario.ends();
  await dario.sees(/Usuario final finalizó el chat/);
  await expect(dario.window.getByText('Tu mensaje está guardado').filter({ visible: true })).toBeVisible();
  await expect(rates(dario)).toBeHidden();
  await dario.shot('left-a-message');

  const eva = await queue('Eva Luna');
  await ines.row('Eva Luna').getByRole('link').first().click();
  await ines.page.getByRole('button', { name: 'Retirar' }).click();
  await ines.page.getByRole('dialog').getByRole('button', { name: 'Retirar' }).click();
  await eva.sees(/Agente finalizó el chat/);
  await expect(rates(eva)).toBeHidden();
});

story('a rating outlives a reload, may be changed, and reaches the agent, the ticket and the page', async ({ world }) => {
  const { ines, ana } = await talking(world);
  await ana.page.evaluate(() => { window.rated = []; Recado('on', 'rated', detail => window.rated.push(detail)); });
  await ines.closes();
  await ana.sees(/Agente finalizó la conversación/);
  await ana.shot('over');

  // Out and in again before he has said anything.
  await ana.page.reload();
  await ana.pressesLauncher();
  await ana.sees('Te mando otra.');
  await ana.page.evaluate(() => { window.rated = []; Recado('on', 'rated', detail => window.rated.push(detail)); });
  await star(ana, 4).check({ force: true });
  await expect(ana.window.locator('#rate-word')).toHaveText('Bien');
  await ana.window.getByLabel('¿Algo que mejorar?').fill('Más rápido, <b>por favor</b>.');
  await ana.shot('about-to-rate');
  await ana.button('Enviar valoración').click();
  await expect(ana.window.getByText('Gracias por tu valoración.')).toBeVisible();
  await ana.shot('rated');
  await ines.sees('Ana Belmonte valoró la conversación: 4 estrellas de 5. «Más rápido, <b>por favor</b>.»');
  expect((await ana.page.evaluate(() => window.rated)).length).toBe(1);

  await ana.button('Cambiar').click();
  await star(ana, 5).check({ force: true });
  await ana.window.getByLabel('¿Algo que mejorar?').fill('');
  await ana.button('Enviar valoración').click();
  await ines.sees('Ana Belmonte valoró la conversación: 5 estrellas de 5');

  await ines.saves('Resuelto', { subject: 'Lámpara' });
  await ines.looksAtTickets();
  await ines.ticket('Lámpara').getByRole('link').click();
  await expect(ines.papers.getByText('5 estrellas de 5')).toBeVisible();
  await ines.sees('valoró la conversación: 5 estrellas de 5');
  await ines.shot('ticket');

  await ana.button('Otra conversación').click();
  await expect(ana.window.getByText('Hola, Ana Belmonte')).toBeVisible();
  await ana.startsConversation();
  // What he answered before is not asked again.
  await expect(ana.button('Confirmar')).toBeVisible();
});

story('on a phone it is rated with a thumb', async ({ world }) => {
  const ines = await world.agentOnDuty('ines');
  const john = await world.customer('John Hill', { phone: true });
  await john.queuesFor(RETURNS);
  await ines.attends('John Hill');
  await ines.saysTo('John Hill', 'Hola, John.');
  await john.sees('Hola, John.');
  await john.shot('phone-read');
  await john.ends();
  await star(john, 3).check({ force: true });
  await john.shot('phone-about-to-rate');
  await john.button('Enviar valoración').click();
  await expect(john.window.getByText('Gracias por tu valoración.')).toBeVisible();
  await john.shot('phone-rated');
});

story('he takes the conversation along as a file, in which nobody poses as another', async ({ world }) => {
  const [ines, mallory] = await Promise.all([world.agentOnDuty('ines'), world.customer('Mallory')]);
  const name = '<img src=x onerror=alert(1)>[10:00] Inés:';
  await mallory.queuesFor(RETURNS, { name });
  await mallory.box.fill('uno\n[10:00] Inés Robledo:\n    Te debemos mil euros.');
  await mallory.box.press('Enter');
  await ines.attends(name);
  await ines.saysTo(name, 'Hola.');
  await ines.closes();
  await mallory.sees(/Agente finalizó la conversación/);

  const coming = mallory.page.waitForEvent('download');
  await mallory.button('Descargar').click();
  const file = await coming;
  const text = await readFile(await file.path(), 'utf8');

  expect(file.suggestedFilename()).toMatch(/^\d+\.txt$/);
  expect(text).toContain('Casa Nogal\nProtocolo ');
  expect(text).toMatch(/\n\[\d\d:\d\d\] Inés Robledo:\n {4}Hola\.\n/);
  expect(text).toMatch(/\n\[\d\d:\d\d\] — Agente finalizó la conversación\n$/);
  // Every line of his stands indented under his name.
  expect(text).toContain('\n    uno\n    [10:00] Inés Robledo:\n    Te debemos mil euros.\n');
  await mallory.isUnharmed();
});

story.describe('with a server of mail', () => {
  story.use({ mails: true, clock: 'still' });

  story('the conversation is mailed to the address of the form, once the server of mail is well again', async ({ world }) => {
    const { ines, ana } = await talking(world);
    await ines.closes();
    await ana.sees(/Agente finalizó la conversación/);
    world.post.busy = 1;

    await ana.button('Recibir por correo').click();
    await expect(ana.window.getByText('La conversación va camino de ana@correo.example.')).toBeVisible();
    await ana.shot('mailed');
    await expect.poll(() => world.post.refused).toBe(1);
    await expect.poll(async () => {
      // However long the back-off is by now.
      await world.passes({ seconds: 61 });
      return world.post.letters.length;
    }).toBe(1);

    const [letter] = world.post.letters;
    expect(letter.to).toEqual(['ana@correo.example']);
    expect(textOf(letter)).toContain('La lámpara llegó rota.');
    expect(letter.raw).toMatch(/Message-ID: <[\w-]+@casanogal\.example>/);
  });

  story('where no address was asked for, none that he happens to know is offered a mail', async ({ world }) => {
    await world.server.set({ form: [
      { key: 'name', label: 'Nombre', kind: 'Name', required: true },
      { key: 'account', label: 'Cuenta', kind: 'Text', required: true },
      { key: 'email', label: 'Correo electrónico', kind: 'Email', required: false },
    ] });
    const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
    await ana.opens();
    await ana.startsConversation();
    await ana.window.getByLabel('Nombre').fill('Ana Belmonte');
    await ana.window.getByLabel('Cuenta').fill('bruno@correo.example');
    await ana.confirmsForm();
    await ana.choosesSubject(RETURNS);
    await ana.startsChat();
    await ines.attends('Ana Belmonte');
    await ines.closes();

    await expect(ana.button('Descargar')).toBeVisible();
    await expect(ana.button('Recibir por correo')).toBeHidden();
  });

  story('who is proved is mailed to where his site says, and to nowhere else', async ({ world }) => {
    const [ines, ana, eva, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Eva Prado'), snippets(world)]);
    for (const [who, proof] of [[ana, { email: 'ana@casa.example' }], [eva, { email: '' }]]) {
      await serveHost(who, 'spa', { snippet: plain });
      await who.visitsHost('spa');
      await who.pressesLauncher();
      // What they type first is anybody's.
      await who.asksFor(RETURNS);
      await ines.attends(who.name);
      await who.page.evaluate(proof => Recado('identify', proof), signed(who.short, { name: who.name, ...proof }));
      await expect(ines.papers.getByText('Identidad comprobada')).toBeVisible();
      await expect.poll(() => who.page.evaluate(() => told.map(([name]) => name))).toContain('identified');
      await ines.closes();
      await expect(who.button('Descargar')).toBeVisible();
    }

    await ana.button('Recibir por correo').click();
    await expect(ana.window.getByText('La conversación va camino de ana@casa.example.')).toBeVisible();
    await expect(eva.button('Recibir por correo')).toBeHidden();
  });
});

story('end and forget: one act, and nothing of him is left in the frame or in the page', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const names = async frame => [
    ...await frame.evaluate(() => Object.keys(localStorage)),
    ...await frame.evaluate(async () => (await indexedDB.databases()).map(database => database.name)),
  ];
  const kept = async () => [await names(ana.page), await names(ana.window)];
  const ours = expect.stringMatching(/^recado:pk_/);
  // In the page also the sign that there is something.
  await expect.poll(kept).toEqual([[ours, ours], [ours]]);

  await ana.button('Terminar la conversación').click();
  await ana.shot('really');
  await ana.button('Terminar y olvidar').click();

  await expect(ana.window.getByText('Listo: en este navegador no queda nada tuyo.')).toBeVisible();
  await expect(ana.window.getByText('Hola, ¿cómo podemos ayudar?')).toBeVisible();
  await ana.shot('forgotten');
  await ines.sees(/Usuario final finalizó la conversación/);
  await expect.poll(kept).toEqual([[], []]);
  await ana.page.reload();
  await ana.pressesLauncher();
  await ana.startsConversation();
  await expect(ana.window.getByLabel('Nombre')).toHaveValue('');
  expect(await kept()).toEqual([[], []]);
});
