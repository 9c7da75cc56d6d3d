// The whole way in the other two languages: every state has its picture in light and dark, on a desk and
// on a phone, and no sentence of the first language is left in it.
import { story, expect, RETURNS } from '../world/world.js';
import { saying, serveHost, snippets } from '../world/hosts.js';

const SENTENCES = {
  pt: {
    locale: 'pt-BR', hello: 'Olá, como podemos ajudar?', begin: 'Iniciar conversa', slip: 'Falta algo: por exemplo, ana@correio.com.br',
    question: 'Sobre qual assunto você quer falar?', here: 'Inés está online', place: 'Seu lugar na fila', joined: 'Inés Robledo entrou na conversa',
    ask: 'Encerrar a conversa?', over: 'Usuário final finalizou a conversa', rate: 'Como foi o atendimento?', thanks: 'Obrigado pela avaliação.',
    nobody: 'Não há ninguém agora.', number: /^Solicitação \d+\. Vamos responder para ana@correo\.example\.$/, found: /artigo/, query: 'devolver', lost: /^Sem conexão/,
  },
  en: {
    locale: 'en-GB', hello: 'Hello, how can we help?', begin: 'Start a conversation', slip: 'Something is missing: for example, ana@mail.com',
    question: 'What would you like to talk about?', here: 'Inés is online', place: 'Your place in the queue', joined: 'Inés Robledo has joined the conversation',
    ask: 'End the conversation?', over: 'End user ended the conversation', rate: 'How did we do?', thanks: 'Thank you for your rating.',
    nobody: 'Nobody is here now.', number: /^Request \d+\. We will answer to ana@correo\.example\.$/, found: /article/, query: 'return', lost: /^No connection/,
  },
};

/** By what a button does: what it says is in another language each time. */
const press = (ana, act) => ana.window.locator(`[data-do=${act}]`).filter({ visible: true }).first().click();

/** Nothing of Spanish is left in what is seen, but for what people of the shop wrote. */
async function isIn(ana, lang) {
  await expect(ana.window.locator('html')).toHaveAttribute('lang', lang);
  const seen = await ana.window.locator('body').innerText();
  expect(seen).not.toMatch(/\b(conversación|está en línea|hay|Tu lugar|Volver|Elige|ingresado|finalizó|atiende)\b/i);
}

for (const [lang, says] of Object.entries(SENTENCES)) {
  for (const phone of [false, true]) {
    story(`from home to the rating in ${lang}${phone ? ', on a phone' : ''}`, async ({ world }) => {
      const [ines, ana, { plain }] = await Promise.all([
        world.agentOnDuty('ines'), world.customer('Ana Belmonte', { phone, locale: says.locale }), snippets(world),
      ]);
      const shows = text => expect(ana.window.getByText(text, { exact: true }).filter({ visible: true }).first()).toBeVisible();
      const shot = async what => {
        await isIn(ana, lang);
        await ana.shot(`${lang}-${phone ? 'phone' : 'desk'}-${what}`);
      };
      await serveHost(ana, 'phone', { snippet: saying(plain, { lang }) });
      await ana.visitsHost('phone');
      await ana.pressesLauncher();
      await shows(says.hello);
      await shot('home');
      await ana.window.getByRole('searchbox').fill(says.query);
      await shows(says.found);
      await shot('found');
      await ana.window.locator('[data-do=article]').first().click();
      await expect(ana.window.locator('#article')).toBeVisible();
      await shot('article');
      await press(ana, 'home');

      await press(ana, 'begin');
      await ana.fillsForm({ email: 'ana@' });
      await ana.window.locator('#form [type=submit]').click();
      await shows(says.slip);
      await shot('form');
      await ana.window.locator('input[type=email]').fill('ana@correo.example');
      await ana.window.locator('#form [type=submit]').click();
      await shows(says.question);
      await shot('subjects');
      await ana.window.getByRole('radio', { name: RETURNS }).check({ force: true });
      await press(ana, 'confirm');
      await shows(says.here);
      await shot('who-is-here');
      await press(ana, 'start');
      await shows(says.place);
      await shot('waiting');

      await ines.attends('Ana Belmonte');
      await shows(says.joined);
      await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
      await shows('Hola, Ana.');
      await ana.window.locator('#draft, textarea').filter({ visible: true }).fill('Chegou quebrado. It arrived broken.');
      await ana.page.keyboard.press('Enter');
      await ines.sees('Chegou quebrado. It arrived broken.');
      await shot('talk');
      await ana.context.setOffline(true);
      await ana.window.evaluate(() => dispatchEvent(new Event('offline')));
      await shows(says.lost);
      await shot('cut');
      await ana.context.setOffline(false);
      await ana.window.evaluate(() => dispatchEvent(new Event('online')));
      await expect(ana.window.getByText(says.lost).filter({ visible: true })).toHaveCount(0);

      await press(ana, 'leave');
      await shows(says.ask);
      await shot('ask');
      await press(ana, 'end');
      await expect(ana.window.getByText(says.over).filter({ visible: true })).toBeVisible();
      await shows(says.rate);
      await shot('over');
      await ana.window.getByRole('radio', { name: /^4: / }).check({ force: true });
      await ana.window.locator('#rate [type=submit]').click();
      await expect(ana.window.getByRole('status').filter({ hasText: says.thanks })).toBeVisible();
      await shot('rated');
    });
  }
}

for (const [lang, says] of Object.entries(SENTENCES)) {
  story(`where nobody is online, in ${lang}`, async ({ world }) => {
    const [ana, { plain }] = await Promise.all([world.customer('Ana Belmonte', { locale: says.locale }), snippets(world)]);
    await serveHost(ana, 'phone', { snippet: saying(plain, { lang }) });
    await world.passes({ seconds: 21 });
    await ana.visitsHost('phone');
    await ana.pressesLauncher();
    await press(ana, 'begin');
    await ana.fillsForm();
    await ana.window.locator('#form [type=submit]').click();
    await ana.window.getByRole('radio', { name: RETURNS }).check({ force: true });
    await press(ana, 'confirm');
    await expect(ana.window.getByRole('heading', { name: says.nobody })).toBeVisible();
    await isIn(ana, lang);
    await ana.shot(`${lang}-nobody`);
    await ana.away.getByRole('textbox').fill('La lámpara llegó rota.');
    await ana.away.locator('[type=submit]').click();
    await expect(ana.away.getByText(says.number)).toBeVisible();
    await isIn(ana, lang);
    await ana.shot(`${lang}-left`);
  });
}
