import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What axe finds serious or critical in a page or in a part of it, a line each. */
export async function findFlaws(page: Page, part?: string): Promise<string[]> {
  // There are no frames of others in it, for whose sake axe would open a page of its own each time.
  const axe = new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    // What React Aria has a screen reader say, and a notice that is on its way out, belong to no view.
    .exclude('[data-live-announcer]')
    .exclude('.toast[aria-hidden=true]');
  const { violations } = await (part === undefined ? axe : axe.include(part)).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${new URL(page.url()).pathname}: ${id} at ${nodes.map(({ html }) => html).join(', ')}`,
    );
}
