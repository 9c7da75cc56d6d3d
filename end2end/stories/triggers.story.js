// What is done by itself: made by who administers the system, and seen in the ticket (R41).
import { story, expect, ORDERS, RETURNS } from '../world/world.js';
import { Hook } from '../world/hook.js';

/** Open around the clock, every day, but for the holiday on which the story is told. */
function holiday(now) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', year: 'numeric', month: '2-digit', day: '2-digit' });
  const weekly = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }];
  const holidays = [0, 1].map(days => ({ name: 'Fiesta', date: parts.format(new Date(now + days * 86_400_000)) }));
  return { zone: 'America/Sao_Paulo', weekly, holidays };
}

story.use({ webhooks: true });

story('what was left offline is sorted, tagged and told to another program by a trigger', async ({ world }) => {
  await world.server.set({ setup: { hours: holiday(await world.server.now()) } });
  const [marta, ines, ana] = await Promise.all([world.agent('marta'), world.agent('ines'), world.customer('Ana Belmonte')]);
  await marta.signsIn('/triggers');
  const { page } = marta;
  await expect(page.getByText('Todavía no hay ninguno.')).toBeVisible();
  await marta.shot('none');
  await page.getByRole('link', { name: 'Nuevo disparador' }).click();
  await expect(page).toHaveURL(/\/triggers\/new$/);

  // Ticket: es... >> Abierto vía >> Mensaje fuera de línea is where it begins.
  const condition = page.getByRole('group', { name: 'Se cumplen todas' }).locator('.trigger-row').first();
  await expect(condition.getByRole('combobox').nth(0).locator('option:checked')).toHaveText('Ticket: es...');
  await expect(condition.getByRole('combobox').nth(1).locator('option:checked')).toHaveText('Abierto vía');
  await expect(condition.getByRole('combobox').nth(2).locator('option:checked')).toHaveText('Mensaje fuera de línea');
  await expect(condition.getByRole('combobox').nth(2).locator('option').first()).toHaveText('Chat en línea');

  // Without a name it is told so at its place, and nothing is lost.
  const actions = page.getByRole('group', { name: 'Entonces' });
  const action = n => actions.locator('.trigger-row').nth(n);
  await action(0).getByRole('textbox', { name: /^Etiquetas/ }).fill('Fuera, de noche');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Completa este dato.' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: /^Nombre/ })).toBeFocused();
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('Fuera de hora');
  await actions.getByRole('button', { name: 'Añadir acción' }).click();
  await action(1).getByRole('combobox', { name: 'Acción' }).selectOption('Cambiar el grupo');
  await action(1).getByRole('combobox', { name: 'Grupo', exact: true }).selectOption(ORDERS);
  await actions.getByRole('button', { name: 'Añadir acción' }).click();
  await action(2).getByRole('combobox', { name: 'Acción' }).selectOption('Webhook firmado');
  await action(2).getByRole('textbox').fill('https://10.0.0.1/hook');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(action(2).getByRole('alert')).toHaveText(/^Debe ser una dirección https:\/\/ de un servidor público/);
  await marta.shot('refused');
  await action(2).getByRole('textbox').fill(world.hook.url);
  await page.getByRole('button', { name: 'Guardar' }).click();
  await expect(marta.note('Guardado.')).toBeVisible();
  const secret = await page.locator('.trigger-form__secret code').textContent();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await expect(page).toHaveURL(/\/triggers\/[\w-]{16,}$/);
  await expect(action(0).getByRole('textbox', { name: /^Etiquetas/ })).toHaveValue('fuera, de noche');
  await marta.shot('secret');

  // The way is tried.
  await page.getByRole('button', { name: 'Enviar una prueba' }).click();
  await expect(marta.note('La prueba llegó.')).toBeVisible();
  expect(JSON.parse(world.hook.came[0].body).test).toBe(true);

  // A copy is signed with a secret of its own, and tells it once.
  await page.getByRole('link', { name: 'Todos los disparadores' }).click();
  await page.getByRole('button', { name: 'Duplicar: Fuera de hora' }).click();
  await expect(page.getByLabel('Nombre')).toHaveValue('Fuera de hora (copia)');
  const other = await page.locator('.trigger-form__secret code').textContent();
  expect(other).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(other).not.toBe(secret);

  await ana.opens();
  await ana.startsConversation();
  await ana.fillsForm();
  await ana.confirmsForm();
  await ana.choosesSubject(RETURNS);
  await ana.box.fill('La lámpara llegó rota.');
  await ana.button('Dejar mensaje').click();
  const number = await ana.isToldNumber();

  await ines.signsIn();
  await ines.looksAtTickets('open');
  await ines.ticket('La lámpara llegó rota').getByRole('link').first().click();
  await expect(ines.page.getByText('Disparador «Fuera de hora»')).toBeVisible();
  await expect(ines.page.getByText(`Grupo: ${RETURNS} → ${ORDERS}`)).toBeVisible();
  await expect(ines.page.getByText('Etiquetas: – → fuera, de noche')).toBeVisible();
  await expect(ines.page.getByText(`Webhook a ${new URL(world.hook.url).host}`)).toBeVisible();
  await expect(ines.papers.locator('.tags__one')).toHaveText(['fuera', 'de noche']);
  await ines.shot('ticket');

  await expect.poll(() => world.hook.came.length).toBe(2);
  const sent = world.hook.came[1];
  expect(Hook.isSigned(sent, secret)).toBe(true);
  expect(Hook.isSigned(sent, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBe(false);
  expect(JSON.parse(sent.body)).toMatchObject({
    test: false,
    trigger: { name: 'Fuera de hora' },
    ticket: { number, opened_via: 'OfflineMessage', group: { name: ORDERS }, tags: ['fuera', 'de noche'], customer: { name: 'Ana Belmonte' } },
  });

  // Inés administers a group, and not the system: to her there are no triggers.
  await expect(ines.page.getByRole('link', { name: 'Disparadores' })).toBeHidden();
  await ines.page.goto(`${world.console}/triggers`);
  await expect(ines.page.getByRole('alert')).toHaveText('No existe, o no tienes acceso.');
});

story('triggers are ordered, doubled, switched, tried and deleted, all by keyboard', async ({ world }) => {
  const [marta, ines] = await Promise.all([world.agent('marta'), world.agentOnDuty('ines')]);
  await ines.looksAtTickets('open');
  await ines.page.getByRole('link', { name: 'Nuevo', exact: true }).first().click();
  await ines.page.getByLabel('Asunto').fill('Mesa coja');
  await ines.page.getByLabel('Asunto').press('Enter');
  await expect(ines.note(/Ticket \d+ guardado como Nuevo\./)).toBeVisible();
  await marta.signsIn('/triggers/new');
  const { page } = marta;
  const press = async (role, name) => { await page.getByRole(role, { name, exact: true }).focus(); await page.keyboard.press('Enter'); };

  // What it would do, before it is kept: nothing is changed by it.
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('A mano');
  await page.getByRole('combobox', { name: 'Criterio' }).first().selectOption('Agente');
  await page.getByRole('textbox', { name: /^Etiquetas/ }).fill('mano');
  await press('button', 'Probar con los últimos 100 tickets');
  // It comes below the form: it is gone to.
  const tried = page.getByRole('heading', { name: 'Hoy actuaría en 1 de los últimos 100 tickets. No se ha cambiado nada.' });
  await expect(tried).toBeFocused();
  await expect(tried).toBeInViewport();
  await expect(page.getByRole('listitem').filter({ hasText: 'Mesa coja' })).toContainText('Etiquetas: – → mano');
  await marta.shot('tried');
  await press('button', 'Guardar');
  await expect(marta.note('Guardado.')).toBeVisible();
  await press('link', 'Todos los disparadores');

  const names = page.locator('.trigger__what a');
  await expect(names).toHaveText(['A mano']);
  await press('button', 'Duplicar: A mano');
  // The copy opens: what there is to say of it once is said there.
  await expect(page.getByLabel('Nombre')).toHaveValue('A mano (copia)');
  await press('link', 'Todos los disparadores');
  await expect(names).toHaveText(['A mano', 'A mano (copia)']);
  await expect(page.getByRole('checkbox', { name: 'Activo: A mano (copia)' })).not.toBeChecked();
  await press('button', 'Subir A mano (copia)');
  await expect(names).toHaveText(['A mano (copia)', 'A mano']);
  await expect(page.getByRole('status').filter({ hasText: 'A mano (copia): lugar 1 de 2' })).toHaveCount(1);
  // The focus went with it: at the end of its way, to the other direction.
  await expect(page.getByRole('button', { name: 'Bajar A mano (copia)' })).toBeFocused();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(names).toHaveText(['A mano', 'A mano (copia)']);
  await page.getByRole('checkbox', { name: 'Activo: A mano', exact: true }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: 'Activo: A mano', exact: true })).not.toBeChecked();
  await marta.shot('list');
  await press('button', 'Eliminar: A mano (copia)');
  await expect(page.getByRole('dialog')).toContainText('¿Eliminar A mano (copia)?');
  await page.keyboard.press('Escape');
  await expect(names).toHaveCount(2);
  await press('button', 'Eliminar: A mano (copia)');
  await page.getByRole('dialog').getByRole('button', { name: 'Eliminar' }).press('Enter');
  await expect(names).toHaveText(['A mano']);
  await page.reload();
  await expect(names).toHaveText(['A mano']);
  await expect(page.getByRole('checkbox', { name: 'Activo: A mano' })).not.toBeChecked();
});

