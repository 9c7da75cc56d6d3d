// What an administrator sets, and how the others meet it.
import { story, expect, RETURNS } from '../world/world.js';

const menu = who => who.page.getByRole('navigation', { name: 'Ajustes', exact: true });
const fault = (who, name) => who.page.locator(`[data-field=${name}]`).getByRole('alert');
const save = who => who.page.getByRole('button', { name: 'Guardar', exact: true });

story('an administrator makes a status and a required field, and an agent meets them when he saves a ticket', async ({ world }) => {
  const [marta, ines, ana] = await Promise.all([world.agent('marta'), world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ana.says('La mesa cojea.');
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola. Lo miramos.');

  await marta.signsIn();
  await marta.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Ajustes' }).click();
  await expect(marta.page.getByRole('heading', { name: 'Grupos de chat' })).toBeVisible();
  await menu(marta).getByRole('link', { name: 'Estados' }).click();
  await expect(marta.page.getByRole('list', { name: 'Estados' }).getByRole('listitem')).toHaveCount(3);
  await marta.shot('statuses');
  await marta.page.getByRole('link', { name: 'Nuevo estado' }).click();
  const { page } = marta;
  const name = page.getByRole('textbox', { name: /^Nombre/ });

  // A slip is told at its field, which has the focus, and nothing is lost.
  await page.getByLabel('Pide una justificación').check({ force: true });
  await page.getByRole('textbox', { name: /^Justificaciones/ }).fill('Del banco\nDel cliente');
  await save(marta).click();
  await expect(fault(marta, 'name')).toHaveText('Completa este dato.');
  await expect(name).toBeFocused();
  await name.fill('EN el taller');
  await save(marta).click();
  await expect(fault(marta, 'name')).toHaveText('Ya hay otro con ese nombre.');
  await marta.shot('status-refused');
  await expect(page.getByRole('textbox', { name: /^Justificaciones/ })).toHaveValue('Del banco\nDel cliente');
  await name.fill('Espera el pago');
  await page.getByRole('combobox', { name: /^Estado base/ }).selectOption('Parado');
  await save(marta).click();
  await expect(marta.note('Guardado.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Estados' }).getByRole('listitem').last()).toContainText('Espera el pago · Parado · Pide una justificación');

  // By the keyboard alone: its place, and a field.
  await page.getByRole('button', { name: 'Subir Espera el pago' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Estados' }).getByRole('listitem').nth(2)).toContainText('Espera el pago');
  await expect(page.getByRole('button', { name: 'Subir Espera el pago' })).toBeFocused();
  await menu(marta).getByRole('link', { name: 'Campos' }).press('Enter');
  await page.getByRole('link', { name: 'Nuevo campo' }).press('Enter');
  await name.focus();
  await page.keyboard.type('Madera');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('combobox', { name: /^Tipo/ })).toBeFocused();
  await page.getByRole('combobox', { name: /^Tipo/ }).selectOption('Lista');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Obligatorio al guardar')).toBeChecked();
  await save(marta).press('Enter');
  await expect(fault(marta, 'options')).toHaveText('Completa este dato.');
  await page.getByRole('textbox', { name: /^Opciones/ }).fill('Nogal\nRoble');
  await save(marta).press('Enter');
  await expect(marta.note('Guardado.').last()).toBeVisible();
  await expect(page.getByRole('list', { name: 'Campos' }).getByRole('listitem').last()).toContainText('Madera · Lista · Obligatorio');
  await marta.shot('fields');

  // Inés has had her console open all the time.
  await ines.closes();
  await expect(ines.page.getByText('Ahora, el ticket.')).toBeVisible();
  const papers = ines.papers;
  await papers.getByRole('button', { name: 'Guardar como…' }).click();
  await ines.page.getByRole('menuitemradio', { name: /^Espera el pago/ }).click();
  await papers.getByRole('combobox', { name: /^Justificación/ }).selectOption('Del banco');
  await papers.locator('button[type=submit]').click();
  await expect(papers.getByRole('combobox', { name: /^Madera/ })).toBeFocused();
  await papers.getByRole('combobox', { name: /^Madera/ }).selectOption('Nogal');
  await papers.locator('button[type=submit]').click();
  await expect(ines.note(/Ticket \d+ guardado como Espera el pago\./)).toBeVisible();

  // What a ticket carries is retired and not deleted.
  await menu(marta).getByRole('link', { name: 'Estados' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Retirar: Espera el pago' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirar' }).click();
  await expect(page.getByRole('button', { name: 'Recuperar: Espera el pago' })).toBeVisible();
});

story('a tag is renamed on every ticket that carries it, and retired', async ({ world }) => {
  const [ines, marta] = await Promise.all([world.agentOnDuty('ines'), world.agent('marta')]);
  await ines.page.goto(`${world.console}/tickets/new`);
  await ines.page.getByLabel(/^Cliente/).fill('Bruno Sáenz');
  await ines.page.getByLabel('Asunto').fill('Mesa coja');
  const tag = ines.page.getByRole('combobox', { name: 'Etiqueta nueva' });
  await tag.fill('Rota');
  await tag.press('Enter');
  await ines.page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await expect(ines.note(/Ticket \d+ guardado como Nuevo\./)).toBeVisible();

  await marta.signsIn('/settings/tags');
  const { page } = marta;
  const row = name => page.getByRole('list', { name: 'Etiquetas' }).getByRole('listitem')
    .filter({ has: page.getByRole('link', { name, exact: true }) });
  await expect(row('rota')).toContainText('1 ticket');
  await page.getByRole('button', { name: 'Renombrar: rota' }).click();
  await row('rota').getByRole('textbox', { name: /^Nombre nuevo/ }).fill('Coja');
  await marta.shot('tags');
  await row('rota').getByRole('button', { name: 'Guardar' }).click();
  await expect(row('coja')).toContainText('1 ticket');
  await expect(row('rota')).toHaveCount(0);
  // And once more: the page follows each.
  await page.getByRole('button', { name: 'Renombrar: coja' }).click();
  await row('coja').getByRole('textbox', { name: /^Nombre nuevo/ }).fill('Inestable');
  await row('coja').getByRole('button', { name: 'Guardar' }).click();
  await expect(row('inestable')).toContainText('1 ticket');
  await expect(row('coja')).toHaveCount(0);
  await page.getByRole('button', { name: 'Retirar: inestable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirar' }).click();
  await expect(page.getByRole('button', { name: 'Recuperar: inestable' })).toBeVisible();

  await ines.looksAtTickets('any', '&tag=inestable');
  await ines.ticket('Mesa coja').getByRole('link').click();
  await expect(ines.papers.getByText('inestable', { exact: true })).toBeVisible();
});

story('an agent is given a new group and sees its queue at once, and no more when he is taken out', async ({ world }) => {
  const GUARANTEES = 'Garantías de fábrica';
  const [marta, lucia] = await Promise.all([world.agent('marta'), world.agentOnDuty('lucia')]);
  await marta.signsIn('/settings/groups/new');
  const { page } = marta;
  await page.getByRole('textbox', { name: /^Nombre/ }).fill(GUARANTEES);
  await page.getByRole('combobox', { name: 'Añadir a' }).selectOption('Lucía Cano');
  await page.getByRole('button', { name: 'Añadir', exact: true }).click();
  await expect(page.getByRole('checkbox', { name: 'Atiende: Lucía Cano' })).toBeChecked();
  await page.getByRole('combobox', { name: /^Reparto/ }).selectOption('Automático, en secuencia');
  await page.getByRole('textbox', { name: /^Chats a la vez/ }).fill('99');
  await page.getByRole('group', { name: 'Se ofrece en' }).getByRole('checkbox').first().check();
  await page.getByRole('group', { name: 'Se ofrece en' }).getByRole('checkbox').last().check();
  await save(marta).click();
  await expect(fault(marta, 'limit')).toHaveText('De 1 a 50.');
  await marta.shot('group');
  await page.getByRole('combobox', { name: /^Reparto/ }).selectOption('Los agentes eligen a quién atienden');
  await save(marta).click();
  await expect(marta.note('Guardado.')).toBeVisible();

  const ana = await world.customer('Ana Belmonte');
  await ana.queuesFor(GUARANTEES);
  await expect(lucia.row('Ana Belmonte')).toBeVisible();

  await page.getByRole('list', { name: 'Grupos de chat' }).getByRole('link', { name: GUARANTEES }).click();
  await page.getByRole('button', { name: 'Quitar a Lucía Cano' }).click();
  await save(marta).click();
  await expect(lucia.row('Ana Belmonte')).toBeHidden();
});

story('somebody is invited, comes in with a password of his own, and is disabled', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/settings/people');
  const { page } = marta;
  await page.getByRole('link', { name: 'Invitar a alguien' }).click();
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('Noa Gil');
  await page.getByRole('textbox', { name: /^Correo/ }).fill('ines@casanogal.example');
  await page.getByRole('button', { name: 'Invitar a alguien' }).click();
  await expect(fault(marta, 'email')).toHaveText('Ya hay alguien con ese correo.');
  await page.getByRole('textbox', { name: /^Correo/ }).fill('noa@casanogal.example');
  await page.getByRole('button', { name: 'Invitar a alguien' }).click();
  await expect(page.getByRole('heading', { name: 'Noa Gil' })).toBeVisible();
  const link = await page.getByRole('status', { name: 'Enlace de acceso' }).locator('code').textContent();
  await marta.shot('invited');

  const noa = await world.agent('lucia');
  await noa.page.goto(link);
  await expect(noa.page.getByRole('heading', { name: 'Hola, Noa Gil' })).toBeVisible();
  await noa.shot('join');
  await noa.page.locator('input[type=password]').fill('una clave bien larga de Noa');
  await noa.page.getByRole('button', { name: 'Guardar y entrar' }).click();
  await expect(noa.page.getByRole('navigation', { name: 'Principal' })).toBeVisible();

  await page.getByRole('button', { name: 'Desactivar' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Desactivar' }).click();
  await expect(noa.page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('button', { name: 'Volver a activar' })).toBeVisible();

  // She is the only one who administers the system, and stays so.
  await page.goto(`${world.console}/settings/people`);
  await page.getByRole('list', { name: 'Personas y perfiles' }).getByRole('link', { name: 'Marta Ortiz' }).click();
  await page.getByRole('checkbox', { name: /^Administra el sistema/ }).uncheck({ force: true });
  await expect(marta.note(/^Es la última persona que administra el sistema/)).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^Administra el sistema/ })).toBeChecked();
});

