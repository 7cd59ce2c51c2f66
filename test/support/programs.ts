import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildRoles, bundlePrograms, digestOf, type RoleBuild } from '@naru/cli/role-build.ts';
import type { App } from '@naru/cli/role-command.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Below the packages, which the bundles still import native code from; nothing else looks into it. */
const CACHE = path.join(ROOT, 'node_modules', '.cache', 'naru');

/** For what the tests start again and again: V8 keeps there what it has compiled. */
export const COMPILED = { NODE_COMPILE_CACHE: path.join(CACHE, 'compiled') };

let roles: Promise<RoleBuild | null> | undefined;

/** What the roles of all tests of a file run from; null where nothing can be written. */
export function roleBuild(): Promise<RoleBuild | null> {
  roles ??= buildRoles(ROOT);
  return roles;
}

/**
 * The program of an app in one piece, as `naru up` runs it, or its source where nothing can be written. A test starts
 * many of them, and each would read a thousand files first.
 */
export async function roleProgram(app: App): Promise<string> {
  const build = await roleBuild();
  return build === null ? `apps/${app}/src/main.ts` : path.join(build.dir, app, 'main.js');
}

let cli: Promise<string> | undefined;

/** `naru` in one piece: the tests run it a hundred times, and from its sources it takes a second to start. */
export function cliProgram(): Promise<string> {
  cli ??= buildCli();
  return cli;
}

async function buildCli(): Promise<string> {
  // The program names files of this directory (its migrations): a copy of the repository must not run the original's.
  const place = createHash('sha256').update(ROOT).digest('hex').slice(0, 8);
  const dir = path.join(CACHE, `cli-${await digestOf(ROOT, ['apps/cli/src/**/*.ts'])}-${place}`);
  const file = path.join(dir, 'naru', 'main.js');
  if (existsSync(file)) return file;
  const draft = `${dir}-${randomBytes(6).toString('hex')}`;
  await bundlePrograms(ROOT, draft, { naru: 'apps/cli/src/main.ts' }, true);
  // Another test may have been faster.
  await rename(draft, dir).catch(() => rm(draft, { recursive: true, force: true }));
  return file;
}

/** A program of the tests in one piece, for one that is started hundreds of times. */
export async function bundleProgram(source: string): Promise<{ file: string; remove: () => Promise<void> }> {
  const dir = path.join(CACHE, randomBytes(6).toString('hex'));
  await bundlePrograms(ROOT, dir, { program: source });
  return {
    file: path.join(dir, 'program', 'main.js'),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
