// What helps who answers: a colleague who was faster, and canned answers.
import { story, expect, RETURNS } from '../world/world.js';

/** Ana's conversation, with both of them in it. */
async function together(world) {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await ines.attends('Ana Belmonte');
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab('Ana Belmonte').click();
  await tomas.page.getByRole('button', { name: 'Entrar' }).click();
  await expect(tomas.box('Ana Belmonte')).toBeVisible();
  await ana.sees('Tomás Vidal ha ingresado a la conversación');
  return { ines, tomas, ana };
}

/** What he sends next is on its way until it is let go. */
async function holds(agent) {
  let asked, release;
  const sent = new Promise(done => { asked = done; });
  const go = new Promise(done => { release = done; });
  await agent.page.route('**/api/chat/act', async route => {
    asked();
    await go;
    await route.continue();
  }, { times: 1 });
  return { sent, release };
}

story('of two agents who answer at once the slower one sees first what the other said, and loses nothing', async ({ world }) => {
  const { ines, tomas, ana } = await together(world);
  const ahead = tomas.page.getByRole('alert').filter({ hasText: 'Antes que tú, Inés Robledo escribió:' });

  const held = await holds(tomas);
  await tomas.writesTo('Ana Belmonte', 'Te devolvemos el dinero.');
  await held.sent;
  await ines.saysTo('Ana Belmonte', 'Te mandamos otra hoy.');
  held.release();

  await expect(ahead).toBeVisible();
  await expect(ahead).toContainText('Te mandamos otra hoy.');
  await expect(tomas.box('Ana Belmonte')).toHaveValue('Te devolvemos el dinero.');
  await expect(tomas.log.locator('.bubble--failed, .bubble--pending')).toHaveCount(0);
  await tomas.shot('asks-first');

  // He looks again, and says it otherwise.
  await ahead.getByRole('button', { name: 'Revisar' }).click();
  await expect(ahead).toBeHidden();
  await expect(tomas.box('Ana Belmonte')).toBeFocused();
  await tomas.saysTo('Ana Belmonte', 'Y si prefieres el dinero, dímelo.');

  // Another time he sends it all the same, with a second press of Enter.
  await ines.sees('Y si prefieres el dinero, dímelo.');
  const again = await holds(tomas);
  await tomas.writesTo('Ana Belmonte', '¿Te va bien el martes?');
  await again.sent;
  await ines.saysTo('Ana Belmonte', '¿Cuándo te viene bien?');
  again.release();
  await expect(ahead).toContainText('¿Cuándo te viene bien?');
  await expect(tomas.box('Ana Belmonte')).toHaveValue('¿Te va bien el martes?');
  await tomas.box('Ana Belmonte').press('Enter');
  await tomas.sees('¿Te va bien el martes?');
  await expect(ahead).toBeHidden();

  await ana.sees('¿Te va bien el martes?');
  expect(await ana.transcript()).toEqual([
    'customer: La lámpara llegó rota.', 'agent: Te mandamos otra hoy.', 'agent: Y si prefieres el dinero, dímelo.',
    'agent: ¿Cuándo te viene bien?', 'agent: ¿Te va bien el martes?',
  ]);
});

story('who edits an answer that a colleague has changed meanwhile reads what it says now, and loses nothing', async ({ world }) => {
  const [ines, marta] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('marta')]);
  const dialog = agent => agent.page.getByRole('dialog', { name: /respuesta/ });
  const text = agent => dialog(agent).getByLabel(/^Texto/);
  const saves = agent => dialog(agent).getByRole('button', { name: 'Guardar' }).click();
  const row = agent => agent.page.getByRole('row').filter({ hasText: '/plazo' });
  const looks = async agent => {
    await agent.page.getByRole('link', { name: 'Respuestas' }).click();
    await agent.page.getByLabel('De quién').selectOption({ label: RETURNS });
  };
  const edits = async agent => {
    await row(agent).getByRole('button', { name: '/plazo', exact: true }).click();
    await expect(text(agent)).toHaveValue('Quince días.');
  };

  await looks(ines);
  await ines.page.getByRole('button', { name: 'Nueva respuesta' }).click();
  await dialog(ines).getByLabel(/^Atajo/).fill('plazo');
  await text(ines).fill('Quince días.');
  await saves(ines);
  await expect(row(ines)).toBeVisible();
  await looks(marta);
  await edits(marta);
  await edits(ines);
  await text(marta).fill('Treinta días.');
  await saves(marta);
  await expect(row(marta)).toContainText('Treinta días.');

  await text(ines).fill('Diez días.');
  await saves(ines);
  await expect(dialog(ines).getByRole('alert').filter({ hasText: 'la cambió mientras la editabas' })).toContainText('Treinta días.');
  await expect(text(ines)).toHaveValue('Diez días.');
  await ines.shot('overtaken');
  await saves(ines);
  await expect(row(ines)).toContainText('Diez días.');
  // She is where she was, and goes on by keyboard.
  await expect(row(ines).getByRole('button', { name: '/plazo', exact: true })).toBeFocused();

  // Marta has not read that: she removes it only when she has.
  const asked = marta.page.getByRole('dialog', { name: '¿Eliminar /plazo?' });
  await marta.page.getByRole('button', { name: 'Eliminar /plazo' }).click();
  await asked.getByRole('button', { name: 'Eliminar' }).click();
  await expect(asked.getByRole('alert').filter({ hasText: 'la cambió mientras tanto' })).toContainText('Diez días.');
  await expect(row(marta)).toContainText('Diez días.');
  await marta.shot('changed-meanwhile');
  await asked.getByRole('button', { name: 'Eliminar' }).click();
  await expect(asked).toBeHidden();
  await expect(row(marta)).toBeHidden();
});

