import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Manifest = {
  name: string;
  version?: string;
  workspaces?: string[];
  exports?: Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/** `dir` is relative to the repository; the repository itself, which holds test/ and tools/, has the empty string. */
export type Workspace = { dir: string; manifest: Manifest };

/** The repository first, then its workspaces in the order of package.json. */
export function readWorkspaces(root: string): Workspace[] {
  const manifest = readManifest(root, '');
  const dirs = (manifest.workspaces ?? []).flatMap((pattern) => expand(root, pattern));
  return [{ dir: '', manifest }, ...dirs.map((dir) => ({ dir, manifest: readManifest(root, dir) }))];
}

/** The workspace that a file belongs to. */
export function workspaceOf(workspaces: readonly Workspace[], file: string): Workspace {
  const own = workspaces.find(({ dir }) => dir !== '' && file.startsWith(`${dir}/`));
  const root = workspaces[0];
  if (root === undefined) throw new Error('readWorkspaces always gives the repository itself');
  return own ?? root;
}

/** The package that an import names: `@naru/kit` of `@naru/kit/ids.ts`; null for relative paths and Node's own modules. */
export function packageOf(specifier: string): string | null {
  if (/^(\.|\/|node:|#|data:|https?:)/.test(specifier)) return null;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null);
}

function expand(root: string, pattern: string): string[] {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(path.join(root, parent))
    .map((name) => `${parent}/${name}`)
    .filter((dir) => existsSync(path.join(root, dir, 'package.json')))
    .sort();
}

function readManifest(root: string, dir: string): Manifest {
  return JSON.parse(readFileSync(path.join(root, dir, 'package.json'), 'utf8')) as Manifest;
}
