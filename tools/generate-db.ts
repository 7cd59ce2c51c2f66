import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findDrift, generateDatabaseFiles } from './database/generate.ts';
import { REPOSITORY } from './repository/files.ts';

/**
 * `node tools/generate-db.ts` writes what follows from the migrations; with `--check` it only compares, exit 1 on drift.
 * Starts a PostgreSQL for it, or makes a database of its own on the server of NARU_TEST_POSTGRES_URL.
 */
const generated = await generateDatabaseFiles(process.env['NARU_TEST_POSTGRES_URL']);
const drifted = await findDrift(generated);
if (process.argv.includes('--check')) {
  for (const file of drifted)
    process.stderr.write(`${file} is not what the migrations give; run: node tools/generate-db.ts\n`);
  process.exitCode = drifted.length === 0 ? 0 : 1;
} else {
  for (const file of drifted) await writeFile(path.join(REPOSITORY, file), generated.get(file) ?? '');
  process.stdout.write(drifted.length === 0 ? 'nothing changed\n' : `wrote ${drifted.join(', ')}\n`);
}