story('who saves a trigger that a colleague has changed meanwhile is told, and nothing that was typed is lost', async ({ world }) => {
  const [marta, other] = await Promise.all([world.agent('marta'), world.agent('marta')]);
  await marta.signsIn('/triggers/new');
  const name = one => one.page.getByRole('textbox', { name: /^Nombre/ });
  const action = (one, n) => one.page.getByRole('group', { name: 'Entonces' }).locator('.trigger-row').nth(n);
  const group = one => action(one, 1).getByRole('combobox', { name: 'Grupo', exact: true });
  const save = one => one.page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await name(marta).fill('Fuera de hora');
  await action(marta, 0).getByRole('textbox', { name: /^Etiquetas/ }).fill('fuera');
  await save(marta);
  await expect(marta.note('Guardado.')).toBeVisible();
  await expect(marta.page).toHaveURL(/\/triggers\/[\w-]{16,}$/);
  await other.signsIn(new URL(marta.page.url()).pathname);
  await expect(name(other)).toHaveValue('Fuera de hora');

  await other.page.getByRole('button', { name: 'Añadir acción' }).click();
  await action(other, 1).getByRole('combobox', { name: 'Acción' }).selectOption('Cambiar el grupo');
  await group(other).selectOption(ORDERS);
  await save(other);
  await expect(other.note('Guardado.')).toBeVisible();

  const told = marta.page.getByRole('alert').filter({ hasText: 'Marta Ortiz ' });
  await name(marta).fill('Otro nombre');
  await save(marta);
  await expect(told).toBeVisible();
  await expect(name(marta)).toHaveValue('Otro nombre');
  await expect(action(marta, 1)).toHaveCount(0);
  await marta.shot('overtaken');
  // What is there now is looked at, and changed.
  await told.getByRole('button', { name: 'Ver lo que hay ahora' }).click();
  await expect(name(marta)).toHaveValue('Fuera de hora');
  await expect(group(marta).locator('option:checked')).toHaveText(ORDERS);
  await name(marta).fill('Otro nombre');
  await save(marta);
  await expect(marta.page.getByRole('heading', { name: 'Otro nombre', exact: true })).toBeVisible();

  // The other way round, what he typed is kept over it, knowingly.
  await name(other).fill('El suyo');
  await save(other);
  await other.page.getByRole('button', { name: 'Guardar lo mío de todos modos' }).click();
  await expect(other.page.getByRole('heading', { name: 'El suyo', exact: true })).toBeVisible();
  await marta.page.reload();
  await expect(name(marta)).toHaveValue('El suyo');

  // Deleted meanwhile it is not there to be looked at, and what was typed still is.
  await name(other).fill('Otra vez');
  await save(other);
  await expect(other.page.getByRole('heading', { name: 'Otra vez', exact: true })).toBeVisible();
  await name(marta).fill('Lo de Marta');
  await save(marta);
  await expect(told).toBeVisible();
  await other.page.getByRole('link', { name: 'Todos los disparadores' }).click();
  await other.page.getByRole('button', { name: 'Eliminar: Otra vez' }).click();
  await other.page.getByRole('dialog').getByRole('button', { name: 'Eliminar' }).click();
  await expect(other.page.getByText('Todavía no hay ninguno.')).toBeVisible();
  await told.getByRole('button', { name: 'Ver lo que hay ahora' }).click();
  await expect(marta.note('No existe, o no tienes acceso.')).toBeVisible();
  await expect(marta.page.getByRole('heading', { name: 'El suyo', exact: true })).toBeVisible();
  await expect(name(marta)).toHaveValue('Lo de Marta');
});
