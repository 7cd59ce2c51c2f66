import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { announceAfterCommit, announceThrough } from './after-commit.ts';
import { type Database, openDatabase, withTransaction } from './database.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let db: Database;
let announced: string[];
beforeAll(async () => {
  scratch = await createScratchDatabase();
  db = openDatabase({ databaseUrl: scratch.url, applicationName: 'naru-after-commit-test' });
  await sql`CREATE TABLE counter (id integer PRIMARY KEY, value integer NOT NULL)`.execute(db);
  await sql`INSERT INTO counter VALUES (1, 0), (2, 0)`.execute(db);
  announceThrough(db, (channel) => announced.push(channel));
});
beforeEach(() => {
  announced = [];
});
afterAll(async () => {
  await db.destroy();
  await scratch.drop();
});

test('what a transaction announces leaves when others can see its work, and each channel once', async () => {
  await withTransaction(db, async (tx) => {
    await sql`UPDATE counter SET value = 7 WHERE id = 1`.execute(tx);
    for (const channel of ['one', 'two', 'one']) expect(announceAfterCommit(tx, channel)).toBe(true);
    expect(announced).toEqual([]);
  });
  expect(announced).toEqual(['one', 'two']);
});

test('a transaction that rolls back announces nothing', async () => {
  const work = withTransaction(db, async (tx) => {
    announceAfterCommit(tx, 'one');
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(announced).toEqual([]);
});

test('a transaction that ran again after a deadlock announces what its last run did, once', async () => {
  let runs = 0;
  const both = (first: number, second: number, channel: string) =>
    withTransaction(db, async (tx) => {
      runs += 1;
      await sql`UPDATE counter SET value = value + 1 WHERE id = ${first}`.execute(tx);
      announceAfterCommit(tx, channel);
      await sql`SELECT pg_sleep(0.2)`.execute(tx);
      await sql`UPDATE counter SET value = value + 1 WHERE id = ${second}`.execute(tx);
    });
  await Promise.all([both(1, 2, 'forward'), both(2, 1, 'backward')]);
  expect(runs).toBe(3);
  expect([...announced].sort()).toEqual(['backward', 'forward']);
});

test('outside of a transaction it leaves at once', () => {
  expect(announceAfterCommit(db, 'one')).toBe(true);
  expect(announced).toEqual(['one']);
});

test('a database without a carrier says so, and its caller uses NOTIFY', async () => {
  const plain = openDatabase({ databaseUrl: scratch.url, applicationName: 'naru-after-commit-plain' });
  try {
    expect(await withTransaction(plain, async (tx) => announceAfterCommit(tx, 'one'))).toBe(false);
    expect(announced).toEqual([]);
  } finally {
    await plain.destroy();
  }
});
