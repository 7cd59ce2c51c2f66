import type { Download, Locator, Page } from 'playwright-core';

/** An entry of a menu that is opened by this button. */
export async function fromMenu(page: Page, button: Locator, entry: string): Promise<Locator> {
  await button.click();
  return page.getByRole('menuitem', { name: entry });
}

/** What a press brings into the browser's downloads, as text. */
export async function download(page: Page, press: () => Promise<void>): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return await textOf(file);
}

async function textOf(file: Download): Promise<string> {
  const stream = await file.createReadStream();
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * From now on, calls to what ends so reach the API and take effect there, and their answers are lost on the way. Returns
 * how to end that.
 */
export async function loseAnswers(page: Page, pattern: RegExp): Promise<{ end: () => Promise<void> }> {
  await page.route(pattern, async (route) => {
    if (route.request().method() !== 'POST') return await route.fallback();
    await route.fetch();
    await route.abort('connectionreset');
  });
  return { end: () => page.unroute(pattern) };
}

/** A box by the keyboard: what one sees of it is drawn by something else, and its input has no place of its own. */
export async function tick(box: Locator): Promise<void> {
  await box.press('Space');
  await box.and(box.page().locator(':checked')).waitFor({ state: 'attached' });
}
