import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildConsole } from '@naru/cli/console-build.ts';
import { consoleCommand } from '@naru/cli/console-process.ts';
import { makeDemoPerson } from '@naru/identity/demo-person.ts';
import { secret } from '@naru/kit/secret.ts';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { unusedTotp } from '@naru/testkit/authenticator.ts';
import { type Role, roles } from '@naru/wire/role.ts';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { BROWSERS, findProgram } from '../../tools/testing/system-programs.ts';
import { eventually, type Stack } from './stack.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export type ConsolePerson = { role: Role; email: string; password: string; totpSecret: string };

export type Look = { locale: 'ko' | 'en'; theme: 'light' | 'dark'; size: 'desktop' | 'phone' };
export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

export type Console = {
  url: string;
  /** Where the built pages are. */
  dir: string;
  api: { url: string };
  people: Readonly<Record<Role, ConsolePerson>>;
  browser: Browser;
  /** Signs a person in once, through the page; further contexts share the session's cookie. */
  signIn(role: Role, look?: Partial<Look>): Promise<BrowserContext>;
  /** Makes a proof of the second factor that is asked for in the middle of a command. */
  prove(page: Page, role: Role, label: string, button: string): Promise<void>;
  stop(): Promise<void>;
};

/** The console as people have it: built pages, its server, the API with people, a Chromium. */
export async function startConsole(stack: Stack, apiEnv: Record<string, string> = {}): Promise<Console> {
  const dir = await buildConsole(ROOT, process.env['PATH'] ?? '');
  const home = await mkdtemp(path.join(tmpdir(), 'naru-console-'));
  const secretFile = path.join(home, 'auth.secret');
  const authSecret = randomBytes(32).toString('base64');
  await writeFile(secretFile, authSecret, { mode: 0o600 });
  const port = await findFreePort();
  const url = `http://localhost:${port}`;
  const api = await stack.startApi({
    NARU_AUTH_SECRET_FILE: secretFile,
    NARU_CONSOLE_URL: url,
    NARU_TRUST_PROXY: '127.0.0.1',
    ...apiEnv,
  });
  const people = {} as Record<Role, ConsolePerson>;
  for (const role of roles) {
    const email = `${role}@example.com`;
    const { organisationId, network } = stack.caller;
    const made = await makeDemoPerson(
      { db: stack.database.db, secret: secret(authSecret) },
      { organisationId, name: `The ${role}`, email, role, network },
    );
    people[role] = { role, email, ...made };
  }
  const server = spawnConsole(dir, api.url, port);
  await eventually('the console answers', async () =>
    (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok === true ? true : null,
  );
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const states = new Map<Role, Awaited<ReturnType<BrowserContext['storageState']>>>();
  return {
    url,
    dir,
    api,
    people,
    browser,
    async signIn(role, look = {}) {
      const { locale = 'ko', theme = 'light', size = 'desktop' } = look;
      const before = states.get(role);
      const context = await browser.newContext({
        viewport: SIZES[size],
        locale: locale === 'ko' ? 'ko-KR' : 'en-US',
        timezoneId: 'America/New_York', // times are Korea's wherever one sits
        reducedMotion: 'reduce', // a browser that draws every frame by itself needs a core for what glides and pulses
        ...(before === undefined ? {} : { storageState: before }),
      });
      const wanted = JSON.stringify({ locale, theme, density: 'roomy' });
      await context.addInitScript(setPreferences, wanted);
      if (before === undefined) {
        const page = await context.newPage();
        await signInBy(page, url, people[role], locale);
        states.set(role, await context.storageState());
        await page.close();
      }
      return context;
    },
    async prove(page, role, label, button) {
      await page.getByLabel(label).fill(await unusedTotp(people[role].totpSecret));
      await page.getByRole('button', { name: button, exact: true }).click();
    },
    async stop() {
      await browser.close();
      server.kill('SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Runs in each page before its own scripts; the empty one that a tab begins with has nothing to keep anything in. */
export function setPreferences(text: string): void {
  try {
    localStorage.setItem('naru.preferences', text);
  } catch {
    // The empty one.
  }
}

const WORDS = {
  ko: {
    email: '이메일',
    password: '비밀번호',
    signIn: '로그인하기',
    code: '인증번호 6자리',
    verify: '인증하기',
  },
  en: {
    email: 'E-mail address',
    password: 'Password',
    signIn: 'Sign in',
    code: 'Six-digit code',
    verify: 'Verify',
  },
} as const;

async function signInBy(page: Page, url: string, person: ConsolePerson, locale: 'ko' | 'en'): Promise<void> {
  const words = WORDS[locale];
  await page.goto(`${url}/me`);
  await page.getByLabel(words.email).fill(person.email);
  await page.getByLabel(words.password).fill(person.password);
  await page.getByRole('button', { name: words.signIn, exact: true }).click();
  await page.getByLabel(words.code).fill(await unusedTotp(person.totpSecret));
  await page.getByRole('button', { name: words.verify, exact: true }).click();
  await page.waitForURL(`${url}/me`);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

function spawnConsole(dir: string, apiUrl: string, port: number): ChildProcess {
  const { command, args, env } = consoleCommand({ root: ROOT, dir, apiUrl, port });
  return spawn(command, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: 'ignore',
  });
}

function findBrowser(): string {
  for (const name of BROWSERS) {
    const found = findProgram(name);
    if (found !== null) return found;
  }
  throw new Error(`none of these is there: ${BROWSERS.join(', ')}`);
}
