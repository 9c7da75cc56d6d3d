// Files, both ways: pasted, dropped and chosen, refused, cancelled, and sent again.
import { story, expect, RETURNS } from '../world/world.js';
import { eventsOf } from '../world/database.js';
import { brings, picture, text } from '../world/file.js';
import { serveHost, signed, snippets } from '../world/hosts.js';

const BIG = 6 * 1024 * 1024;

async function talking(world, about) {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines', about), world.customer('Ana Belmonte', about)]);
  await ana.queuesFor(RETURNS);
  return attended(ines, ana);
}

async function attended(ines, ana) {
  await ines.attends('Ana Belmonte');
  await ana.sees('Inés Robledo ha ingresado a la conversación');
  return { ines, ana };
}

/** What was attached, as somebody sees it. */
const filesOf = person => person.log.locator('a.file .file__name, a.picture img')
  .evaluateAll(all => all.map(one => one.alt ?? one.textContent));

/** The pictures that are shown. */
const picturesOf = person => person.log.locator('a.picture img');

/** It has come, and is as big as was said before. */
async function isSeen(image, { width, height }) {
  await expect.poll(() => image.evaluate(one => one.complete && one.naturalWidth)).toBe(width);
  await expect(image).toHaveAttribute('width', String(width));
  await expect(image).toHaveAttribute('height', String(height));
}

story('a picture and a text go both ways, open, and stand in the ticket', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const photo = picture('lampara.png');

  await brings(ana.box, 'paste', [photo]);
  await isSeen(picturesOf(ines), { width: 1200, height: 800 });
  await isSeen(picturesOf(ana), { width: 1200, height: 800 });
  await expect(ana.log.getByText(/Enviado|Visto/)).toBeVisible();
  await expect(ana.log.locator('.ring')).toHaveCount(0);
  await expect(ines.row('Ana Belmonte')).toContainText('lampara.png');

  // In a tab of its own it is a picture that may do nothing, not even what a browser or a tester adds.
  const NOTHING = /Applying inline style violates|Blocked script execution/;
  for (const person of [ana, ines]) person.forgives(NOTHING);
  for (const person of [ana, ines]) {
    const opened = person.context.waitForEvent('page');
    await person.log.locator('a.picture').click();
    const tab = await opened;
    await tab.waitForLoadState();
    expect(await tab.evaluate(() => [document.contentType, document.images[0].naturalWidth])).toEqual(['image/png', 1200]);
    await tab.close();
  }

  await ines.page.locator('input[type=file]').setInputFiles(text('etiqueta-recogida.txt', 'Recogida ñ: mañana, de 9 a 11.'));
  const label = ana.log.locator('a.file');
  await expect(label).toContainText('etiqueta-recogida.txt');
  await expect(label).toContainText('1 KB');
  await expect(label).toHaveAttribute('href', /pass=/);
  const saved = await ana.page.request.get(new URL(await label.getAttribute('href'), world.console).href);
  expect([saved.status(), await saved.text()]).toEqual([200, 'Recogida ñ: mañana, de 9 a 11.']);
  expect(saved.headers()['content-disposition']).toContain('attachment');

  await brings(ana.log, 'dragover', [text('a.txt', 'a')]);
  await expect(ana.window.getByText('Suelta aquí los archivos')).toBeVisible();
  await ana.shot('dropping');
  await brings(ana.log, 'drop', [text('pedido.csv', 'lámpara;1', 'text/csv'), text('nota.md', '# Hola', '')]);
  await expect(ana.window.getByText('Suelta aquí los archivos')).toBeHidden();
  // Hers are there before his begins: what two send at once may come in either order.
  await expect.poll(() => filesOf(ines)).toEqual(['lampara.png', 'etiqueta-recogida.txt', 'pedido.csv', 'nota.md']);
  await brings(ines.box('Ana Belmonte'), 'paste', [picture('pantalla.png', 300, 500)]);
  for (const person of [ana, ines]) {
    await expect.poll(() => filesOf(person)).toEqual(['lampara.png', 'etiqueta-recogida.txt', 'pedido.csv', 'nota.md', 'pantalla.png']);
  }
  await isSeen(picturesOf(ana).last(), { width: 300, height: 500 });
  await ana.says('Perfecto, gracias.');
  await ines.sees('Perfecto, gracias.');
  // After a reload everything is read again.
  await ana.page.reload();
  await ana.findsWindow();
  await expect.poll(() => filesOf(ana)).toHaveLength(5);
  await isSeen(picturesOf(ana).last(), { width: 300, height: 500 });
  await ana.shot('files');
  await ines.shot('files');

  await ines.closes();
  await ines.saves('Resuelto', { subject: 'Lámpara rota' });
  await ines.looksAtTickets();
  await ines.ticket('Lámpara rota').getByRole('link').click();
  await expect.poll(() => filesOf(ines)).toEqual(['lampara.png', 'etiqueta-recogida.txt', 'pedido.csv', 'nota.md', 'pantalla.png']);
  await isSeen(picturesOf(ines).first(), { width: 1200, height: 800 });
  await ines.shot('ticket');
});

