import { common } from '@naru/console/i18n/common.ts';
import type { Texts } from '@naru/console/i18n/locale.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import type { Role } from '@naru/wire/role.ts';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { findFlaws } from './axe.ts';
import type { Console } from './console.ts';
import { findCovered } from './find-covered.ts';
import { doorWords, type Look } from './front-door.ts';

/** What the verbs of the console are shown in: each file of tests takes every verb in one of them, and some in both. */
export const LOOKS = [
  { locale: 'ko', theme: 'light', size: 'desktop' },
  { locale: 'en', theme: 'dark', size: 'phone' },
] as const satisfies readonly Look[];

/** For anything on a page, on a machine that does other things as well. */
const WAIT_MS_MAX = 25_000;

export type Command = {
  /** What opens the dialog: a button, or an entry of a menu that is open. */
  open: Locator;
  title: string | RegExp;
  fill?: (dialog: Locator) => Promise<void>;
  /** Where the dialog asks for one. */
  reason?: string;
  /** The button that carries it out. */
  verb: string;
};

/** A person of one role before the console in one look, who has whatever goes wrong written down. */
export type Desk = {
  role: Role;
  look: Look;
  context: BrowserContext;
  /** The words of a view in the language of this desk. */
  words<Words>(texts: Texts<Words>): Words;
  open(path: string): Promise<Page>;
  /** Opens the dialog of a verb, looks at it by axe, carries it out with a proof where one is asked for, and sees it close. */
  carryOut(page: Page, command: Command): Promise<void>;
  /** The last press in a dialog that is open, with a proof where one is asked for; it closes, or `until` is seen. */
  confirm(dialog: Locator, verb: string, until?: Locator): Promise<void>;
  /** What is serious or critical in a page or in a part of it, by axe; in a page also what lies over something else. */
  inspect(page: Page, part?: string): Promise<void>;
  /** Errors of pages, refusals by their own policy, findings of axe. Expected to be nothing. */
  wrong: string[];
  close(): Promise<void>;
};

/** The row of a table, or the card that it is on a phone, which says this. */
export function rowOf(page: Page, text: string | RegExp): Locator {
  return page.locator('main tbody tr, main li').filter({ hasText: text }).first();
}

export async function sitDown(shown: Console, role: Role, look: Look): Promise<Desk> {
  const context = await shown.signIn(role, look);
  // Below that of a test, which would not say what was waited for.
  context.setDefaultTimeout(WAIT_MS_MAX);
  const wrong: string[] = [];
  context.on('weberror', (error) => wrong.push(error.error().message));
  context.on('console', (message) => {
    // A refusal, or an answer that a test has lost on purpose, is no fault of the page.
    const isMeant = /status of 4|net::ERR_FAILED|ERR_CONNECTION_RESET/.test(message.text());
    if (message.type() === 'error' && !isMeant) wrong.push(message.text());
  });
  const inspect = async (page: Page, part?: string) => {
    wrong.push(...(await findFlaws(page, part)));
    if (part === undefined)
      for (const pair of await findCovered(page))
        wrong.push(`${new URL(page.url()).pathname}: one covers the other: ${pair}`);
  };
  const confirm: Desk['confirm'] = async (dialog, verb, until) => {
    const ended = () => (until === undefined ? dialog.waitFor({ state: 'hidden' }) : until.waitFor());
    await dialog.getByRole('button', { name: verb, exact: true }).click();
    const code = dialog.getByLabel(doorWords[look.locale].code);
    const isAsked = await Promise.race([code.waitFor().then(() => true), ended().then(() => false)]);
    if (!isAsked) return;
    await code.fill(await unusedTotp(shown.people[role].totpSecret));
    await dialog.getByRole('button', { name: doorWords[look.locale].verify, exact: true }).click();
    await ended();
  };
  return {
    role,
    look,
    context,
    wrong,
    inspect,
    words: (texts) => texts[look.locale],
    async open(path) {
      const page = await context.newPage();
      await page.goto(shown.url + path);
      await page
        .getByRole('heading', { level: 1 })
        .first()
        .waitFor()
        .catch(async (error: unknown) => {
          const said = (await page.locator('body').textContent())?.slice(0, 500) ?? 'nothing';
          throw new Error([String(error), ...wrong, `the page says: ${said}`].join('\n'));
        });
      return page;
    },
    async carryOut(page, { open, title, fill, reason, verb }) {
      await open.click();
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.waitFor();
      await inspect(page, '[role=dialog]');
      await fill?.(dialog);
      if (reason !== undefined) await dialog.getByLabel(common[look.locale].reason).fill(reason);
      await confirm(dialog, verb);
    },
    confirm,
    close: () => context.close(),
  };
}
