import { common } from '@naru/console/i18n/common.ts';
import type { Texts } from '@naru/console/i18n/locale.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import type { Role } from '@naru/wire/role.ts';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { findFlaws } from './axe.ts';
import type { Console, Look } from './console.ts';

/** What the verbs of the console are shown in: each file of tests takes every verb in one of them, and some in both. */
export const LOOKS = [
  { locale: 'ko', theme: 'light', size: 'desktop' },
  { locale: 'en', theme: 'dark', size: 'phone' },
] as const satisfies readonly Look[];

/** Words of `code-form.tsx`, which asks for the second factor. */
const CODE = { ko: '인증번호 6자리', en: 'Six-digit code' } as const;
const PROVE = { ko: '인증하기', en: 'Verify' } as const;

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
  /** Chooses of a list that opens, by the words of a person. */
  choose(within: Locator, label: string | RegExp, option: string): Promise<void>;
  /** What is serious or critical in a page or in a part of it, by axe. */
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
  const wrong: string[] = [];
  context.on('weberror', (error) => wrong.push(error.error().message));
  context.on('console', (message) => {
    // Refusals, and answers that a test has kept back, are no mistakes of the page.
    if (message.type() === 'error' && !/status of 4|net::ERR_FAILED/.test(message.text()))
      wrong.push(message.text());
  });
  const inspect = async (page: Page, part?: string) => {
    wrong.push(...(await findFlaws(page, part)));
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
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      return page;
    },
    async carryOut(page, { open, title, fill, reason, verb }) {
      await open.click();
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.waitFor();
      await inspect(page, '[role=dialog]');
      await fill?.(dialog);
      if (reason !== undefined) await dialog.getByLabel(common[look.locale].reason).fill(reason);
      await dialog.getByRole('button', { name: verb, exact: true }).click();
      const code = dialog.getByLabel(CODE[look.locale]);
      const isAsked = await Promise.race([
        code.waitFor().then(() => true),
        dialog.waitFor({ state: 'hidden' }).then(() => false),
      ]);
      if (!isAsked) return;
      await code.fill(await unusedTotp(shown.people[role].totpSecret));
      await dialog.getByRole('button', { name: PROVE[look.locale], exact: true }).click();
      await dialog.waitFor({ state: 'hidden' });
    },
    async choose(within, label, option) {
      await within.getByRole('button', { name: label }).click();
      await within.page().getByRole('option', { name: option, exact: true }).click();
    },
    close: () => context.close(),
  };
}
