import fc from 'fast-check';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createPool } from './pool.ts';
import { createScratchDatabase } from './scratch-database.fixture.ts';

let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
let pool: pg.Pool;
beforeAll(async () => {
  scratch = await createScratchDatabase();
  pool = createPool({
    databaseUrl: scratch.url,
    applicationName: 'naru-pool-test',
    connectionsMax: 2,
    statementTimeoutMs: 300,
    idleInTransactionTimeoutMs: 300,
  });
});
afterAll(async () => {
  await pool.end();
  await scratch.drop();
});

async function read(expression: string, values: unknown[] = []): Promise<unknown> {
  const { rows } = await pool.query<{ value: unknown }>(`SELECT ${expression} AS value`, values);
  return rows[0]?.value;
}

describe('numbers that JavaScript cannot hold', () => {
  test('int8, numeric and sums of them arrive as bigint, to the last digit', async () => {
    expect(await read('9223372036854775807::int8')).toBe(2n ** 63n - 1n);
    expect(await read('(-9223372036854775808)::int8')).toBe(-(2n ** 63n));
    expect(await read(`${'9'.repeat(78)}::numeric(78, 0)`)).toBe(10n ** 78n - 1n);
    expect(await read('(SELECT sum(n) FROM generate_series(1, 3) n)')).toBe(6n);
    expect(await read('(SELECT count(*) FROM generate_series(1, 3))')).toBe(3n);
    expect(await read('NULL::numeric')).toBeNull();
  });

  test('arrays of them too, the empty one included', async () => {
    expect(await read("'{1,-9223372036854775808}'::int8[]")).toEqual([1n, -(2n ** 63n)]);
    expect(await read("'{340282366920938463463374607431768211455}'::numeric[]")).toEqual([2n ** 128n - 1n]);
    expect(await read("'{}'::numeric[]")).toEqual([]);
  });

  test('every amount that is written is read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: -(10n ** 77n), max: 10n ** 77n }), async (amount) => {
        expect(await read('$1::numeric(78, 0)', [amount.toString()])).toBe(amount);
      }),
      { numRuns: 50 },
    );
  });

  test('a fraction is refused instead of rounded, and the connection stays good', async () => {
    await expect(read('1.5::numeric')).rejects.toThrow(/1\.5/);
    await expect(read("'NaN'::numeric")).rejects.toThrow();
    expect(await read('1::int8')).toBe(1n);
  });

  test('small integers and floats of our own queries stay numbers', async () => {
    expect(await read('7::integer')).toBe(7);
    expect(await read('0.25::float8')).toBe(0.25);
  });
});

describe('limits', () => {
  test('a statement that hangs is ended', async () => {
    await expect(read('pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
    expect(await read('1')).toBe(1);
  });

  test('a transaction whose process hangs loses its locks', async () => {
    await pool.query('CREATE TABLE door (id integer PRIMARY KEY)');
    await pool.query('INSERT INTO door VALUES (1)');
    const hanging = await pool.connect();
    await hanging.query('BEGIN');
    await hanging.query('SELECT 1 FROM door FOR UPDATE');

    await expect
      .poll(
        () =>
          pool.query('SELECT 1 FROM door FOR UPDATE NOWAIT').then(
            (result) => result.rowCount,
            () => null,
          ),
        {
          timeout: 10_000,
        },
      )
      .toBe(1);

    await expect(hanging.query('COMMIT')).rejects.toThrow();
    hanging.release(true);
  });

  test('a server that is away is an error, not a wait for ever', async () => {
    const db = openDatabase({
      databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
      applicationName: 'naru-pool-test',
    });
    await expect(sql`SELECT 1`.execute(db)).rejects.toThrow(/ECONNREFUSED/);
    await db.destroy();
  });
});

test('connections carry the name that operators look for', async () => {
  expect(await read("current_setting('application_name')")).toBe('naru-pool-test');
});
