import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createDescribedApp } from './openapi/described-app.ts';

const TARGET = new URL('../../../docs/openapi.json', import.meta.url);

/** `node apps/api/src/generate-openapi.ts` writes docs/openapi.json; with `--check` it only compares. No database. */
const app = await createDescribedApp();
const { body } = await app.inject('/openapi.json');
await app.close();
if (process.argv.includes('--check')) {
  const present = await readFile(TARGET, 'utf8').catch(() => '');
  if (present !== body) {
    process.stderr.write('docs/openapi.json is out of date: run `node apps/api/src/generate-openapi.ts`\n');
    process.exitCode = 1;
  }
} else {
  await mkdir(new URL('.', TARGET), { recursive: true });
  await writeFile(TARGET, body);
}
