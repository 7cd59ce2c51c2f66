import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, REPOSITORY } from '../repository/files.ts';
import { describeMissing, filesLeftOut, findMissing, NEEDS } from './system-programs.ts';

/** How a test comes to need something that npm does not bring. */
const SIGNS =
  /\bstartRedis\(|\bcreateSoftHsmToken\(|\bstartPrometheus\(|\b(?:startConsole|setStage)\(|\bpromtool\b|'python3'/;

test('every test that needs a program of the system is listed, and no other', async () => {
  const needing: string[] = [];
  for (const file of listFiles(REPOSITORY).filter(
    (one) => one.endsWith('.test.ts') && !one.startsWith('tools/testing'),
  ))
    if (SIGNS.test(await readFile(path.join(REPOSITORY, file), 'utf8'))) needing.push(file);
  expect(filesLeftOut(NEEDS).sort()).toEqual(needing.sort());
});

test('on a machine with nothing but Node, each need is missing and says what to install', () => {
  const missing = findMissing('/nowhere');
  expect(missing.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['redis-server', 'softhsm2-util', 'prometheus', 'python3']),
  );
  expect(describeMissing(missing)).toContain(
    'Left out without redis-server (Debian: apt-get install redis-server):\n  apps/api/src/shared.test.ts\n',
  );
  expect(describeMissing([])).toBeNull();
});
