import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CodedError } from '@naru/kit/errors.ts';
import { digestOf } from './role-build.ts';

/** What the pages are made of, besides what every build depends on. */
const SOURCES = ['apps/console/{web,build}/**/*.*', 'apps/console/vite.config.ts', 'packages/ui/src/**/*.*'];
const BUILDS_KEPT = 3;
/** Of what the build says, enough to see why it failed. */
const OUTPUT_CHARACTERS_MAX = 4_000;

/**
 * The console's pages, built into a directory below `apps/console/dist` once for each state of the sources; takes about ten
 * seconds then, and none after. Returns the directory. `searchPath`: the PATH of the
 * program that builds. Throws a `CodedError` with what the build said.
 */
export async function buildConsole(root: string, searchPath: string): Promise<string> {
  const base = baseOf(root);
  const dir = await locateConsole(root);
  if (await exists(dir)) return dir;
  const draft = path.join(base, `.draft-${randomBytes(6).toString('hex')}`);
  await mkdir(draft, { recursive: true });
  try {
    await runBuild({ root, outDir: draft, searchPath });
    await rename(draft, dir).catch(async (error: unknown) => {
      if (!(await exists(dir))) throw error; // somebody else was faster
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeOld(base, path.basename(dir));
  return dir;
}

/** Where the pages of the sources as they are now are, or will be. */
export async function locateConsole(root: string): Promise<string> {
  return path.join(baseOf(root), await digestOf(root, SOURCES));
}

function baseOf(root: string): string {
  return path.join(path.resolve(root), 'apps', 'console', 'dist');
}

/** In a process of its own: it is native code with threads of its own, and leaves nothing behind. */
async function runBuild(options: { root: string; outDir: string; searchPath: string }): Promise<void> {
  const { root, outDir, searchPath } = options;
  const bin = path.join(path.resolve(root), 'node_modules', '.bin');
  const child = spawn(
    path.join(bin, 'node'),
    [
      path.join(bin, 'vite'),
      'build',
      '--config',
      path.join('apps', 'console', 'vite.config.ts'),
      '--bypass-lock', // each builds into a directory of its own
      '--logLevel',
      'warn',
    ],
    {
      cwd: root,
      env: { PATH: searchPath, NARU_CONSOLE_OUT: outDir, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  const keep = (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new CodedError(
      'console_build_failed',
      `the console could not be built (exit code ${code}):\n${said.trim()}`,
    );
}

async function exists(dir: string): Promise<boolean> {
  return await access(dir).then(
    () => true,
    () => false,
  );
}

/** Others may do the same at the same time: what is gone already is no problem. */
async function removeOld(base: string, kept: string): Promise<void> {
  const dated: { name: string; at: number }[] = [];
  for (const name of await readdir(base)) {
    const found = await stat(path.join(base, name)).catch(() => null);
    if (found !== null && name !== kept && !name.startsWith('.')) dated.push({ name, at: found.mtimeMs });
  }
  dated.sort((one, other) => other.at - one.at);
  for (const { name } of dated.slice(BUILDS_KEPT - 1))
    await rm(path.join(base, name), { recursive: true, force: true });
}