story('a file for nobody but the customer is not taken where one writes for staff', async ({ world }) => {
  const { ines, ana } = await talking(world);

  await ines.writesFor('Nota interna');
  await expect(ines.page.getByLabel(/^Adjuntar/)).toBeDisabled();
  await brings(ines.noteBox, 'paste', [picture('interna.png', 60, 40)]);

  await expect(ines.note('Los archivos son para el cliente')).toBeVisible();
  expect(await filesOf(ines)).toEqual([]);
  expect(await filesOf(ana)).toEqual([]);
});

story('a refused file says why in its bubble, and the talk goes on', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const input = ana.window.locator('#files');
  const refused = name => ana.log.locator('.log__turn', { hasText: name }).or(ana.log.locator('.log__turn', { has: ana.window.locator(`img[alt="${name}"]`) }));
  const sent = [];
  ana.page.on('request', request => request.method() === 'PUT' && sent.push(request.headers()['x-file-name']));

  await input.setInputFiles([
    text('factura.pdf', '%PDF-1.7\n', 'application/pdf'),
    text('enorme.txt', 'a'.repeat(10 * 1024 * 1024 + 1)),
    text('programa.png', 'MZ no es una imagen', 'image/png'),
    text('antigua.csv', Buffer.from('espa\xf1a;1', 'latin1'), 'text/csv'),
    { ...picture('rota.png'), buffer: picture('rota.png').buffer.subarray(0, 900) },
    text('guion.gif', 'GIF89a/*\0\0\0\0*/=1;window.__pwned=1', 'image/gif'),
  ]);
  await expect(refused('factura.pdf')).toContainText('Este tipo de archivo no se admite.');
  await expect(refused('enorme.txt')).toContainText('el máximo es 10 MB.');
  await expect(refused('programa.png')).toContainText('Este tipo de archivo no se admite.');
  await expect(refused('antigua.csv')).toContainText('El texto no está en UTF-8.');
  await expect(refused('rota.png')).toContainText('El archivo está dañado o incompleto.');
  await expect(refused('guion.gif')).toContainText('El archivo está dañado o incompleto.');
  // What is seen here to be too big is not sent to be told so.
  expect(sent).toContain('antigua.csv');
  expect(sent).not.toContain('enorme.txt');
  await ana.shot('refused');
  await ana.says('Te lo escribo, entonces.');
  await ines.sees('Te lo escribo, entonces.');
  expect(await filesOf(ines)).toEqual([]);
  for (const name of ['factura.pdf', 'enorme.txt', 'programa.png', 'antigua.csv', 'rota.png', 'guion.gif']) {
    await refused(name).getByRole('button', { name: 'Quitar' }).click();
  }
  await expect.poll(() => filesOf(ana)).toEqual([]);

  await ines.page.locator('input[type=file]').setInputFiles(text('pagina.html', '<script>window.__pwned = 1</script>', 'text/html'));
  await expect(ines.log).toContainText('No se envió: Este tipo de archivo no se admite.');
  await ines.shot('refused');
  await ines.log.getByRole('button', { name: 'Quitar' }).click();
  await expect.poll(() => filesOf(ines)).toEqual([]);

  // A picture that is a page besides is made anew, and only the picture is left.
  const both = picture('doble.png', 40, 30);
  await input.setInputFiles({ ...both, buffer: Buffer.concat([both.buffer, Buffer.from('<script>window.__pwned = 1</script>')]) });
  const anew = ines.log.locator('a.picture');
  await expect(anew).toHaveAttribute('href', /pass=/);
  const kept = await ines.page.request.get(new URL(await anew.getAttribute('href'), world.console).href);
  expect([kept.status(), (await kept.text()).includes('__pwned')]).toEqual([200, false]);
  await ana.isUnharmed();
});

