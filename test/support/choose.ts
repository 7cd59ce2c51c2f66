import type { Locator } from 'playwright-core';

/**
 * Chooses one of a list that opens at a button, as `Select` of the console's components has it: the one that is called so,
 * else the first whose name has it.
 */
export async function choose(scope: Locator, label: string, option: string | RegExp): Promise<void> {
  await scope.getByRole('button', { name: label }).first().click();
  const list = scope.page().getByRole('listbox');
  await list.waitFor();
  const called = list.getByRole('option', { name: option, exact: true });
  await ((await called.count()) > 0 ? called : list.getByRole('option', { name: option })).first().click();
  await list.waitFor({ state: 'detached' });
}
