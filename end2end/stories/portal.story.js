// The portal: a customer reads his tickets, answers, and speaks with their owner; and an agent calls him (R66-R68).
import { story, expect, RETURNS } from '../world/world.js';
import { signed } from '../world/hosts.js';

story.use({ mails: true });

/** Ana was attended by Inés, who saved the ticket; the shop's tab is closed. */
async function withTicket(world, about) {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte', about)]);
  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota');
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Lo miro y te escribo.');
  await ines.closes();
  await ines.saves('Parado', { subject: 'Lámpara rota' });
  await ana.closesTab();
  return { ines, ana };
}

/** The ticket's options, as soon as its customer can be called, or not. */
async function options(ines, mayCall) {
  const call = ines.page.getByRole('menuitem', { name: /^Iniciar chat/ });
  await expect(async () => {
    await ines.page.keyboard.press('Escape');
    await ines.page.getByRole('button', { name: 'Opciones' }).click();
    await expect(mayCall ? call.and(ines.page.locator(':not([aria-disabled])')) : call.and(ines.page.locator('[aria-disabled]'))).toBeVisible({ timeout: 2_000 });
  }).toPass();
  return call;
}

story('a customer reads his ticket in the portal, answers, and speaks with its owner, and the ticket has it all', async ({ world }) => {
  const { ines, ana } = await withTicket(world);
  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').click();
  await ines.page.getByRole('radio', { name: 'Responder por correo' }).check({ force: true });
  await expect(ines.page.getByText('Llega por correo y en el portal.')).toBeVisible();
  await ines.page.getByRole('textbox', { name: `Escribe a ${ana.email}` }).fill('Mañana sale otra lámpara.');
  await ines.page.getByRole('button', { name: 'Enviar', exact: true }).click();
  expect(await world.letterTo(ana, 1)).toContain('Mañana sale otra lámpara.');

  const link = await ana.comesIntoPortal(2);
  await ana.shot('tickets');
  await ana.page.getByRole('link', { name: 'Lámpara rota' }).click();
  for (const words of ['La lámpara llegó rota', 'Lo miro y te escribo.', 'Mañana sale otra lámpara.']) {
    await expect(ana.page.getByText(words)).toBeVisible();
  }
  await ana.shot('ticket');
  // What is answered while she writes comes by itself, is read aloud, and leaves her words and their place alone.
  const box = ana.page.getByRole('textbox', { name: 'Tu respuesta' });
  await box.fill('¿A qué hora');
  const { y } = await box.boundingBox();
  await ines.page.getByRole('textbox', { name: `Escribe a ${ana.email}` }).fill('La lleva Marcos.');
  await ines.page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(ana.page.locator('[aria-live=polite]').getByText('La lleva Marcos.')).toBeVisible();
  await expect(box).toBeFocused();
  await expect(box).toHaveValue('¿A qué hora');
  expect(Math.abs((await box.boundingBox()).y - y)).toBeLessThan(2);
  await expect(ana.page.getByText('Mañana sale otra lámpara.')).toHaveCount(1);
  await ana.shot('followed');
  await box.fill('¿A qué hora llega?');
  await ana.page.getByRole('button', { name: 'Enviar respuesta' }).click();
  await expect(ana.page.getByText('Tu respuesta se ha enviado.')).toBeVisible();
  await expect(ines.log.getByText('¿A qué hora llega?')).toBeVisible();
  await expect(ines.log).toContainText('Estado: Parado → En atención');
  await ines.shot('answered');

  // A used link leads to a new one, and nobody comes in by it.
  const stranger = await world.customer('Eva Ríos');
  await stranger.page.goto(link);
  await expect(stranger.page.getByRole('link', { name: 'Pedir otro enlace' })).toBeVisible();
  await stranger.shot('used-link');

  await ana.page.getByRole('button', { name: 'Iniciar chat' }).click();
  await ana.findsWindow();
  await expect(ana.log.getByText('Inés Robledo ha ingresado a la conversación')).toBeVisible();
  await ana.says('Hola, Inés. ¿A qué hora?');
  // Her console has opened its tab by itself: she is called by what she has proved, and not by what was typed once.
  await ines.page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: /^Chat/ }).click();
  await ines.tab(ana.email).click();
  await ines.sees('Hola, Inés. ¿A qué hora?');
  await expect(ines.page.getByText('Correo comprobado').first()).toBeVisible();
  await expect(ines.page.getByText('Identidad comprobada')).toHaveCount(0);
  await ines.saysTo(ana.email, 'Entre nueve y once.');
  await ana.sees('Entre nueve y once.');
  await ana.shot('talks');
  await ines.closes();
  await ana.sees('Agente finalizó la conversación');

  await ines.looksAtTickets();
  await expect(ines.tickets.getByRole('row').filter({ hasText: 'Lámpara rota' })).toHaveCount(1);
  await ines.ticket('Lámpara rota').click();
  await expect(ines.page.getByText('Continuó en la conversación')).toBeVisible();
  await ana.page.reload();
  await expect(ana.page.getByText('Entre nueve y once.')).toBeVisible();

  ana.window = undefined;
  // Closed while she writes: it is read aloud, her words stay, and she is not led to its owner any more.
  const aloud = ana.page.getByRole('main').getByRole('status'), call = ana.page.getByRole('button', { name: 'Iniciar chat' });
  await expect(call).toBeVisible();
  await expect(aloud).toBeEmpty();
  const place = await aloud.elementHandle();
  await box.fill('¿Y el enchufe?');
  await ines.becomes('Cerrado');
  await expect(aloud).toContainText('Este ticket está cerrado.');
  expect(await place.evaluate(node => node.isConnected && node.textContent), 'it was there before').toContain('Este ticket está cerrado.');
  await expect(box).toBeFocused();
  await expect(box).toHaveValue('¿Y el enchufe?');
  await expect(call).toHaveCount(0);
  await ana.shot('closed-while-writing');
  // With nothing written and the focus on the button it is taken away only when she leaves it.
  await ines.becomes('Parado');
  await expect(aloud).toBeEmpty();
  await expect(call).toBeVisible();
  await box.fill('');
  const send = ana.page.getByRole('button', { name: 'Enviar respuesta' });
  await send.focus();
  await ines.becomes('Cerrado');
  await expect(aloud).toContainText('Este ticket está cerrado.');
  await expect(send).toBeFocused();
  await ana.page.getByRole('link', { name: 'Nuevo ticket' }).focus();
  await expect(send).toHaveCount(0);
  await expect(box).toHaveCount(0);
  await ana.page.getByRole('button', { name: 'Salir' }).click();
  await expect(ana.page.getByLabel('Correo electrónico')).toBeVisible();
});

