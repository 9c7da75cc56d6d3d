// What is asked before a conversation (R8, R13), and where there is nothing to choose (R14).
import { story, expect } from '../world/world.js';
import { FORM } from '../world/customer.js';
import { saying, serveHost, snippets } from '../world/hosts.js';

const CATALOGUE = 'pk_casanogal0catalogo1';

story('a slip in the form is told at its field, and nothing that was typed is lost', async ({ world }) => {
  const ana = await world.customer('Ana Belmonte');
  const field = name => ana.window.getByLabel(name);
  const told = name => ana.window.locator('.field').filter({ has: field(name) }).getByRole('alert');
  await ana.opens();
  await ana.startsConversation();
  await ana.fillsForm({ email: 'ana@', order: 'N-204' });
  await ana.confirmsForm();
  await expect(told(FORM.email)).toHaveText('Falta algo: por ejemplo, ana@correo.es');
  await expect(field(FORM.email)).toBeFocused();
  await expect(field(FORM.email)).toHaveAttribute('aria-invalid', 'true');
  await expect(told(FORM.name)).toBeHidden();
  await ana.shot('slip');

  // Nothing was sent, nothing is kept, and all of it still stands there.
  expect(await ana.window.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await expect(field(FORM.name)).toHaveValue('Ana Belmonte');
  await expect(field(FORM.order)).toHaveValue('N-204');
  await field(FORM.email).fill('ana@correo.example');
  await ana.confirmsForm();
  await expect(ana.button('Confirmar')).toBeVisible();
  for (const said of ['Ana Belmonte', 'ana@correo.example', 'N-204']) await expect(ana.window.locator('#answers').getByText(said)).toBeVisible();
});

story('where there is one subject it is chosen, no list is shown, and at the end it was good or bad', async ({ world }) => {
  const [lucia, ana, { plain }] = await Promise.all([world.agentOnDuty('lucia'), world.customer('Ana Belmonte'), snippets(world)]);
  await serveHost(ana, 'phone', { snippet: saying(plain, { key: CATALOGUE }) });
  await ana.visitsHost('phone');
  await ana.pressesLauncher();
  await ana.startsConversation();
  await ana.window.getByLabel(FORM.name).fill('Ana Belmonte');
  await ana.confirmsForm();
  await expect(ana.button('Iniciar chat')).toBeVisible();
  await expect(ana.window.getByText('¿Sobre qué tema quieres hablar?')).toBeHidden();
  await expect(ana.window.getByRole('radio').filter({ visible: true })).toHaveCount(0);
  await expect(ana.window.getByText('Lucía está en línea')).toBeVisible();
  await ana.shot('one-subject');
  await ana.startsChat();
  await lucia.attends('Ana Belmonte');
  await expect(lucia.talk('Ana Belmonte').or(lucia.papers).getByText('Ayuda para elegir').first()).toBeVisible();
  await ana.ends();

  await expect(ana.window.getByRole('heading', { name: '¿Qué tal te hemos atendido?' })).toBeVisible();
  await ana.window.getByRole('radio', { name: 'Bien', exact: true }).check({ force: true });
  await ana.shot('good-or-bad');
  await ana.button('Enviar valoración').click();
  await expect(ana.window.getByText('Gracias por tu valoración.')).toBeVisible();
  await lucia.sees('Ana Belmonte valoró la conversación: satisfecho');
});
