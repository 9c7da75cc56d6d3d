// To whom a conversation can be handed, and who can be asked to help.
import { story, expect, ORDERS } from '../world/world.js';

story('an agent who is not connected is listed with his state, and cannot be chosen', async ({ world }) => {
  const [ines, tomas, ana] = await Promise.all([world.agentOnDuty('ines'), world.agentOnDuty('tomas'), world.customer('Ana Belmonte')]);
  await ana.queuesFor(ORDERS);
  await ines.attends('Ana Belmonte');
  const his = ines.page.getByRole('menuitem', { name: /^Tomás Vidal/ });
  const redirect = ines.page.getByRole('button', { name: 'Redirigir' });

  await redirect.click();
  await expect(his).toContainText('Online');
  await expect(his).not.toHaveAttribute('aria-disabled', 'true');
  await ines.page.keyboard.press('Escape');
  await expect(redirect).toBeFocused();
  await tomas.leaves();

  for (const opener of [redirect, ines.page.getByRole('button', { name: 'Invitar a la conversación' })]) {
    // The list is read when it is opened, and the server learns only when his line has closed that he is gone.
    await expect(async () => {
      await ines.page.keyboard.press('Escape');
      await opener.click();
      await expect(his).toContainText('Desconectado', { timeout: 2_000 });
    }).toPass();
    await expect(his).toHaveAttribute('aria-disabled', 'true');
    await his.click({ force: true });
    await expect(his).toBeVisible();
    await ines.page.keyboard.press('Escape');
    await expect(his).toBeHidden();
    await expect(opener).toBeFocused();
  }
  await expect(ines.page.locator('.note')).toHaveCount(0);
  await expect(ines.box('Ana Belmonte')).toBeVisible();
});