story('a page that was left open goes on after what it could not take over, and after its session', async ({ world }) => {
  const { ines, ana } = await withTicket(world);
  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').click();
  await ines.page.getByRole('radio', { name: 'Responder por correo' }).check({ force: true });
  const answers = async text => {
    await ines.page.getByRole('textbox', { name: `Escribe a ${ana.email}` }).fill(text);
    await ines.page.getByRole('button', { name: 'Enviar', exact: true }).click();
    await expect(ines.page.locator('.bubble').filter({ hasText: text })).toBeVisible();
  };
  await ana.comesIntoPortal(1);
  const { page } = ana, box = page.getByRole('textbox', { name: 'Tu respuesta' });
  /** She looks there again, and finds it. */
  const finds = text => expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await expect(page.getByText(text)).toBeVisible({ timeout: 1_000 });
  }).toPass();

  // Another release draws it otherwise: where something is written nothing is lost, and it is tried again.
  const line = /\/tickets\/[\w-]+\/line\?/;
  let odd = 0;
  const drawsOtherwise = route => {
    odd += 1;
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body: '<!doctype html><title>Otra</title><main class="portal"></main>' });
  };
  await page.route(line, drawsOtherwise);
  await page.getByRole('link', { name: 'Lámpara rota' }).click();
  await box.fill('¿A qué hora');
  await expect.poll(() => odd).toBeGreaterThan(2);
  await page.unroute(line);
  await answers('La lleva Marcos.');
  await finds('La lleva Marcos.');
  await expect(box).toHaveValue('¿A qué hora');

  // With nothing written it is loaded anew.
  await page.route(line, drawsOtherwise);
  await box.fill('');
  await box.blur();
  const anew = page.waitForEvent('load', { timeout: 60_000 });
  await answers('Entre nueve y once.');
  await anew;
  // What is drawn so again is no better then: it stays.
  await page.evaluate(() => { window.stays = true; });
  await expect.poll(() => page.evaluate(() => performance.now())).toBeGreaterThan(10_000);
  const before = odd;
  await expect.poll(async () => {
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    return odd;
  }).toBeGreaterThan(before + 1);
  expect(await page.evaluate(() => window.stays)).toBe(true);
  await page.unroute(line);
  await finds('Entre nueve y once.');

  // She signs out in another tab, and comes in again there.
  const other = await ana.anotherTab();
  await other.page.goto(`${world.console}/portal`);
  await other.page.getByRole('button', { name: 'Salir' }).click();
  await expect(other.page.getByLabel('Correo electrónico')).toBeVisible();
  const out = page.waitForResponse(answer => line.test(answer.url()) && answer.status() === 401);
  await answers('Ya ha salido.');
  await out;
  await ana.comesIntoPortal(5);
  await finds('Ya ha salido.');

  // Somebody else comes in there: nothing of hers stays before that one's eyes.
  await other.isHandedOver(signed('eva-2', { name: 'Eva Prado', email: '' }));
  await finds('Eva Prado');
  await expect(page.getByText('Ya ha salido.')).toHaveCount(0);
});

