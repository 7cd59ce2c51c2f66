import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, link, lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '@naru/kit/clock.ts';
import { removePlace } from '@naru/local-servers/postgres-placement.ts';
import type { BenchContext } from './bench-context.ts';
import { atMost, type Measurement, measured } from './measurement.ts';

const BAR_SECONDS = 10;
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const OUTPUT_SHOWN = 2_000;
/** Not part of a clone. Its packages are linked, file by file, by the caller. */
const NOT_COPIED = new Set(['.git', '.naru', 'dist', 'node_modules']);

/** `npm start` in a copy of this repository that was installed and never started, until `.naru/dev.json` is there. */
export async function measureFirstBoot(context: BenchContext): Promise<Measurement[]> {
  const { clone, remove } = await makeClone(context);
  try {
    const seconds = await boot(context, clone);
    return [
      measured({
        name: 'npm start, first boot → ready',
        figure: seconds,
        unit: 's',
        bar: atMost(BAR_SECONDS),
        note: 'node start.mjs start --no-demo in an installed clone that was never started, until every role is ready; programs are in the page cache',
      }),
    ];
  } finally {
    await remove();
  }
}

/**
 * Inside the repository's own `.naru`, which is ignored: hard links need the same file system. Hard links, because a
 * role may read its own clone only, so links to another one's packages would be refused.
 */
async function makeClone(context: BenchContext): Promise<{ clone: string; remove: () => Promise<void> }> {
  const home = path.join(context.root, '.naru');
  await mkdir(home, { recursive: true });
  const clone = await mkdtemp(path.join(home, 'bench-clone-'));
  const remove = context.cleanup.add(async () => {
    await removePlace(path.join(clone, '.naru', 'postgres'));
    await rm(clone, { recursive: true, force: true });
  });
  for (const name of await readdir(context.root)) {
    if (NOT_COPIED.has(name)) continue;
    await cp(path.join(context.root, name), path.join(clone, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !NOT_COPIED.has(path.basename(source)),
    });
  }
  for (const dir of await findPackageFolders(context.root))
    await linkTree(path.join(context.root, dir), path.join(clone, dir));
  return { clone, remove };
}

/** `node_modules` of the repository and of those workspaces that have one. */
async function findPackageFolders(root: string): Promise<string[]> {
  const found = ['node_modules'];
  for (const group of ['apps', 'packages']) {
    for (const name of await readdir(path.join(root, group))) {
      const dir = path.join(group, name, 'node_modules');
      if (await exists(path.join(root, dir))) found.push(dir);
    }
  }
  return found;
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    const found = await lstat(source);
    if (found.isDirectory()) await linkTree(source, target);
    else if (found.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (found.isFile()) await link(source, target);
  }
}

/** Seconds from the start of the launcher until other programs can find the stack. Stops it again. */
async function boot(context: BenchContext, clone: string): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, ['start.mjs', 'start', '--no-demo'], {
    cwd: clone,
    env: { PATH: context.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_SHOWN);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = once(child, 'exit');
  const stop = context.cleanup.add(async () => {
    child.kill('SIGINT');
    await Promise.race([exited, sleep(STOP_TIMEOUT_MS)]);
    child.kill('SIGKILL');
  });
  try {
    const file = path.join(clone, '.naru', 'dev.json');
    while (!(await exists(file))) {
      if (child.exitCode !== null)
        throw new Error(`npm start ended with exit code ${child.exitCode}: ${output}`);
      if (performance.now() - startMs > READY_TIMEOUT_MS)
        throw new Error(`npm start was not ready in ${READY_TIMEOUT_MS} ms: ${output}`);
      await sleep(POLL_MS);
    }
    return (performance.now() - startMs) / 1_000;
  } finally {
    await stop();
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
