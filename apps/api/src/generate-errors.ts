import { readFile, writeFile } from 'node:fs/promises';
import { renderErrorsPage } from './errors-page.ts';

const TARGET = new URL('../../../docs/errors.md', import.meta.url);

/** `node apps/api/src/generate-errors.ts` writes docs/errors.md; with `--check` it only compares. */
const page = renderErrorsPage();
if (!process.argv.includes('--check')) await writeFile(TARGET, page);
else if ((await readFile(TARGET, 'utf8').catch(() => '')) !== page) {
  process.stderr.write('docs/errors.md is out of date: run `node apps/api/src/generate-errors.ts`\n');
  process.exitCode = 1;
}
