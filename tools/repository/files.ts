import { readdirSync } from 'node:fs';
import path from 'node:path';

/** The repository this file stands in. */
export const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** What is installed, built or kept while running; the same as .gitignore says, plus Git's own folder. */
const SKIPPED_NAMES = new Set(['.git', '.naru', 'node_modules', 'coverage', 'dist', '.next', '.DS_Store']);
const SKIPPED_PATHS = new Set(['contracts/out', 'contracts/cache', 'contracts/broadcast']);

/** Every file of the repository, relative to `root`, with forward slashes, sorted. */
export function listFiles(root: string): string[] {
  const files: string[] = [];
  const visit = (dir: string) => {
    for (const entry of readdirSync(path.join(root, dir), { withFileTypes: true })) {
      const file = path.posix.join(dir, entry.name);
      if (SKIPPED_NAMES.has(entry.name) || SKIPPED_PATHS.has(file) || file.endsWith('.log')) continue;
      if (entry.isDirectory()) visit(file);
      else if (entry.isFile()) files.push(file);
    }
  };
  visit('');
  return files.sort();
}

const JAVASCRIPT = /\.(ts|tsx|mts|js|jsx|mjs)$/;

export function isJavaScript(file: string): boolean {
  return JAVASCRIPT.test(file);
}

/** Written by a program: its generator is checked, not its text. */
export function isGenerated(file: string): boolean {
  return (
    /\.gen\.ts$/.test(file) ||
    file === 'package-lock.json' ||
    file === 'docs/openapi.json' ||
    file === 'packages/db/schema.sql'
  );
}

/** A test, or what exists only for tests: never part of a program that runs in production. */
export function isTest(file: string): boolean {
  return (
    /\.(test|fixture|model)\.(ts|tsx|mjs)$/.test(file) ||
    /(^|\/)(test|testing)\//.test(file) ||
    file.startsWith('packages/testkit/') ||
    /(^|\/)vitest\.[\w.]*config\.ts$/.test(file)
  );
}

/** Programs for those who work on Naru: they are run from a clone and shipped nowhere. */
export function isTooling(file: string): boolean {
  return (
    file.startsWith('tools/') ||
    file.startsWith('bench/') ||
    file.startsWith('contracts/tools/') ||
    file === 'start.mjs' ||
    /\.config\.(ts|mjs|js)$/.test(file)
  );
}
