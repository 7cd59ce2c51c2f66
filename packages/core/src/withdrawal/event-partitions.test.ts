import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { readLogEnd } from './event-log.reader.ts';
import { ensureEventPartitions } from './event-partitions.store.ts';
import { createWorld, doneValue, requestOf, type World } from './withdrawal.fixture.ts';
import { EVENT_MONTHS_AHEAD } from './withdrawal.limits.ts';
import { readArrivals } from './withdrawal.metrics.ts';

let world: World;
let owner: Caller;
beforeEach(async () => {
  world = await createWorld();
  owner = await world.owner();
});
afterEach(() => world.close());

async function submit(): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

/** The table in which the events of a withdrawal lie. */
async function partitionOf(id: string): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    SELECT DISTINCT tableoid::regclass::text AS name FROM withdrawal_event WHERE withdrawal_id = ${id}`.execute(
    world.db,
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.name;
}

function monthOf(at: Date, ahead: number): string {
  const month = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + ahead, 1));
  return `withdrawal_event_${month.toISOString().slice(0, 7).replace('-', '_')}`;
}

test('this month and the next ones are made once; events go to the month of their withdrawal', async () => {
  const at = new Date();
  const expected = Array.from({ length: EVENT_MONTHS_AHEAD + 1 }, (_, ahead) => monthOf(at, ahead));
  const made = await Promise.all(Array.from({ length: 4 }, () => ensureEventPartitions(world.db)));
  expect(made.flat().toSorted()).toEqual(expected.toSorted());
  expect(await ensureEventPartitions(world.db)).toEqual([]);
  expect(await partitionOf(await submit())).toBe(expected[0]);
});

test('without any, events go to the default; a month that began there stays there, the next ones are made', async () => {
  const id = await submit();
  expect(await partitionOf(id)).toBe('withdrawal_event_default');
  const at = new Date();
  const made = await ensureEventPartitions(world.db);
  expect(made).toEqual(Array.from({ length: EVENT_MONTHS_AHEAD }, (_, index) => monthOf(at, index + 1)));
  expect(await partitionOf(id)).toBe('withdrawal_event_default');
  expect(await partitionOf(await submit())).toBe('withdrawal_event_default');
});

test('a reader of the log sees the events of all partitions in one order', async () => {
  const before = await submit();
  const end = await readLogEnd(world.db);
  await withTransaction(world.db, async (tx) => {
    // As if the month had turned: what is submitted from now on lies elsewhere.
    await sql`ALTER TABLE withdrawal_event DETACH PARTITION withdrawal_event_default`.execute(tx);
    await sql`CREATE TABLE withdrawal_event_now PARTITION OF withdrawal_event DEFAULT`.execute(tx);
  });
  const after = await submit();
  expect(await partitionOf(after)).toBe('withdrawal_event_now');
  await expect
    .poll(async () => (await readArrivals(world.db, end, 10)).map(({ position }) => position - end), {
      timeout: 30_000,
    })
    .toEqual([1n]);
  expect(await world.withdrawals.events(owner, after)).toHaveLength(1);
  // What was detached is a table of its own, still whole.
  const { rows } = await sql`SELECT 1 FROM withdrawal_event_default WHERE withdrawal_id = ${before}`.execute(
    world.db,
  );
  expect(rows).toHaveLength(1);
});

test('a partition can be changed no more than the log itself', async () => {
  await ensureEventPartitions(world.db);
  const id = await submit();
  const partition = sql.table((await partitionOf(id)) ?? '');
  for (const statement of [
    sql`UPDATE ${partition} SET reason = 'another' WHERE withdrawal_id = ${id}`,
    sql`DELETE FROM ${partition} WHERE withdrawal_id = ${id}`,
    sql`TRUNCATE ${partition}`,
  ])
    await expect(statement.execute(world.db)).rejects.toMatchObject({ code: '23001' });
  const event = sql`
    INSERT INTO ${partition} (position, withdrawal_id, version, to_state, actor, reason)
    OVERRIDING SYSTEM VALUE VALUES (1000000, ${id}, 2, 'CONFIRMED', 'system:test', 'never happened')`;
  await expect(event.execute(world.db)).rejects.toMatchObject({ code: '23503' });
});

test('while somebody reads the log in a long transaction it gives up, and writers do not wait behind it', async () => {
  await withTransaction(world.db, async (tx) => {
    await sql`SELECT count(*) FROM withdrawal_event`.execute(tx);
    expect(await ensureEventPartitions(world.db)).toEqual([]);
    await submit();
  });
  expect(await ensureEventPartitions(world.db)).toHaveLength(EVENT_MONTHS_AHEAD);
});