story('a customer opens a ticket in the portal, and his team finds it', async ({ world }) => {
  const { ines, ana } = await withTicket(world);
  await ana.comesIntoPortal(1);

  await ana.page.getByRole('link', { name: 'Nuevo ticket' }).click();
  await ana.page.getByLabel('Sobre qué').selectOption({ label: RETURNS });
  await ana.page.getByLabel('Asunto').fill('Silla coja');
  await ana.page.getByLabel(/^Mensaje/).fill('Le falta una pata.');
  await ana.shot('new-ticket');
  await ana.page.getByRole('button', { name: 'Abrir el ticket' }).click();
  await expect(ana.page.getByText('Tu ticket está abierto.')).toBeVisible();
  await expect(ana.page.getByRole('heading', { name: 'Silla coja' })).toBeVisible();

  await ines.looksAtTickets('any', '&queue=groups');
  await expect(ines.ticket('Silla coja')).toBeVisible();
});

story('whom his site has signed, and who has no address, is answered in the portal', async ({ world }) => {
  const [ines, rosa] = await Promise.all([world.agentOnDuty('ines'), world.customer('Rosa Prado')]);
  await rosa.isHandedOver(signed('rosa-9', { name: 'Rosa Prado', email: '' }));
  await rosa.page.getByRole('link', { name: 'Nuevo ticket' }).click();
  await rosa.page.getByLabel('Sobre qué').selectOption({ label: RETURNS });
  await rosa.page.getByLabel('Asunto').fill('Silla coja');
  await rosa.page.getByLabel(/^Mensaje/).fill('Le falta una pata.');
  await rosa.page.getByRole('button', { name: 'Abrir el ticket' }).click();
  await expect(rosa.page.getByText('Tu ticket está abierto.')).toBeVisible();

  await ines.looksAtTickets('any', '&queue=groups');
  await ines.ticket('Silla coja').click();
  await expect(ines.page.getByRole('radio', { name: 'Responder por correo' })).toHaveCount(0);
  await ines.page.getByRole('radio', { name: 'Responder en el portal' }).check({ force: true });
  await expect(ines.page.getByText('Solo en el portal: el cliente lo lee cuando entre.')).toBeVisible();
  await ines.page.getByRole('textbox', { name: 'Escribe al cliente, en el portal' }).fill('Mañana te enviamos la pata.');
  await ines.shot('in-the-portal');
  await ines.page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(ines.page.locator('.bubble').filter({ hasText: 'Mañana te enviamos la pata.' })).toBeVisible();
  await expect(ines.page.getByText(/· solo en el portal ·/)).toBeVisible();

  await expect(rosa.page.getByText('Mañana te enviamos la pata.')).toBeVisible();
  await rosa.shot('answered-there');
});

story('an agent calls the customer of a ticket, whose page opens by itself', async ({ world }) => {
  const { ines, ana } = await withTicket(world, { phone: true });
  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').click();
  await expect(ines.page.getByRole('note')).toHaveCount(0);
  await expect(await options(ines, false)).toContainText('El cliente no está conectado');
  await ines.shot('not-connected');

  await ana.comesIntoPortal(1);
  await ana.shot('phone');
  await (await options(ines, true)).click();
  await expect(ines.talk(ana.email)).toBeVisible();
  await ana.findsWindow();
  await ines.saysTo(ana.email, '¿Estarás mañana en casa?');
  await ana.sees('¿Estarás mañana en casa?');
  await ana.shot('called');
  await ana.says('Sí, todo el día.');
  await ines.sees('Sí, todo el día.');

  // Folded, what is said is announced; opened again, it is there.
  await ana.button('Minimizar').click();
  await ines.saysTo(ana.email, 'Perfecto.');
  await expect(ana.page).toHaveTitle(/1/);
  await ana.page.getByRole('button', { name: 'Tienes una conversación en curso.' }).click();
  await ana.sees('Perfecto.');
  await ana.ends();
  await ines.sees('Usuario final finalizó la conversación');
  // Its words are in the ticket from which she was called, which leads back to them.
  await expect(ines.page.getByText(/^Lo que se dijo está en el ticket \d+\.$/)).toBeVisible();
  await ines.shot('kept-in-its-ticket');
  await ines.talk(ana.email).getByRole('link', { name: 'Ver el ticket' }).click();
  await expect(ines.page.getByText('Continuó en la conversación')).toBeVisible();
  await ines.papers.getByRole('link', { name: /^Conversación \d+$/ }).click();
  await ines.sees('Sí, todo el día.');
});

story('a widget that is open without a conversation is called as well', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  await ines.closes();
  await ines.saves('Parado', { subject: 'Lámpara rota' });
  await ana.sees('Agente finalizó la conversación');
  // On another page: what is over is before her, and nothing runs.
  await ana.visits('/lampara');
  await ana.pressesLauncher();

  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').click();
  await (await options(ines, true)).click();
  await ines.saysTo('Ana Belmonte', '¿Sigues ahí?');
  await ana.findsWindow();
  await ana.sees('¿Sigues ahí?');
  await ana.says('Aquí sigo.');
  await ines.sees('Aquí sigo.');
});
