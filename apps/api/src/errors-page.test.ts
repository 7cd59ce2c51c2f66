import { readFile } from 'node:fs/promises';
import { errorCodes } from '@naru/core/dead-letter/taxonomy.ts';
import { problemCodes } from '@naru/wire/problem-catalogue.ts';
import { expect, test } from 'vitest';
import { renderErrorsPage } from './errors-page.ts';

test('docs/errors.md is what the tables say (else run `node apps/api/src/generate-errors.ts`), and has every code', async () => {
  const page = renderErrorsPage();
  expect(await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8')).toBe(page);
  for (const code of [...errorCodes, ...problemCodes]) expect(page).toContain(`| \`${code}\` |`);
});
