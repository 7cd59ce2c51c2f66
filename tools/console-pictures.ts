/**
 * Pictures of every view of the console, of the local stack that runs (`npm start`): docs/console/<theme>/<view>.jpg, and
 * of some views on a phone and in English. Look at them before they are checked in.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { navigation } from '@naru/console/app/navigation.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import { type BrowserContext, chromium } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'docs', 'console');
const QUALITY = 70;
/** For data to arrive and lines to be drawn. */
const SETTLE_MS = 1_500;
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
/** On the small screen and in English, what is looked at there. */
const ALSO = ['/', '/withdrawals', '/approvals', '/bulk'];

type Person = { role: string; email: string; password: string; totpSecret: string };
type Look = { locale: 'ko' | 'en'; theme: 'light' | 'dark'; size: keyof typeof SIZES };

const stack = JSON.parse(await readFile(path.join(ROOT, '.naru', 'dev.json'), 'utf8')) as {
  console: string;
  people: Person[];
};
const admin = stack.people.find(({ role }) => role === 'admin');
if (admin === undefined)
  throw new Error('.naru/dev.json names no administrator: start the local stack first');
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const signedIn = await signIn(admin);
const views = navigation.flatMap(({ entries }) => entries.map((entry) => entry.path));
for (const theme of ['light', 'dark'] as const)
  await take({ locale: 'ko', theme, size: 'desktop' }, theme, views);
await take({ locale: 'ko', theme: 'light', size: 'phone' }, 'phone', ALSO);
await take({ locale: 'en', theme: 'light', size: 'desktop' }, 'english', ALSO);
await browser.close();

async function signIn(person: Person): Promise<Awaited<ReturnType<BrowserContext['storageState']>>> {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(`${stack.console}/me`);
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Six-digit code').fill(await unusedTotp(person.totpSecret));
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await page.waitForURL(`${stack.console}/me`);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function take(look: Look, folder: string, paths: readonly string[]): Promise<void> {
  await mkdir(path.join(OUT, folder), { recursive: true });
  const { locale, theme, size } = look;
  const context = await browser.newContext({ viewport: SIZES[size], storageState: signedIn });
  await context.addInitScript(
    (text) => localStorage.setItem('naru.preferences', text),
    JSON.stringify({ locale, theme, density: 'roomy' }),
  );
  const page = await context.newPage();
  for (const one of paths) {
    await page.goto(stack.console + one);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForTimeout(SETTLE_MS);
    const name = one === '/' ? 'overview' : one.slice(1).replaceAll('/', '-');
    await page.screenshot({ path: path.join(OUT, folder, `${name}.jpg`), type: 'jpeg', quality: QUALITY });
  }
  await context.close();
}