story('of the parameters that two change at once each keeps what he changed', async ({ world }) => {
  const [one, other] = await Promise.all([world.agent('marta'), world.agent('marta')]);
  const days = who => who.page.getByRole('textbox', { name: /^Días que se guardan las conversaciones/ });
  const grace = who => who.page.getByRole('textbox', { name: /^Ausencia de quien espera/ });
  const house = who => who.page.getByRole('textbox', { name: /^Nombre de la organización/ });
  await one.signsIn('/settings/parameters');
  await other.signsIn('/settings/parameters');
  await house(other).fill('Casa Nogal, S. L.');
  await days(one).fill('365');
  await grace(one).fill('19');
  await save(one).click();
  await expect(one.page.getByText(/^Escribe un número de segundos, de 20 a 600/)).toBeVisible();
  await grace(one).fill('45');
  await save(one).click();
  await expect(one.note('Guardado.')).toBeVisible();
  await save(other).click();
  await other.page.getByRole('button', { name: 'Guardar lo mío de todos modos' }).click();
  await expect(other.note('Guardado.')).toBeVisible();
  await expect(days(other)).toHaveValue('365');
  await expect(grace(other)).toHaveValue('45');
  await expect(house(other)).toHaveValue('Casa Nogal, S. L.');
});

story('on a phone the settings fit, and who administers a group finds his own', async ({ world }) => {
  const ines = await world.agent('ines', { phone: true });
  await ines.signsIn('/settings');
  await expect(ines.page.getByRole('list', { name: 'Grupos de chat' }).getByRole('link', { name: RETURNS })).toBeVisible();
  await expect(menu(ines).getByRole('link', { name: 'Estados' })).toBeHidden();
  await ines.page.getByRole('list', { name: 'Grupos de chat' }).getByRole('link', { name: RETURNS }).click();
  await expect(ines.page.getByRole('group', { name: 'Se ofrece en' })).toHaveCount(0);
  expect(await ines.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await ines.shot('phone');
  await ines.page.goto(`${world.console}/settings/statuses`);
  await expect(ines.page.getByText('Solo para quien administra el sistema.')).toBeVisible();
});

/** The pages of the settings: their addresses, and their names in the menu. */
const PAGES = {
  '/applications': 'Aplicaciones', '/applications/shop/look': 'Aplicaciones', '/settings': 'Grupos de chat', '/settings/groups/returns': 'Grupos de chat',
  '/settings/parameters': 'Parámetros', '/answers': 'Respuestas', '/articles': 'Base de conocimientos', '/settings/statuses': 'Estados', '/settings/fields': 'Campos',
  '/triggers': 'Disparadores', '/triggers/new': 'Disparadores', '/settings/people': 'Personas y perfiles', '/settings/tokens': 'Tokens de API',
  '/settings/webhooks': 'Webhooks', '/audit': 'Auditoría',
};

story('every page of the settings has their menu beside it, with the page that is shown marked in it', async ({ world }) => {
  const [marta, phone, lucia] = await Promise.all([world.agent('marta'), world.agent('marta', { phone: true }), world.agent('lucia')]);
  await marta.signsIn('/settings');
  await phone.signsIn('/settings');
  for (const who of [marta, phone]) {
    for (const [path, name] of Object.entries(PAGES)) {
      await who.goesTo(world.console + path);
      const here = menu(who).locator('[aria-current]');
      await expect(here).toHaveText(name);
      await expect(here).toHaveAttribute('aria-current', 'page');
      await expect(here).toBeInViewport({ ratio: 1 });
      expect(await who.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} fits`).toBe(true);
    }
  }
  await marta.shot('menu');
  await phone.shot('menu');

  // From page to page it is the same menu.
  await menu(marta).getByRole('link', { name: 'Disparadores' }).click();
  await expect(marta.page.getByRole('link', { name: 'Nuevo disparador' })).toBeVisible();
  await menu(marta).getByRole('link', { name: 'Campos' }).click();
  await expect(menu(marta).locator('[aria-current]')).toHaveText('Campos');
  await expect(menu(marta).getByRole('link', { name: 'Campos' })).toBeFocused();

  // Who administers nothing has her answers, and no menu of what is not hers.
  await lucia.signsIn('/answers');
  await expect(lucia.page.getByRole('button', { name: 'Nueva respuesta' })).toBeVisible();
  await expect(menu(lucia)).toHaveCount(0);
});

story('whoever belongs to no group is told why there is nothing, and has it all once he is given one', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/settings/people/new');
  const { page } = marta;
  await page.getByRole('textbox', { name: /^Nombre/ }).fill('Noa Gil');
  await page.getByRole('textbox', { name: /^Correo/ }).fill('noa@casanogal.example');
  await page.getByRole('button', { name: 'Invitar a alguien' }).click();
  const link = await page.getByRole('status', { name: 'Enlace de acceso' }).locator('code').textContent();
  const noa = await world.newcomer('Noa Gil');
  await noa.page.goto(link);
  await noa.page.locator('input[type=password]').fill('una clave bien larga de Noa');
  await noa.page.getByRole('button', { name: 'Guardar y entrar' }).click();

  const none = noa.page.getByRole('heading', { name: 'Todavía no tienes ningún grupo' });
  const chat = noa.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: /^Chat/ });
  await expect(none).toBeVisible();
  await expect(noa.page.getByText(/^Los chats y los tickets son siempre de un grupo\. Quien administra el sistema/).filter({ visible: true })).toBeVisible();
  await expect(chat).toBeHidden();
  await noa.shot('no-group');
  await noa.page.setViewportSize({ width: 390, height: 844 });
  await expect(none).toBeVisible();
  await noa.page.goto(`${world.console}/chat`);
  await expect(none).toBeVisible();
  await noa.shot('no-group-phone');

  // What she waits for comes by itself.
  await page.goto(`${world.console}/settings/groups/returns`);
  await page.getByRole('combobox', { name: 'Añadir a' }).selectOption('Noa Gil');
  await page.getByRole('button', { name: 'Añadir', exact: true }).click();
  await save(marta).click();
  await expect(chat).toBeVisible();
  await expect(none).toBeHidden();
  await expect(noa.page.getByRole('heading', { name: 'Conversaciones en espera de atención' })).toBeVisible();
});
