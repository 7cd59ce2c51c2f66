import { navigation } from '@naru/console/app/navigation.ts';
import { mayCall, roles, scopesOfRole } from '@naru/wire/role.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFlaws } from '../support/axe.ts';
import { type Console, startConsole } from '../support/console.ts';
import { LOOKS } from '../support/desk.ts';
import { findCovered } from '../support/find-covered.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let shown: Console;

beforeAll(async () => {
  stack = await startStack({ accounts: 4, deposits: true });
  shown = await startConsole(stack);
});
afterAll(async () => {
  await shown?.stop();
  await stack?.stop();
});

const views = navigation.flatMap(({ entries }) => entries);
/** Everything that a page should not do: a refusal by its own policy, an error that nobody caught. */
function watch(page: Page): string[] {
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 4')) wrong.push(message.text());
  });
  return wrong;
}

describe.each(LOOKS)('in $locale, $theme, on a $size', (look) => {
  test('every view draws, says its name, and axe finds nothing serious in it', {
    timeout: 600_000,
  }, async () => {
    const context = await shown.signIn('admin', look);
    const page = await context.newPage();
    const wrong = watch(page);
    const found: string[] = [];
    await page.goto(`${shown.url}/me`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const { path } of views) {
      // As by a link: the page is there, and only the view is another.
      const before = await page.title();
      await page.evaluate(
        `history.pushState({}, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`,
      );
      await eventually(`the view of ${path}`, async () => ((await page.title()) === before ? null : true));
      // The network is never idle: the page listens to what happens.
      await page
        .locator('[role=status][aria-label="불러오고 있어요"], [role=status][aria-label=Loading]')
        .first()
        .waitFor({ state: 'detached' });
      const title = await page.title();
      if (!title.endsWith(' · Naru')) found.push(`${path}: the document is called "${title}"`);
      const overflow = Number(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      );
      if (overflow > 0) found.push(`${path}: ${overflow} px wider than the screen`);
      for (const pair of await findCovered(page)) found.push(`${path}: one covers the other: ${pair}`);
      found.push(...(await findFlaws(page)));
    }
    await context.close();
    expect(found).toEqual([]);
    expect(wrong).toEqual([]);
  });
});

describe.each(roles)('a person who is %s', (role) => {
  test('is offered what the role may see, and told so where it may not', async () => {
    const context = await shown.signIn(role);
    const page = await context.newPage();
    await page.goto(`${shown.url}/me`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const links = await page.locator('nav a').all();
    const offered = await Promise.all(links.map((link) => link.getAttribute('href')));
    expect(offered).toEqual(
      views.filter(({ scope }) => mayCall(scopesOfRole[role], scope)).map(({ path }) => path),
    );
    const denied = views.find(({ scope }) => !mayCall(scopesOfRole[role], scope));
    if (denied !== undefined) {
      await page.goto(shown.url + denied.path);
      await page.getByRole('heading', { level: 1, name: '이 화면을 볼 권한이 없어요' }).waitFor();
    }
    await context.close();
  });
});
