import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, isLockNotAvailable, openDatabase, sqlState, withTransaction } from './database.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

const APPLICATION = 'naru-database-test';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let db: Database;
const lostConnections: Error[] = [];

beforeAll(async () => {
  scratch = await createScratchDatabase();
  db = openDatabase({
    databaseUrl: scratch.url,
    applicationName: APPLICATION,
    connectionsMax: 5,
    onError: (error) => lostConnections.push(error),
  });
  await sql`CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL)`.execute(db);
  await sql`INSERT INTO counter VALUES ('one', 0), ('two', 0)`.execute(db);
});
afterAll(async () => {
  await db.destroy();
  await scratch.drop();
});

async function readCounter(name: string): Promise<bigint | undefined> {
  const { rows } = await sql<{ value: bigint }>`SELECT value FROM counter WHERE name = ${name}`.execute(db);
  return rows[0]?.value;
}

/** Resolves once both have called it. */
function createMeeting(): () => Promise<void> {
  let waiting: (() => void) | null = null;
  return () =>
    new Promise((resolve) => {
      if (waiting === null) waiting = resolve;
      else {
        waiting();
        resolve();
      }
    });
}

describe('withTransaction', () => {
  test('two transactions that deadlock both finish, each once', async () => {
    const meet = createMeeting();
    const runs = { forward: 0, backward: 0 };
    const raise = (name: 'forward' | 'backward', [first, second]: [string, string]) =>
      withTransaction(db, async (tx) => {
        runs[name] += 1;
        await sql`UPDATE counter SET value = value + 1 WHERE name = ${first}`.execute(tx);
        // Only the first run waits for the other: that both hold one lock is what makes the deadlock certain.
        if (runs[name] === 1) await meet();
        await sql`UPDATE counter SET value = value + 1 WHERE name = ${second}`.execute(tx);
      });

    await Promise.all([raise('forward', ['one', 'two']), raise('backward', ['two', 'one'])]);

    expect([await readCounter('one'), await readCounter('two')]).toEqual([2n, 2n]);
    expect(runs.forward + runs.backward).toBe(3);
  });

  test('a deadlock that comes back every time is thrown in the end, not tried for ever', async () => {
    let runs = 0;
    const work = withTransaction(db, async (tx) => {
      runs += 1;
      await sql`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$`.execute(tx);
    });

    await expect(work).rejects.toThrow('again');
    expect(runs).toBe(5);
  });

  test('any other error is thrown at once and leaves nothing behind', async () => {
    const before = await readCounter('one');
    let runs = 0;
    const work = withTransaction(db, async (tx) => {
      runs += 1;
      await sql`UPDATE counter SET value = value + 1 WHERE name = 'one'`.execute(tx);
      throw new Error('changed my mind');
    });

    await expect(work).rejects.toThrow('changed my mind');
    expect([runs, await readCounter('one')]).toEqual([1, before]);
  });

  test('a connection that is lost inside a transaction fails that transaction, and the process goes on', async () => {
    const before = await readCounter('one');
    const work = withTransaction(db, async (tx) => {
      await sql`UPDATE counter SET value = value + 1 WHERE name = 'one'`.execute(tx);
      await scratch.endConnections(APPLICATION);
      await sql`UPDATE counter SET value = value + 1 WHERE name = 'one'`.execute(tx);
    });

    await expect(work).rejects.toThrow();
    expect(await readCounter('one')).toBe(before);
  });

  test('idle connections that are lost are reported and replaced', async () => {
    await Promise.all([readCounter('one'), readCounter('two')]);
    lostConnections.length = 0;

    await scratch.endConnections(APPLICATION);
    await expect.poll(() => lostConnections.length).toBeGreaterThan(0);

    expect(await readCounter('one')).toBeTypeOf('bigint');
  });
});

describe('errors of the database', () => {
  test('are told apart by SQLSTATE', async () => {
    const error = await sql`SELECT 1 / 0`.execute(db).catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe('22012');
    for (const other of [null, undefined, 'text', new Error('x'), { code: 'ECONNREFUSED' }, { code: 5 }])
      expect(sqlState(other)).toBeNull();
  });

  test('a lock that is taken is recognised', async () => {
    await withTransaction(db, async (tx) => {
      await sql`SELECT 1 FROM counter WHERE name = 'one' FOR UPDATE`.execute(tx);
      const error = await sql`SELECT 1 FROM counter WHERE name = 'one' FOR UPDATE NOWAIT`
        .execute(db)
        .catch((thrown: unknown) => thrown);
      expect(isLockNotAvailable(error)).toBe(true);
    });
    expect(isLockNotAvailable(new Error('x'))).toBe(false);
  });
});
