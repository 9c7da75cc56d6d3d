// Without a mouse, and with a reader: dialogs and menus say what they are, and give the focus back.
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
  await ines.page.route('**/api/group/attendants', () => {});
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
