import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../repository/files.ts';

/** What some tests need and npm does not bring. */
export type Need = {
  name: string;
  /** What to do about it. */
  install: string;
  isThere: (searchPath: string) => boolean;
  /** The tests that are left out without it. */
  files: readonly string[];
};

const CUSTODY = ['packages/key-pkcs11/src/pkcs11-backend.test.ts', 'test/e2e/custody.test.ts'];

/** What shows the console to tests, the lightest first. */
export const BROWSERS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'] as const;

export const NEEDS: readonly Need[] = [
  {
    ...program('redis-server', 'redis-server'),
    files: [
      'apps/api/src/shared.test.ts',
      'packages/redis/src/connect-redis.test.ts',
      'test/chaos/lost-redis.test.ts',
    ],
  },
  { ...program('softhsm2-util', 'softhsm2'), files: CUSTODY },
  {
    name: 'pkcs11js, which npm compiles',
    install: 'apt-get install g++ make python3, then: npm rebuild pkcs11js',
    isThere: () => existsSync(path.join(REPOSITORY, 'node_modules', 'pkcs11js')),
    files: CUSTODY,
  },
  {
    ...program('prometheus', 'prometheus'),
    files: ['test/e2e/alerts.test.ts', 'tools/observability/alert-rules.test.ts'],
  },
  {
    name: 'chromium',
    // The shell takes half of the processor's time that the whole browser takes.
    install: 'Debian: apt-get install chromium-headless-shell',
    isThere: (searchPath) => BROWSERS.some((name) => findProgram(name, searchPath) !== null),
    files: [
      'test/console/every-view.test.ts',
      'test/console/decision-verbs.test.ts',
      'test/console/fund-verbs.test.ts',
      'test/console/hook-verbs.test.ts',
      'test/console/people-verbs.test.ts',
      'test/console/policy-verbs.test.ts',
      'test/console/rule-verbs.test.ts',
      'test/console/setup-verbs.test.ts',
      'test/console/sign-in-verbs.test.ts',
      'test/console/story.test.ts',
      'test/console/stuck-verbs.test.ts',
      'test/console/watch-verbs.test.ts',
      'test/console/withdrawal-verbs.test.ts',
    ],
  },
  {
    ...program('python3', 'python3'),
    files: ['packages/core/src/webhook/dispatcher.test.ts', 'test/e2e/python-client.test.ts'],
  },
];

/** Needs that this machine does not meet. `npm test` leaves their tests out and says so; `.ci/run` fails then. */
export function findMissing(searchPath = process.env['PATH'] ?? ''): Need[] {
  return NEEDS.filter(({ isThere }) => !isThere(searchPath));
}

/** Null where nothing is missing. */
export function describeMissing(missing: readonly Need[]): string | null {
  if (missing.length === 0) return null;
  const parts = missing.map(
    ({ name, install, files }) =>
      `Left out without ${name} (${install}):\n${files.map((file) => `  ${file}\n`).join('')}`,
  );
  return parts.join('');
}

export function filesLeftOut(missing: readonly Need[]): string[] {
  return [...new Set(missing.flatMap(({ files }) => files))];
}

function program(name: string, debianPackage: string): Omit<Need, 'files'> {
  return {
    name,
    install: `Debian: apt-get install ${debianPackage}`,
    isThere: (searchPath) => findProgram(name, searchPath) !== null,
  };
}

/** Where a program is, as a shell would find it. */
export function findProgram(name: string, searchPath = process.env['PATH'] ?? ''): string | null {
  const dirs = searchPath.split(path.delimiter).filter((dir) => dir !== '');
  return dirs.map((dir) => path.join(dir, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
