// Without a mouse, and with a reader: dialogs and menus say what they are, and give the focus back.
import { PASSWORD } from '../world/agent.js';
import { story, expect, RETURNS } from '../world/world.js';

story('a dialog and a menu say what they are, close alone on Esc, and give the focus back', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agentOnDuty('ines'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(RETURNS);
  await ines.attends('Ana Belmonte');
  await ines.saysTo('Ana Belmonte', 'Hola, Ana.');
  const { keyboard } = ines.page;
  const dialog = ines.page.getByRole('dialog');
  const finish = ines.talk('Ana Belmonte').getByRole('button', { name: 'Finalizar' });

  await finish.focus();
  await keyboard.press('Enter');
  await expect(dialog).toHaveAccessibleName('¿Finalizar la conversación?');
  await expect(dialog).toHaveAccessibleDescription(/El cliente ya no podrá escribir aquí/);
  await expect(dialog.getByRole('button', { name: 'Finalizar' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(finish).toBeFocused();

  // A menu whose items never come hears Esc all the same.
  await ines.page.route('**/api/chat/colleagues', () => {});
  const invite = ines.page.getByRole('button', { name: 'Invitar a la conversación' });
  await invite.focus();
  await keyboard.press('Enter');
  await expect(ines.page.getByRole('menu')).toBeFocused();
  await keyboard.press('Escape');
  await expect(ines.page.getByRole('menu')).toHaveCount(0);
  await expect(invite).toBeFocused();

  await finish.focus();
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await expect(ines.page.locator('.talk__done')).toBeFocused();
  await expect(ines.page.locator('.talk__done')).toContainText('Ahora, el ticket.');

  const how = ines.papers.getByRole('button', { name: 'Guardar como…' });
  await how.focus();
  await keyboard.press('Enter');
  await expect(ines.page.getByRole('menu', { name: 'Guardar como…' })).toBeVisible();
  await expect(ines.page.getByRole('menuitemradio', { name: /^Resuelto/ })).toBeFocused();
  await keyboard.press('Escape');
  await expect(ines.page.getByRole('menu')).toHaveCount(0);
  await expect(how).toBeFocused();
  await expect(ines.papers.getByLabel('Asunto')).toBeVisible();
});

/** Presses a key until this has the focus, as somebody does who has no mouse. */
async function reaches(page, wanted, key = 'Tab') {
  for (let presses = 0; presses < 90; presses += 1) {
    if ((await wanted.count()) && (await wanted.first().evaluate(one => one === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${wanted} was not reached with ${key}`);
}

story('from the sign-in to the saved ticket without a mouse', async ({ world }) => {
  const [ines, ana] = await Promise.all([world.agent('ines'), world.customer('Ana Belmonte')]);
  const { page } = ines;
  const { keyboard } = page;
  const press = async (wanted, key = 'Enter') => {
    await reaches(page, wanted);
    await keyboard.press(key);
  };
  const types = async (wanted, text) => {
    await reaches(page, wanted);
    await keyboard.type(text);
  };

  await page.goto(`${world.console}/chat`);
  await types(page.locator('input[type=email]'), ines.email);
  await types(page.locator('input[type=password]'), PASSWORD);
  await keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Principal' })).toBeVisible();
  const online = ines.status.getByRole('radio', { name: 'Online' });
  await reaches(page, ines.status.getByRole('radio', { checked: true }));
  if (!(await online.isChecked())) {
    const kept = page.waitForResponse(answer => answer.url().endsWith('/api/me/online'));
    await keyboard.press('ArrowLeft');
    await expect(online).toBeChecked();
    await kept;
  }

  await ana.queuesFor(RETURNS);
  await ana.says('La lámpara llegó rota.');
  await expect(ines.row('Ana Belmonte')).toContainText('La lámpara llegó rota.');
  await press(ines.attendButton('Ana Belmonte'));
  await expect(ines.talk('Ana Belmonte')).toBeVisible();
  await types(ines.box('Ana Belmonte'), 'Hola, Ana. Mañana la recogemos.');
  await keyboard.press('Enter');
  await ana.sees('Mañana la recogemos.');

  // Another tab, and back.
  await press(page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Tickets' }));
  await expect(ines.tickets).toBeVisible();
  await press(page.getByRole('navigation', { name: 'Principal' }).getByRole('link', { name: 'Chat' }));
  await press(ines.tab('Ana Belmonte'));
  await expect(ines.talk('Ana Belmonte')).toBeVisible();

  await press(ines.talk('Ana Belmonte').getByRole('button', { name: 'Finalizar' }));
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Finalizar' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.locator('.talk__done')).toBeFocused();
  await reaches(page, ines.papers.getByLabel('Asunto'));
  await keyboard.press('Control+A');
  await keyboard.type('Lámpara rota');
  await press(ines.papers.getByRole('button', { name: 'Guardar como Resuelto', exact: true }));
  await expect(ines.note(/Ticket \d+ guardado como Resuelto\./)).toBeVisible();
});