/** From now on so many bytes a second go up from here; -1: as many as can. */
async function flowing(person) {
  const line = await person.context.newCDPSession(person.page);
  await line.send('Network.enable');
  return bytes => line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });
}

/** Some of it has gone. */
const goes = ring => expect.poll(async () => Number(await ring.getAttribute('aria-valuenow'))).toBeGreaterThan(4);

story('an upload is cancelled, and another goes on after the server was killed', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const input = ana.window.locator('#files');
  const ring = ana.log.getByRole('progressbar');
  const flows = await flowing(ana);
  await flows(400 * 1024);

  await input.setInputFiles(text('cancelada.txt', 'a'.repeat(BIG)));
  await goes(ring);
  await ana.shot('on-its-way');
  await ana.log.getByRole('button', { name: 'Cancelar' }).click();
  await expect.poll(() => filesOf(ana)).toEqual([]);

  await input.setInputFiles(text('repetida.txt', 'b'.repeat(BIG)));
  await goes(ring);
  await world.server.kill();
  await expect(ana.log.getByText('No se envió.')).toBeVisible();
  await ana.shot('not-sent');
  await ana.log.getByRole('button', { name: 'Reintentar' }).click();
  await expect(ana.log.getByText('No se envió.')).toBeVisible();
  await flows(-1);
  await world.server.start();

  await expect.poll(() => filesOf(ines)).toEqual(['repetida.txt']);
  await expect.poll(() => filesOf(ana)).toEqual(['repetida.txt']);
  await expect(ring).toHaveCount(0);
  const chat = ines.chat;
  await ana.says('¿Ha llegado?');
  await world.server.stop();
  const kept = (await eventsOf(world.server, chat)).filter(({ event }) => event.Attached);
  expect(kept.map(({ event }) => [event.Attached.file.name, event.Attached.file.size])).toEqual([['repetida.txt', BIG]]);
});

story('on a phone files are chosen and seen', async ({ world }) => {
  const { ines, ana } = await talking(world, { phone: true });

  await ana.window.locator('#files').setInputFiles([picture('lampara.png'), text('un-nombre-de-archivo-muy-largo-que-no-cabe-en-la-pantalla.txt', 'hola')]);
  await expect.poll(() => filesOf(ines)).toHaveLength(2);
  await isSeen(picturesOf(ines), { width: 1200, height: 800 });
  await ines.page.locator('input[type=file]').setInputFiles([picture('alta.png', 300, 1200), picture('punto.png', 16, 16)]);
  await expect.poll(() => filesOf(ana)).toHaveLength(4);
  await isSeen(picturesOf(ana).last(), { width: 16, height: 16 });
  for (const person of [ana, ines]) {
    const wide = await (person.window ?? person.page).evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, `${person.name}'s screen is not wider than it is`).toBe(0);
    // What is too wide would scroll inside the conversation, and a high picture push the words away.
    const cards = person.log.locator('a.file, a.picture');
    await expect(cards).toHaveCount(4);
    const tooBig = await cards.evaluateAll(all => all.map(one => one.getBoundingClientRect())
      .filter(({ left, right, height }) => left < 0 || right > innerWidth || height > innerHeight / 2));
    expect(tooBig, `no card is bigger than ${person.name}'s screen lets it be`).toEqual([]);
  }
  await ana.shot('phone-files');
  await ines.shot('phone-files');
});

story('what he sends and sees outlives his becoming somebody', async ({ world }) => {
  const [ines, ana, { plain }] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte'), snippets(world)]);
  await serveHost(ana, 'spa', { snippet: plain });
  await ana.visitsHost('spa');
  await ana.pressesLauncher();
  await ana.asksFor(RETURNS);
  await attended(ines, ana);
  await brings(ana.box, 'paste', [picture('antes.png', 60, 40)]);
  const before = ana.log.locator('a.picture');
  await expect(before).toHaveAttribute('href', /pass=/);
  const address = new URL(await before.getAttribute('href'), world.console).href;

  const flows = await flowing(ana);
  await flows(400 * 1024);
  await ana.window.locator('#files').setInputFiles([text('larga.txt', 'a'.repeat(BIG)), picture('despues.png', 300, 200)]);
  await goes(ana.log.getByRole('progressbar'));
  await ana.page.evaluate(proof => Recado('identify', proof), signed('ana-1', { name: 'Ana Belmonte' }));
  await expect(ines.papers.getByText('Identidad comprobada')).toBeVisible();
  await flows(-1);

  for (const person of [ines, ana]) await expect.poll(() => filesOf(person)).toEqual(['antes.png', 'larga.txt', 'despues.png']);
  await expect(ana.log.getByText(/No se envió/)).toHaveCount(0);
  await isSeen(picturesOf(ana).last(), { width: 300, height: 200 });
  expect((await ana.page.request.get(address)).status()).toBe(200);
});

