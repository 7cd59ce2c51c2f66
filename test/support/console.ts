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
import { type Role, roles } from '@naru/wire/role.ts';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { BROWSERS, findProgram } from '../../tools/testing/system-programs.ts';
import { type Look, newBrowser, signIn } from './front-door.ts';
import { eventually, type Stack } from './stack.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export type ConsolePerson = { role: Role; email: string; password: string; totpSecret: string };

export type Console = {
  url: string;
  /** Where the built pages are. */
  dir: string;
  api: { url: string };
  people: Readonly<Record<Role, ConsolePerson>>;
  browser: Browser;
  /** Signs a person in once, through the page; further contexts share the session's cookie. */
  signIn(role: Role, look?: Partial<Look>): Promise<BrowserContext>;
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
      const seen: Look = { locale: 'ko', theme: 'light', size: 'desktop', ...look };
      const place = { browser, url, people };
      const before = states.get(role);
      if (before === undefined) {
        const first = await signIn(place, seen, role);
        states.set(role, await first.context.storageState());
        await first.page.close();
        return first.context;
      }
      const context = await newBrowser(place, seen);
      await context.addCookies(before.cookies);
      return context;
    },
    async stop() {
      await browser.close();
      server.kill('SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
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