story('canned answers are kept by who may, found while one types, and inserted with their variables', async ({ world }) => {
  const { ines, tomas, ana } = await together(world);
  const dialog = agent => agent.page.getByRole('dialog', { name: /respuesta/ });
  const keeps = async (agent, shortcut, text) => {
    await agent.page.getByRole('button', { name: 'Nueva respuesta' }).click();
    await dialog(agent).getByLabel(/^Atajo/).fill(shortcut);
    await dialog(agent).getByLabel(/^Texto/).fill(text);
    await dialog(agent).getByRole('button', { name: 'Guardar' }).click();
  };
  const kept = (agent, shortcut) => agent.page.getByRole('row').filter({ hasText: `/${shortcut}` });

  await ines.page.getByRole('link', { name: 'Respuestas' }).click();
  await ines.page.getByLabel('De quién').selectOption({ label: RETURNS });
  await keeps(ines, 'plazo', 'Hola, {{customer}}: {{group}} responde en 15 días. {{nada}} Ticket {{ticket}}, {{agent}}.');
  await expect(kept(ines, 'plazo')).toBeVisible();
  // Once more is refused at its field, and nothing that was typed is lost.
  await keeps(ines, 'plazo', 'Otra cosa.');
  await expect(dialog(ines).getByText('Ya hay otra respuesta con ese atajo.')).toBeVisible();
  await expect(dialog(ines).getByLabel(/^Texto/)).toHaveValue('Otra cosa.');
  await ines.shot('shortcut-taken');
  await dialog(ines).getByLabel(/^Atajo/).fill('plazos');
  await dialog(ines).getByRole('button', { name: 'Guardar' }).click();
  await expect(kept(ines, 'plazos')).toBeVisible();
  await ines.shot('kept');

  // Tomás administers nothing: he keeps his own, and uses the group's.
  await tomas.page.getByRole('link', { name: 'Respuestas' }).click();
  await expect(tomas.page.getByLabel('De quién').getByRole('option')).toHaveText(['Mías']);
  await keeps(tomas, 'saludo', '¡Buenas, {{customer}}!');
  await expect(kept(tomas, 'saludo')).toBeVisible();
  await tomas.tab('Ana Belmonte').or(tomas.page.getByRole('link', { name: /^Chat/ })).first().click();
  await tomas.tab('Ana Belmonte').click();
  const box = tomas.box('Ana Belmonte');
  const list = tomas.page.getByRole('listbox', { name: 'Respuestas guardadas' });

  await box.pressSequentially('/pla');
  await expect(list.getByRole('option')).toHaveCount(2);
  await tomas.shot('offered');
  // Escape leaves what was typed, and what follows is only typed.
  await box.press('Escape');
  await expect(list).toBeHidden();
  await expect(box).toHaveValue('/pla');
  await box.pressSequentially('zo');
  await expect(list).toBeHidden();
  await box.fill('');
  await box.pressSequentially('/plazo');
  await expect(list.getByRole('option').first()).toContainText('/plazo');
  await box.press('ArrowDown');
  await expect(list.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
  await box.press('ArrowUp');
  await box.press('Enter');
  const said = new RegExp(`^Hola, Ana Belmonte: ${RETURNS} responde en 15 días\\. \\{\\{nada\\}\\} Ticket \\d+, Tomás Vidal\\.$`);
  await expect(box).toHaveValue(said);
  await expect(box).toBeFocused();

  // By the button, into what is written already; Tab chooses as well.
  await box.fill('Espera.');
  await tomas.page.getByRole('button', { name: 'Insertar una respuesta' }).click();
  const search = tomas.page.getByRole('searchbox', { name: 'Buscar una respuesta' });
  await expect(search).toBeFocused();
  await search.fill('buenas');
  await expect(list.getByRole('option')).toHaveCount(1);
  await search.press('Tab');
  await expect(box).toHaveValue('Espera.¡Buenas, Ana Belmonte!');
  await expect(box).toBeFocused();
  await box.press('Enter');
  await ana.sees('Espera.¡Buenas, Ana Belmonte!');

  await tomas.page.getByRole('link', { name: 'Respuestas' }).click();
  await tomas.page.getByRole('button', { name: 'Eliminar /saludo' }).click();
  await tomas.page.getByRole('dialog').getByRole('button', { name: 'Eliminar' }).click();
  await expect(tomas.page.getByText('Todavía no hay ninguna.')).toBeVisible();
});

story('whoever reads the note in the ticket has seen that he is named in it', async ({ world }) => {
  const { ines, ana } = await together(world);
  await ines.writesFor('Nota interna');
  await ines.noteBox.pressSequentially('Decide tú, @mar');
  await expect(ines.page.getByRole('listbox', { name: 'Quién puede leerlo' }).getByRole('option')).toHaveText(['Marta Ortiz']);
  await ines.noteBox.press('Tab');
  await ines.noteBox.press('Enter');
  await ines.sees('Decide tú, @Marta Ortiz');
  await ana.ends();
  await ines.saves('Resuelto', { subject: 'Lámpara rota' });
  const marta = await world.agent('marta');
  const mentions = marta.page.getByRole('button', { name: /menci(ón|ones) sin ver/ });

  await marta.signsIn('/tickets?status=any');
  await expect(mentions).toHaveAccessibleName('1 mención sin ver');
  const seen = marta.page.waitForResponse(answer => answer.url().endsWith('/api/mention/see'));
  await marta.ticket('Lámpara rota').click();
  await marta.sees('Decide tú, @Marta Ortiz');
  await expect(mentions).toBeHidden();
  expect((await seen).ok()).toBe(true);
  const listed = marta.page.waitForResponse(answer => answer.url().endsWith('/api/mention/list'));
  await marta.page.reload();
  expect((await listed).ok()).toBe(true);
  await expect(mentions).toBeHidden();
});

story('whoever is mentioned in a note is told, there or when he comes back, and nobody else can be named', async ({ world }) => {
  const { ines, tomas, ana } = await together(world);
  const marta = await world.agent('marta');
  const list = ines.page.getByRole('listbox', { name: 'Quién puede leerlo' });
  const mentions = agent => agent.page.getByRole('button', { name: /menci(ón|ones) sin ver/ });

  await tomas.page.getByRole('link', { name: 'Tickets' }).click();
  await expect(tomas.tickets).toBeVisible();
  await ines.writesFor('Nota interna');
  await ines.noteBox.pressSequentially('¿Lo ves tú, @');
  // Lucía may not read it, so she is not offered.
  await expect(list.getByRole('option')).toHaveText(['Marta Ortiz', 'Tomás Vidal']);
  await ines.shot('whom');
  await ines.noteBox.pressSequentially('vid');
  await expect(list.getByRole('option')).toHaveText(['Tomás Vidal']);
  await ines.noteBox.press('Enter');
  await expect(ines.noteBox).toHaveValue('¿Lo ves tú, @Tomás Vidal ');
  await ines.noteBox.pressSequentially('o lo ve @mar');
  await expect(list.getByRole('option')).toHaveText(['Marta Ortiz']);
  await ines.noteBox.press('Tab');
  await ines.noteBox.pressSequentially('?');
  await ines.noteBox.press('Enter');
  await ines.sees('¿Lo ves tú, @Tomás Vidal o lo ve @Marta Ortiz ?');

  // Tomás looks elsewhere: he is told, and led there.
  await expect(tomas.note('Inés Robledo te mencionó')).toBeVisible();
  await expect(mentions(tomas)).toHaveAccessibleName('1 mención sin ver');
  await mentions(tomas).click();
  await expect(tomas.page.getByRole('menuitem', { name: /Inés Robledo te mencionó.*Ana Belmonte/ })).toBeFocused();
  await tomas.shot('mentioned');
  await tomas.page.keyboard.press('Enter');
  await expect(tomas.talk('Ana Belmonte')).toBeVisible();
  await tomas.sees('¿Lo ves tú, @Tomás Vidal o lo ve @Marta Ortiz ?');
  await expect(mentions(tomas)).toBeHidden();
  await tomas.shot('read');

  // Marta was not here: she finds it when she signs in, and once only.
  await marta.signsIn('/tickets');
  await expect(mentions(marta)).toHaveAccessibleName('1 mención sin ver');
  await mentions(marta).click();
  await marta.page.getByRole('menuitem', { name: /Inés Robledo te mencionó/ }).click();
  await marta.sees('¿Lo ves tú, @Tomás Vidal o lo ve @Marta Ortiz ?');
  await expect(mentions(marta)).toBeHidden();
  const seen = marta.page.waitForResponse(answer => answer.url().endsWith('/api/mention/list'));
  await marta.page.reload();
  expect((await seen).ok()).toBe(true);
  await expect(mentions(marta)).toBeHidden();

  // A name of somebody who may not read it is only words, and his mark behind the console's back is refused.
  const told = await ines.asksBehindTheConsole('Ana Belmonte', { Aside: { whisper: false, text: `@[${await idOf(ines, 'Lucía Cano')}] mira` } });
  expect(told).toEqual({ Refused: { NoReader: { name: 'Lucía Cano' } } });
  expect(await ana.transcript()).toEqual(['customer: La lámpara llegó rota.']);
});

/** An agent's id, as the lists of tickets know it. */
async function idOf(agent, name) {
  return agent.page.evaluate(async name => {
    const answer = await fetch('/api/ticket/choices', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    return (await answer.json()).owners.find(owner => owner.face.name === name).face.id;
  }, name);
}