story('who is asked to wait a little waits, and who is asked to wait for long is told', async ({ world }) => {
  const { ines, ana } = await talking(world);
  const sent = [], at = {};
  // As the server says it: a refusal, too many, and the seconds.
  const answers = { pronto: ['1', [0, 3, 1]], tarde: ['3600', [0, 3, 0x90, 0x1c]] };
  for (const person of [ana, ines]) {
    await person.page.route('**/files/*', route => {
      if (route.request().method() !== 'PUT') return route.fallback();
      const name = decodeURIComponent(route.request().headers()['x-file-name']);
      const [seconds, body] = answers[name.split('-')[0]];
      const again = sent.includes(name);
      sent.push(name);
      (at[name] ??= []).push(Date.now());
      return again ? route.continue() : route.fulfill({ status: 429, headers: { 'Retry-After': seconds }, body: Buffer.from(body) });
    });
  }

  for (const [person, input] of [[ana, ana.window.locator('#files')], [ines, ines.page.locator('input[type=file]')]]) {
    const [soon, late] = [`pronto-${person.short}.txt`, `tarde-${person.short}.txt`];
    await input.setInputFiles([text(soon, 'hola'), text(late, 'hola')]);
    await expect(person.log.getByText('Espera 60 min')).toBeVisible();
    expect(sent.slice(-3), 'one after the other').toEqual([soon, soon, late]);
    expect(at[soon][1] - at[soon][0], 'after the second that he was asked to wait').toBeGreaterThan(950);
    await person.shot('waits');
    await person.log.getByRole('button', { name: 'Reintentar' }).click();
    await expect(person.log.getByText('Espera 60 min')).toHaveCount(0);
  }

  const all = ['pronto-ana.txt', 'tarde-ana.txt', 'pronto-ines.txt', 'tarde-ines.txt'];
  for (const person of [ines, ana]) await expect.poll(() => filesOf(person)).toEqual(all);
});

story('an application without files offers none, and takes none', async ({ world }) => {
  await world.server.set({ setup: { files: false } });
  const { ines, ana } = await talking(world);
  const photo = picture('foto.png', 60, 40);

  await expect(ana.window.locator('#clip')).toBeHidden();
  await brings(ana.log, 'dragover', [photo]);
  await expect(ana.window.getByText('Suelta aquí los archivos')).toBeHidden();
  for (const how of ['paste', 'drop']) await brings(ana.box, how, [photo]);
  const saying = ana.page.waitForRequest(/\/acts$/);
  await ana.says('Entonces lo escribo.');
  await ines.sees('Entonces lo escribo.');
  await ana.shot('no-files');

  await expect(ines.page.getByTitle(/^Adjuntar/)).toBeHidden();
  await brings(ines.box('Ana Belmonte'), 'dragover', [photo]);
  await expect(ines.page.getByText('Suelta aquí los archivos')).toBeHidden();
  await brings(ines.box('Ana Belmonte'), 'paste', [photo]);
  await expect(ines.note('Aquí no se pueden enviar archivos.')).toBeVisible();
  for (const person of [ana, ines]) {
    expect(await filesOf(person)).toEqual([]);
    await expect(person.log.getByText(/No se envió/)).toHaveCount(0);
  }
  // Whoever goes around the window is refused at the door.
  const said = await saying;
  const door = said.url().replace(/acts$/, `files/${'7'.repeat(32)}`);
  const headers = { authorization: said.headers().authorization, 'content-type': 'text/plain', 'x-file-name': 'a.txt' };
  const answer = await ana.page.request.put(door, { headers, data: 'hola' });
  expect([answer.status(), await answer.text()]).toEqual([415, expect.stringContaining('NoFiles')]);
});
