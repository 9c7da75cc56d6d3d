// Nobody attends: outside the hours, on a holiday, or because the last agent has gone. For twenty
// seconds after a start nobody counts as gone, so some stories let them pass.
import { story, expect, RETURNS } from '../world/world.js';

/** Open around the clock, every day, but for what is said. */
const ALWAYS = {
  zone: 'America/Sao_Paulo',
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
};

/** A day in São Paulo, so many days from a moment. */
function day(now, days) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date(now + days * 86_400_000));
}

story('on a holiday: a message, its number, and a ticket of the team', async ({ world }) => {
  const now = await world.server.now();
  const holidays = [0, 1].map(days => ({ name: 'Fiesta', date: day(now, days) }));
  await world.server.set({ setup: { hours: { ...ALWAYS, holidays } } });
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  const sent = [];
  await ana.page.exposeFunction('sent', detail => sent.push(detail));
  await ana.page.addInitScript(() => addEventListener('load', () => window.Recado?.('on', 'offline-sent', event => window.sent(JSON.stringify(event ?? null)))));
  await ana.opens();
  await expect(ana.window.getByText(/^Estamos fuera de horario\. Volvemos (hoy|el \S+) a las? \d+:\d\d\.$/)).toBeVisible();
  await ana.shot('home');
  await ana.startsConversation();
  await ana.fillsForm();
  await ana.confirmsForm();
  await ana.choosesSubject(RETURNS);
  await expect(ana.away.getByRole('heading', { name: 'Estamos fuera de horario.' })).toBeVisible();
  await expect(ana.away.getByText(/te respondemos a ana@correo\.example\.$/)).toBeVisible();
  await expect(ana.away.getByRole('link', { name: 'WhatsApp' })).toHaveAttribute('href', 'https://wa.me/34600000123');
  await ana.box.fill('La lámpara llegó con la pantalla rota. ¿Podéis mandar otra?');
  await ana.shot('form');

  // What she wrote outlives a reload.
  await ana.page.waitForTimeout(400);
  await ana.page.reload();
  await ana.pressesLauncher();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await expect(ana.box).toHaveValue('La lámpara llegó con la pantalla rota. ¿Podéis mandar otra?');
  await ana.button('Dejar mensaje').click();
  const number = await ana.isToldNumber();
  await expect.poll(() => sent.join()).toContain(String(number));
  await ana.shot('left');

  await ines.looksAtTickets('open');
  const row = ines.ticket('La lámpara llegó con la pantalla rota');
  await expect(row).toContainText(String(number));
  await row.getByRole('link').first().click();
  await expect(ines.page.getByText('Mensaje fuera de línea').first()).toBeVisible();
  await expect(ines.page.locator('.bubble')).toHaveText('La lámpara llegó con la pantalla rota. ¿Podéis mandar otra?');
  await expect(ines.papers.getByText('ana@correo.example')).toBeVisible();
  await expect(ines.papers.getByLabel('Responsable')).toHaveValue('');
  // No mail is set up: nobody pretends that she could be written to, and it is said what is left.
  const unable = ines.page.getByRole('note');
  await expect(unable).toContainText('se le promete una respuesta');
  await expect(unable).toContainText('Aquí no está configurado el correo');
  await expect(unable.getByRole('link', { name: 'ana@correo.example' })).toHaveAttribute('href', 'mailto:ana@correo.example');
  await expect(ines.page.getByRole('radio', { name: 'Responder por correo' })).toHaveCount(0);
  await ines.shot('ticket');
});

story('the last agent leaves while two wait: one stays, one leaves a message with all his words', async ({ world }) => {
  const [ines, ana, dario] = await Promise.all([
    world.agentOnDuty('ines'), world.customer('Ana Belmonte'), world.customer('Darío Pons', { phone: true }),
  ]);
  await world.passes({ seconds: 21 });
  await ana.queuesFor(RETURNS);
  await dario.queuesFor(RETURNS);
  await dario.says('Mi pedido no llegó.');
  await dario.isAtPlace(2);

  await ines.status.getByRole('radio', { name: 'Offline' }).check({ force: true });
  const gone = who => who.window.getByText('Ahora no hay nadie. Conservas tu lugar.');
  await expect(gone(ana)).toBeVisible();
  await expect(gone(dario)).toBeVisible();
  await ana.isAtPlace(1);
  await dario.box.fill('Llámenme mañana.');
  await ana.shot('waits');
  await dario.shot('waits');
  await dario.button('Dejar mensaje').click();
  await expect(dario.away).toBeVisible();
  await expect(dario.away.getByRole('textbox')).toHaveValue('Llámenme mañana.');
  await dario.shot('message');
  await dario.away.getByRole('button', { name: 'Dejar mensaje' }).click();
  await dario.sees('Llámenme mañana.');
  await expect(dario.window.getByText('Usuario final finalizó el chat')).toBeVisible();
  await expect(dario.window.locator('#kept').getByText('Tu mensaje está guardado')).toBeVisible();
  await dario.shot('left');

  await ines.comesOnline();
  await expect(gone(ana)).toBeHidden();
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await ines.looksAtTickets();
  await expect(ines.ticket('Mi pedido no llegó')).toHaveCount(1);
  await ines.ticket('Mi pedido no llegó').getByRole('link').first().click();
  await ines.sees('Llámenme mañana.');
  expect(await ines.transcript()).toEqual(['customer: Mi pedido no llegó.', 'customer: Llámenme mañana.']);
});

