// Five people at once: two customers, two agents and who administers their group.
import { Hook } from '../world/hook.js';
import { story, expect, RETURNS } from '../world/world.js';

story.use({ mails: true, webhooks: true });

/** Has the tickets that come of a conversation tagged, and told to another program; gives the secret of that. */
async function makesTrigger(marta, url) {
  const { page } = marta;
  await page.goto(`${marta.world.console}/triggers/new`);
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('De una conversación');
  await page.getByRole('combobox', { name: 'Criterio' }).first().selectOption('Chat en línea');
  const actions = page.getByRole('group', { name: 'Entonces' });
  const action = n => actions.locator('.trigger-row').nth(n);
  await action(0).getByRole('textbox', { name: /^Etiquetas/ }).fill('hablado');
  await actions.getByRole('button', { name: 'Añadir acción' }).click();
  await action(1).getByRole('combobox', { name: 'Acción' }).selectOption('Webhook firmado');
  await action(1).getByRole('textbox').fill(url);
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(marta.note('Guardado.')).toBeVisible();
  const secret = await page.locator('.trigger-form__secret code').textContent();
  await page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: /^Chat/ }).click();
  return secret;
}

story('a conversation is watched, whispered to, taken over, handed on and saved; its ticket is told, answered and spoken of', async ({ world }) => {
  const [ines, tomas, marta, ana, bruno] = await Promise.all([
    world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.agentOnDuty('marta'),
    world.customer('Ana Belmonte'), world.customer('Bruno Sáez'),
  ]);
  const secret = await makesTrigger(marta, world.hook.url);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await bruno.queuesFor(RETURNS);
  await bruno.isAtPlace(2);
  await tomas.attends('Ana Belmonte');
  await bruno.isAtPlace(1);
  await ines.attends('Bruno Sáez');
  await ines.saysTo('Bruno Sáez', 'Hola, Bruno.');
  await bruno.sees('Hola, Bruno.');

  // Invited, Tomás is in both.
  await ines.page.getByRole('button', { name: 'Invitar a la conversación' }).click();
  await ines.page.getByRole('menuitem', { name: /Tomás Vidal/ }).click();
  await tomas.tab('Bruno Sáez').click();
  await tomas.page.getByRole('button', { name: 'Entrar' }).click();
  await tomas.saysTo('Bruno Sáez', 'Yo miro el pedido.');
  await bruno.sees('Yo miro el pedido.');

  // Watched and whispered to, of which the customer sees nothing.
  await marta.row('Ana Belmonte').getByRole('link').click();
  await marta.sees('La lámpara llegó rota.');
  await marta.whisperBox.fill('Es clienta de siempre: ofrécele el cambio.');
  await marta.whisperBox.press('Enter');
  await tomas.tab('Ana Belmonte').click();
  await tomas.sees('Es clienta de siempre: ofrécele el cambio.');
  await marta.shot('watches');
  await tomas.saysTo('Ana Belmonte', 'Te la cambiamos.');
  await ana.sees('Te la cambiamos.');
  expect(await ana.transcript()).toEqual(['customer: La lámpara llegó rota.', 'agent: Te la cambiamos.']);
  await expect(ana.log.getByText(/Marta/)).toHaveCount(0);

  // Taken over, and handed on with a word.
  await marta.takesOver();
  await ana.sees('La conversación continúa con Marta Ortiz');
  await marta.writesFor('Responder');
  await marta.saysTo('Ana Belmonte', 'Hola, Ana; soy Marta.');
  await marta.handsOver(/^Inés Robledo/, 'Cambio aprobado.');
  await ana.sees('La conversación continúa con Inés Robledo');
  await ines.tab('Ana Belmonte').click();
  await ines.sees('Cambio aprobado.');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana. Mañana la recogemos.');
  await ana.sees('Mañana la recogemos.');
  await ines.shot('handed-on');

  await ines.closes();
  await ana.sees('Agente finalizó la conversación');
  const number = await ines.saves('Parado', { subject: 'Lámpara rota' });
  await bruno.says('¿Y mi pedido?');
  await tomas.tab('Bruno Sáez').click();
  await tomas.sees('¿Y mi pedido?');
  await marta.looksAtTickets('stopped');
  await marta.ticket('Lámpara rota').getByRole('link').click();
  await expect(marta.log).toContainText('Cambio aprobado.');

  // The trigger has had its turn: the ticket says so, and the other program has it, signed.
  await expect(marta.page.getByText('Disparador «De una conversación»')).toBeVisible();
  await expect(marta.papers.locator('.tags__one')).toHaveText(['hablado']);
  await expect.poll(() => world.hook.came.length).toBe(1);
  const [sent] = world.hook.came;
  expect(Hook.isSigned(sent, secret)).toBe(true);
  expect(JSON.parse(sent.body)).toMatchObject({ ticket: { number, opened_via: 'OnlineChat', status: 'Stopped', tags: ['hablado'], customer: { name: 'Ana Belmonte' } } });
  await marta.shot('told');

  // In the portal she answers, while Bruno's conversation goes on.
  await ana.closesTab();
  await ana.comesIntoPortal(1);
  await ana.page.getByRole('link', { name: 'Lámpara rota' }).click();
  await ana.page.getByRole('textbox', { name: 'Tu respuesta' }).fill('¿A qué hora la recogéis?');
  await ana.page.getByRole('button', { name: 'Enviar respuesta' }).click();
  await expect(ana.page.getByText('Tu respuesta se ha enviado.')).toBeVisible();
  await expect(marta.log.getByText('¿A qué hora la recogéis?')).toBeVisible();
  await expect(marta.log).toContainText('Estado: Parado → En atención');

  // And speaks with the owner, from the ticket: his console opens the tab by itself.
  await ana.page.getByRole('button', { name: 'Iniciar chat' }).click();
  await ana.findsWindow();
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await ana.says('¿Puede ser por la tarde?');
  await ines.tab(ana.email).click();
  await ines.sees('¿Puede ser por la tarde?');
  await ines.saysTo(ana.email, 'Entre cuatro y seis.');
  await ana.sees('Entre cuatro y seis.');
  await ines.shot('from-the-ticket');
  await ines.tab('Bruno Sáez').click();
  await ines.sees('¿Y mi pedido?');
  await ines.tab(ana.email).click();
  await ines.closes();
  await ana.sees('Agente finalizó la conversación');
  await expect(marta.page.getByText('Continuó en la conversación')).toBeVisible();
  await ana.page.reload();
  await expect(ana.page.getByText('Entre cuatro y seis.')).toBeVisible();
});
