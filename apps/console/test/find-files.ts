import { glob } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The sources below these folders of the repository, without tests. */
export async function findFiles(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders)
    for await (const file of glob(`${folder}/**/src/**/*.ts`, {
      cwd: ROOT,
      exclude: (name) => name.includes('node_modules'),
    }))
      if (!/\.(test|fixture)\.ts$/.test(file)) found.push(path.join(ROOT, file));
  return found;
}
