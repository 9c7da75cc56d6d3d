// The settings of an application (R1-R17, R22): who administers the system changes them in the console, sees them in
// a frame beside, and a customer of the demo shop sees them after a reload.
import { story, expect, RETURNS } from '../world/world.js';
import { serveHost, snippets } from '../world/hosts.js';

story('an administrator sets an application, and a customer sees it after a reload', async ({ world }) => {
  const [marta, ana] = await Promise.all([world.agent('marta'), world.customer('Ana Belmonte')]);
  await ana.opens();
  await marta.signsIn('/applications');
  const { page } = marta;
  await marta.shot('list');
  await page.getByRole('link', { name: 'Casa Nogal', exact: true }).first().click();
  await expect(page).toHaveURL(/\/applications\/shop$/);
  const tab = name => page.getByRole('navigation', { name: 'Ajustes de la aplicación' }).getByRole('link', { name, exact: true });
  const save = page.getByRole('button', { name: 'Guardar', exact: true });
  const field = name => page.getByRole('textbox', { name });
  const told = box => page.locator('.field').filter({ has: box }).getByRole('alert');
  await expect(tab('Principal')).toHaveAttribute('aria-current', 'page');

  // A wrong site is told beside its field, and nothing that was typed is lost.
  await field(/^Nombre/).fill('Casa Nogal, tienda');
  await page.getByRole('button', { name: 'Añadir un sitio' }).click();
  const site = page.getByRole('textbox', { name: 'Sitio' }).last();
  await site.fill('https://otra.example/tienda');
  await tab('Apariencia').click();
  await field(/^Título/).fill('¿Te ayudamos?');
  await page.getByRole('textbox', { name: 'Color', exact: true }).fill('#0F5F4B');
  await expect(page.getByText(/^Contraste 7,\d$/)).toBeVisible();
  await marta.shot('look');
  await save.click();
  await expect(page).toHaveURL(/\/applications\/shop\/main$/);
  await expect(told(site)).toHaveText('Un sitio termina en su nombre: sin camino ni página detrás.');
  await expect(site).toBeFocused();
  await marta.shot('wrong-site');
  await site.fill('https://*.otra.example');
  await save.click();
  await expect(told(site)).toHaveText('Sin asteriscos: escribe cada sitio por separado.');
  await site.fill('https://Otra.example/');

  // What is no number is not taken for none.
  await tab('Apariencia').click();
  const layer = field(/^Capa/);
  await layer.fill('1e5');
  await save.click();
  await expect(told(layer)).toHaveText('Un número entero de 0 a 2147483647, o nada.');
  await expect(layer).toHaveValue('1e5');
  await layer.fill('');
  await tab('Principal').click();
  await expect(field(/^Nombre/)).toHaveValue('Casa Nogal, tienda');

  // Who goes elsewhere is asked first.
  await page.getByRole('link', { name: 'Tickets' }).first().click();
  const leaving = page.getByRole('dialog', { name: '¿Salir sin guardar?' });
  await expect(leaving).toBeVisible();
  await leaving.getByRole('button', { name: 'Seguir aquí' }).click();
  await expect(leaving).toBeHidden();

  // Another question in the form, by keyboard alone.
  await tab('Formulario').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Añadir un campo' }).focus();
  await page.keyboard.press('Enter');
  const fresh = page.getByRole('group', { name: /^Campo \d/ });
  await fresh.getByRole('textbox', { name: 'Etiqueta' }).fill('¿Qué mueble?');
  await page.getByRole('button', { name: 'Subir: ¿Qué mueble?' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Subir: ¿Qué mueble?' })).toBeFocused();
  await marta.shot('form');

  // The launcher in another language; in those that have no title of their own it is the first one.
  await tab('Textos').click();
  await page.getByRole('group', { name: 'English' }).getByRole('textbox', { name: /^Título/ }).fill('Can we help?');
  await marta.shot('texts');

  // Closed every day from now on, but for one week far from here.
  await tab('Horario').click();
  await page.getByText('Con horario').click();
  await page.getByLabel('Zona horaria').fill('America/Sao_Paulo');
  await page.getByRole('button', { name: /^Quitar: Turno 1/ }).click();
  await page.getByRole('button', { name: 'Mirar' }).click();
  await expect(page.getByText('Fuera de hora. No se vuelve a abrir en un año.')).toBeVisible();
  await expect(page.getByText('Vería el formulario para dejar un mensaje, y los canales.')).toBeVisible();
  await marta.shot('hours');
  await page.getByLabel('El día', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Mirar' }).click();
  await expect(page.getByText('Falta el día.')).toBeVisible();
  await tab('Feriados').click();
  const file = 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Navidad\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:¿Cuándo?\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
  await page.getByLabel('Importar de un calendario (.ics)').setInputFiles({ name: 'feriados.ics', mimeType: 'text/calendar', buffer: Buffer.from(file) });
  await expect(page.getByText('Feriados añadidos: 1. Quedan guardados cuando guardes.')).toBeVisible();
  await expect(page.getByText('Línea 7: no tiene un día que exista')).toBeVisible();
  await marta.shot('holidays');

  // Messages promise an answer, and nobody could send it.
  await tab('Canales').click();
  const promise = page.getByRole('status').filter({ hasText: 'Aquí no está configurado el correo' });
  await expect(promise).toBeVisible();
  await page.getByText('Decir que no hay nadie').click();
  await expect(promise).toBeHidden();
  await page.getByText('Ofrecer dejar un mensaje').click();
  await expect(promise).toBeVisible();
  await marta.shot('promises');

  // It is seen beside the form before it is saved.
  const preview = page.frameLocator('iframe.preview__frame');
  await expect(preview.getByRole('button', { name: 'Iniciar conversación' })).toBeVisible();
  await expect(preview.getByText('Casa Nogal, tienda').filter({ visible: true })).toBeVisible();
  const shows = state => page.getByRole('complementary', { name: 'Vista previa' }).getByText(state, { exact: true }).click();
  // So is the launcher, by the very loader.
  await shows('Icono');
  await expect(preview.locator('recado-chat')).toBeAttached();
  await expect(preview.locator('script[data-title="¿Te ayudamos?"][data-accent="#0f5f4b"]')).toBeAttached();
  await marta.shot('preview-icon');
  await shows('Formulario');
  await expect(preview.getByLabel('¿Qué mueble?')).toBeVisible();
  await marta.shot('preview-form');
  await shows('Conversación');
  await expect(preview.getByText('Marta Ortiz ha ingresado a la conversación')).toBeVisible();
  await expect(preview.getByText('¡Hola! Claro, cuéntame: ¿en qué te ayudo?')).toBeVisible();
  await expect(preview.getByRole('button', { name: 'Enviar', exact: true })).toBeVisible();
  await marta.shot('preview-talk');
  await shows('Fuera de hora');
  // First what the conversation before it has not.
  await expect(preview.getByRole('button', { name: 'Dejar mensaje' })).toBeVisible();
  await expect(preview.getByRole('textbox', { name: 'Mensaje' })).toBeVisible();
  for (const name of ['Canales', 'Parámetros']) {
    await tab(name).click();
    await marta.shot(name.toLowerCase());
  }
  // And so is what somebody is told while he waits, as it is chosen.
  await shows('Espera');
  const wait = preview.getByRole('status').filter({ hasText: 'Espera estimada' });
  const place = wait.getByText('Tu lugar en la cola');
  await expect(place).toBeVisible();
  await expect(wait.getByText('3–6 min')).toBeVisible();
  await marta.shot('preview-wait');
  await page.getByRole('group', { name: 'Mientras espera, mostrar' }).getByRole('radio', { name: 'Espera', exact: true }).check({ force: true });
  // First what the frame before it has.
  await expect(place).toBeHidden();
  await expect(wait.getByText('3–6 min')).toBeVisible();
  await expect(place).toBeHidden();
  await save.click();
  await expect(marta.note(/^Guardado\./)).toBeVisible();
  await tab('Código').click();
  await expect(page.getByText(/data-title="¿Te ayudamos\?".* data-en="Can we help\?"/).first()).toBeVisible();
  await marta.shot('code');

  await ana.opens();
  await expect(ana.window.getByText('Casa Nogal, tienda').filter({ visible: true })).toBeVisible();
  await expect(ana.page.locator('script[data-title="¿Te ayudamos?"][data-accent="#0f5f4b"]')).toBeAttached();
  await ana.startsConversation();
  await expect(ana.window.getByLabel('¿Qué mueble?')).toBeVisible();
  await ana.shot('afterwards');
});

story('what a colleague saved meanwhile is not lost without a word', async ({ world }) => {
  const [one, other] = await Promise.all([world.agent('marta'), world.agent('marta')]);
  for (const marta of [one, other]) {
    await marta.signsIn('/applications/shop/look');
    await marta.page.getByRole('textbox', { name: /^Título/ }).fill(marta === one ? 'Primero' : 'Después');
  }
  const save = marta => marta.page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await save(one);
  await expect(one.note(/^Guardado\./)).toBeVisible();
  await save(other);
  const told = other.page.getByRole('alert').filter({ hasText: 'Marta Ortiz guardó otros cambios mientras tanto' });
  await expect(told).toBeVisible();
  await other.shot('overtaken');
  await expect(other.page.getByRole('textbox', { name: /^Título/ })).toHaveValue('Después');
  await told.getByRole('button', { name: 'Ver lo guardado y perder lo mío' }).click();
  await expect(other.page.getByRole('textbox', { name: /^Título/ })).toHaveValue('Primero');
  await expect(told).toBeHidden();

  // Who saves his own over it keeps what the other changed elsewhere.
  const called = marta => marta.page.getByRole('heading', { name: 'Casa Nogal, tienda', exact: true, level: 1 });
  await one.page.getByRole('navigation', { name: 'Ajustes de la aplicación' }).getByRole('link', { name: 'Principal', exact: true }).click();
  await one.page.getByRole('textbox', { name: /^Nombre/ }).fill('Casa Nogal, tienda');
  await save(one);
  await expect(called(one)).toBeVisible();
  await other.page.getByRole('textbox', { name: /^Título/ }).fill('Después');
  await save(other);
  await told.getByRole('button', { name: 'Guardar lo mío encima' }).click();
  await expect(other.note(/^Guardado\./)).toBeVisible();
  await expect(called(other)).toBeVisible();
  await expect(other.page.getByRole('textbox', { name: /^Título/ })).toHaveValue('Después');
});

story('a retired application shows nothing where its snippet still stands', async ({ world }) => {
  const [ana, { plain }] = await Promise.all([world.customer('Ana Belmonte'), snippets(world)]);
  const marta = await world.agent('marta');
  await marta.signsIn('/applications');
  await marta.page.getByRole('button', { name: 'Retirar: Casa Nogal', exact: true }).click();
  const ask = marta.page.getByRole('dialog', { name: '¿Retirar «Casa Nogal»?' });
  await ask.getByRole('button', { name: 'Retirar', exact: true }).click();
  await expect(marta.page.getByRole('button', { name: 'Volver a usar: Casa Nogal' })).toBeVisible();
  await marta.shot('retired');

  // Whoever points at what a page still shows finds it gone.
  await serveHost(ana, 'phone', { snippet: plain });
  await ana.visitsHost('phone');
  const { width, height } = ana.page.viewportSize();
  await ana.page.mouse.move(width - 60, height - 44);
  await expect(ana.page.locator('recado-chat')).toHaveAttribute('hidden', '');
});

story('what is asked in the list stays when the line was down and it is read again', async ({ world }) => {
  const marta = await world.agent('marta');
  await marta.signsIn('/applications');
  await marta.page.getByRole('button', { name: 'Retirar: Casa Nogal', exact: true }).click();
  const ask = marta.page.getByRole('dialog', { name: '¿Retirar «Casa Nogal»?' });
  await expect(ask).toBeVisible();
  await world.server.kill();
  const again = marta.page.waitForResponse(answer => answer.url().endsWith('/api/application/list') && answer.ok());
  await world.server.start();
  await again;
  await ask.getByRole('button', { name: 'Retirar', exact: true }).click();
  await expect(marta.page.getByRole('button', { name: 'Volver a usar: Casa Nogal' })).toBeVisible();
});

story('who is in a conversation goes on with it after his application was retired', async ({ world }) => {
  const [ines, marta, ana, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.agent('marta'), world.customer('Ana Belmonte'), snippets(world)]);
  await serveHost(ana, 'phone', { snippet: plain });
  await ana.visitsHost('phone');
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS);
  await ana.says('Mi silla cojea.');
  await ines.attends('Ana Belmonte');
  await marta.signsIn('/applications');
  await marta.page.getByRole('button', { name: 'Retirar: Casa Nogal', exact: true }).click();
  const ask = marta.page.getByRole('dialog', { name: '¿Retirar «Casa Nogal»?' });
  await ask.getByRole('button', { name: 'Retirar', exact: true }).click();
  await expect(marta.page.getByRole('button', { name: 'Volver a usar: Casa Nogal' })).toBeVisible();

  // Her next page: the window stays open, and with it the conversation.
  await ana.visitsHost('phone');
  await ana.findsWindow();
  await ana.sees('Mi silla cojea.');
  await ana.says('¿Sigues ahí?');
  await ines.sees('¿Sigues ahí?');
  await ana.shot('goes-on');
});
