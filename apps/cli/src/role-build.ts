import { createHash, randomBytes } from 'node:crypto';
import { access, glob, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { App } from './role-command.ts';

/** A folder with `<app>/main.js` for each app and `preload/main.js`: programs in one piece, with source maps. */
export type RoleBuild = { readonly dir: string };

/** Everything that a build depends on. The lockfile stands for all packages of others. */
const SOURCES = [
  'apps/{api,signer,worker}/src/**/*.ts',
  'apps/cli/src/{end-with-supervisor,role-build}.ts',
  'packages/*/src/**/*.ts',
  'packages/*/package.json',
  'package-lock.json',
];
/** These look for files beside their own: native code, SQL. Roles find them in `node_modules`. */
const LEFT_OUTSIDE = [/^secp256k1(\/|$)/, /^graphile-worker(\/|$)/];
/** A supervisor that started with an older build starts roles again from it. */
const BUILDS_KEPT = 5;
/** A draft this old belongs to a build that was killed. */
const DRAFT_MS_MAX = 3_600_000;
/** A clone of somebody else's, or an image that is not to be written. */
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Makes one file of each role's program and all that it imports, in `dist/` below `root`; a second, once for each state
 * of the sources. A role of a thousand small files needs 1.2 s of a core to read them, and 0.2 s for one: that is time
 * without payments when it has to start again. Null where nothing can be written: roles run from their sources then.
 */
export async function buildRoles(root: string): Promise<RoleBuild | null> {
  const base = path.join(path.resolve(root), 'dist');
  const dir = path.join(base, await digestOf(root));
  const found = await access(dir).then(
    () => true,
    () => false,
  );
  const now = new Date();
  if (found) {
    await utimes(dir, now, now).catch(() => undefined); // only to keep it among the newest
    return { dir };
  }
  const draft = path.join(base, `.draft-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(draft, { recursive: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_WRITABLE.has(String(error.code))) return null;
    throw error;
  }
  try {
    await bundlePrograms(root, draft, ROLE_PROGRAMS);
    await rename(draft, dir).catch(async (error: unknown) => {
      await access(dir).catch(() => Promise.reject(error)); // somebody else was faster
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeOld(base);
  return { dir };
}

/** Of all sources and packages: the same as long as none of them changes. */
export async function digestOf(root: string, more: readonly string[] = []): Promise<string> {
  const files: string[] = [];
  for await (const file of glob([...SOURCES, ...more], { cwd: root })) files.push(file);
  const hash = createHash('sha256').update(process.version);
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

const ROLE_PROGRAMS: Readonly<Record<App | 'preload', string>> = {
  api: 'apps/api/src/main.ts',
  signer: 'apps/signer/src/main.ts',
  worker: 'apps/worker/src/main.ts',
  preload: 'apps/cli/src/end-with-supervisor.ts',
};

const ownPlaces = {
  name: 'own-places',
  transform: (code: string, id: string) =>
    code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      : null,
};

/** Writes `<dir>/<name>/main.js` for each program: itself and all that it imports, with source maps. */
export async function bundlePrograms(
  root: string,
  dir: string,
  programs: Readonly<Record<string, string>>,
  /** For programs that look for files beside their sources: each keeps the place that it was written in. */
  keepPlaces = false,
): Promise<void> {
  const { build } = await import('rolldown'); // not before it is needed: it is native code of 20 MB
  await build({
    cwd: root,
    input: { ...programs },
    platform: 'node',
    external: LEFT_OUTSIDE,
    plugins: keepPlaces ? [ownPlaces] : [],
    logLevel: 'silent',
    output: {
      dir,
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name]/main.js',
      chunkFileNames: 'shared/[name]-[hash].js',
    },
  });
}

/** Others may do the same at the same time: what is gone already is no problem. */
async function removeOld(base: string): Promise<void> {
  const dated: { name: string; at: number }[] = [];
  for (const name of await readdir(base)) {
    const found = await stat(path.join(base, name)).catch(() => null);
    if (found !== null) dated.push({ name, at: found.mtimeMs });
  }
  dated.sort((a, b) => b.at - a.at);
  const isDraft = ({ name }: { name: string }) => name.startsWith('.');
  const drafts = dated.filter((one) => isDraft(one) && one.at < Date.now() - DRAFT_MS_MAX);
  const builds = dated.filter((one) => !isDraft(one)).slice(BUILDS_KEPT);
  for (const { name } of [...drafts, ...builds])
    await rm(path.join(base, name), { recursive: true, force: true });
}
