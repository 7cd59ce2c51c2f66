import type { Locator } from 'playwright-core';

/** Chooses one of a list that opens at a button, as `Select` of the console's components has it. */
export async function choose(scope: Locator, label: string, option: string | RegExp): Promise<void> {
  await scope.getByRole('button', { name: label }).first().click();
  const options = scope.page().getByRole('listbox');
  await options.getByRole('option', { name: option }).first().click();
  await options.waitFor({ state: 'detached' });
}
