import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { buildConsole } from '@naru/cli/console-build.ts';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Compressed bytes of scripts and styles until a view stands, with nothing in the browser's cache. */
const FIRST_LOAD_BYTES_MAX = 300_000;

/** As Vite writes it: https://vite.dev/guide/backend-integration. */
type Manifest = Record<
  string,
  { file: string; imports?: string[]; css?: string[]; isEntry?: boolean; isDynamicEntry?: boolean }
>;

test('no view asks for more than 300 kB before it stands', { timeout: 120_000 }, async () => {
  const dir = await buildConsole(ROOT, process.env['PATH'] ?? '');
  const manifest: Manifest = JSON.parse(await readFile(path.join(dir, '.vite/manifest.json'), 'utf8'));
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry === true) ?? '';
  const sizes = new Map<string, number>();
  const sizeOf = async (file: string): Promise<number> => {
    const known = sizes.get(file) ?? (await sentBytesOf(path.join(dir, file)));
    sizes.set(file, known);
    return known;
  };
  const views = Object.keys(manifest).filter((name) => name.endsWith('.view.tsx'));
  expect(views.length).toBeGreaterThan(40);
  const weights: [string, number][] = [];
  for (const view of views) {
    const files = [...filesOf(manifest, [entry, view])];
    const bytes = (await Promise.all(files.map(sizeOf))).reduce((sum, one) => sum + one, 0);
    weights.push([view, bytes]);
  }
  const heaviest = weights.sort(([, one], [, other]) => other - one);
  expect(heaviest.filter(([, bytes]) => bytes > FIRST_LOAD_BYTES_MAX)).toEqual([]);
});

/** A file that is too small to be compressed is sent as it is. */
async function sentBytesOf(file: string): Promise<number> {
  const { size } = await stat(`${file}.gz`).catch(() => stat(file));
  return size;
}

/** The files of chunks, and of everything that they import before they run. */
function filesOf(manifest: Manifest, names: readonly string[], seen = new Set<string>()): Set<string> {
  const files = new Set<string>();
  for (const name of names) {
    const chunk = manifest[name];
    if (chunk === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const file of filesOf(manifest, chunk.imports ?? [], seen)) files.add(file);
  }
  return files;
}