story('an agent who comes while the message is written finds its words where they belong', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await world.passes({ seconds: 21 });
  await ana.queuesFor(RETURNS);
  await ines.status.getByRole('radio', { name: 'Offline' }).check({ force: true });
  await ana.button('Dejar mensaje').click();
  await ana.away.getByRole('textbox').fill('Ya me voy.');

  await ines.comesOnline();
  await ines.attends('Ana Belmonte');

  await ana.sees('Inés Robledo ha ingresado a la conversación');
  await expect(ana.box).toHaveValue('Ya me voy.');
});

story('an application without messages names its other ways and is no dead end', async ({ world }) => {
  await world.server.set({ setup: { when_away: 'nothing' } });
  const ana = await world.customer('Ana Belmonte', { phone: true });
  await ana.opens();
  await ana.startsConversation();
  await ana.fillsForm();
  await ana.confirmsForm();
  await ana.choosesSubject(RETURNS);
  await expect(ana.away.getByRole('heading', { name: 'Ahora no hay nadie.' })).toBeVisible();
  await expect(ana.away.getByRole('link')).toHaveCount(3);
  await expect(ana.away.getByRole('textbox')).toBeHidden();
  await ana.shot('unavailable');

  const ines = await world.agentOnDuty('ines');
  await ana.button('Volver a intentarlo').click();
  await ana.startsChat();
  await ines.attends('Ana Belmonte');
});

story('a consent is asked for, kept with its version, and asked again when it has changed', async ({ world }) => {
  const form = version => [
    { key: 'name', label: 'Nombre', kind: 'Name', required: true },
    { key: 'email', label: 'Correo electrónico', kind: 'Email', required: true },
    { key: 'wood', label: 'Madera', kind: 'Choice', required: false, options: ['Roble', 'Nogal'] },
    { key: 'policy', label: 'Privacidad', kind: 'Consent', required: true, consent: { text: 'He leído cómo se tratan mis datos.', version, link: `${world.shop}/contacto` } },
  ];
  await world.server.set({ form: form('2026-11') });
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.opens();
  await ana.startsConversation();
  await ana.fillsForm();
  await ana.window.getByLabel('Madera').selectOption('Nogal');
  const consent = () => ana.window.getByRole('checkbox', { name: /He leído cómo se tratan mis datos/ });
  await expect(consent()).not.toBeChecked();
  await ana.confirmsForm();
  await expect(ana.window.getByText('Marca la casilla para continuar.')).toBeVisible();
  await ana.shot('consent-slip');
  await consent().check();
  await ana.shot('consent');
  await ana.confirmsForm();
  await ana.choosesSubject(RETURNS);
  await ana.startsChat();
  await ines.attends('Ana Belmonte');
  await expect(ines.papers.getByText('He leído cómo se tratan mis datos. · 2026-11')).toBeVisible();
  await expect(ines.papers.getByText('Nogal')).toBeVisible();
  await ana.ends();
  await ana.button('Otra conversación').click();
  await expect(ana.button('Iniciar conversación')).toBeVisible();

  // Another page, another day: what she typed is there, and she agreed to this very text. Nothing is left to ask.
  await ana.page.reload();
  await ana.pressesLauncher();
  await expect(ana.window.getByRole('heading', { name: 'Hola, Ana Belmonte' })).toBeVisible();
  await ana.startsConversation();
  await ana.choosesSubject(RETURNS);
  await expect(ana.button('Iniciar chat')).toBeVisible();

  // It changes while she is about to start: what she typed is kept, and her consent is asked for anew.
  await world.server.set({ form: form('2026-12') });
  await ana.button('Iniciar chat').click();
  await expect(ana.window.getByText('Marca la casilla para continuar.')).toBeVisible();
  await expect(consent()).not.toBeChecked();
  for (const [asked, typed] of [['Nombre', 'Ana Belmonte'], ['Correo electrónico', ana.email], ['Madera', 'Nogal']]) {
    await expect(ana.window.getByLabel(asked)).toHaveValue(typed);
  }
});
