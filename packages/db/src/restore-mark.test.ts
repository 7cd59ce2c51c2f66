import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { clearRestoreMark, markRestored, readRestoreMark } from './restore-mark.ts';
import { findStartProblem } from './schema-version.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let db: Database;
beforeAll(async () => {
  scratch = await createScratchDatabase();
  db = openDatabase({ databaseUrl: scratch.url, applicationName: 'naru-mark-test' });
});
afterAll(async () => {
  await db.destroy();
  await scratch.drop();
});

test('a restored database says what it was restored from until it is recovered, to sessions of any age', async () => {
  expect(await readRestoreMark(db)).toBeNull();
  await markRestored(db, "backup 'one', to 12:00");
  expect(await readRestoreMark(db)).toBe("backup 'one', to 12:00");
  expect(await findStartProblem(db)).toContain('naru recover');
  await clearRestoreMark(db);
  expect(await readRestoreMark(db)).toBeNull();
  expect((await findStartProblem(db)) ?? '').not.toContain('naru recover');
});
