import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { readLogEnd } from './event-log.reader.ts';
import { createWorld, doneValue, plan, requestOf, type World, walkTo } from './withdrawal.fixture.ts';
import { readArrivals, readNonces, readStageDepths, type StateArrival } from './withdrawal.metrics.ts';
import { advanceByIds, insertWithdrawals, type Step } from './withdrawal.store.ts';

let world: World;
let owner: Caller;
beforeEach(async () => {
  world = await createWorld();
  owner = await world.owner();
});
afterEach(() => world.close());

const TAKEN_UP: Step = { from: 'PENDING', to: 'VALIDATING', actor: 'system:test', reason: 'test' };

async function submit(): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

/** A transaction that stays open, with the id taken, until `commit` or `rollBack`. */
async function openStep(id: string) {
  let end: (how: 'commit' | 'roll back') => void = () => undefined;
  const ending = new Promise<'commit' | 'roll back'>((resolve) => {
    end = resolve;
  });
  let written: () => void = () => undefined;
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const done = withTransaction(world.db, async (tx) => {
    await advanceByIds(tx, [id], TAKEN_UP);
    written();
    if ((await ending) === 'roll back') throw new Error('rolled back');
  }).catch(() => undefined);
  await isWritten;
  return {
    commit: async () => {
      end('commit');
      await done;
    },
    rollBack: async () => {
      end('roll back');
      await done;
    },
  };
}

/** Reads on until nothing comes any more. */
async function readAll(after: bigint): Promise<StateArrival[]> {
  const arrivals: StateArrival[] = [];
  for (;;) {
    const page = await readArrivals(world.db, arrivals.at(-1)?.position ?? after, 3);
    if (page.length === 0) return arrivals;
    arrivals.push(...page);
  }
}

/** For polls: a transaction of another test on the same server, too, keeps a gap undecided as long as it is open. */
const UNDECIDED_MAX = { timeout: 30_000 };

async function positionsAfter(end: bigint): Promise<bigint[]> {
  return (await readAll(end)).map((arrival) => arrival.position - end);
}

describe('the log of events', () => {
  test('is read from its end on, in order, in pages, each event once', async () => {
    await submit();
    const end = await readLogEnd(world.db);
    const ids = await Promise.all(Array.from({ length: 8 }, submit));
    await withTransaction(world.db, (tx) => advanceByIds(tx, ids, TAKEN_UP));

    const arrivals = await readAll(end);

    expect(arrivals.map((arrival) => arrival.state)).toEqual([
      ...ids.map(() => 'PENDING'),
      ...ids.map(() => 'VALIDATING'),
    ]);
    expect(new Set(arrivals.map((arrival) => arrival.position)).size).toBe(16);
    expect(arrivals.every((arrival) => arrival.sinceSubmitSeconds >= 0)).toBe(true);
  });

  test('an event with an earlier position that commits later is not skipped, whichever transaction began first', async () => {
    const [one, two] = [await submit(), await submit()];
    const end = await readLogEnd(world.db);
    // The later event's transaction has the lower number: it wrote something before.
    let late: Awaited<ReturnType<typeof openStep>> | undefined;
    await withTransaction(world.db, async (tx) => {
      await insertWithdrawals(tx, [
        {
          id: newUuid(),
          organisationId: owner.organisationId,
          chainId: 'localhost',
          assetId: 'localhost:USDC',
          to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
          amount: 1n,
          fee: 0n,
          feeScheduleId: null,
          priority: 'STANDARD',
          reference: null,
          metadata: {},
          createdAt: new Date(),
          actor: 'system:test',
        },
      ]);
      late = await openStep(one);
      await advanceByIds(tx, [two], TAKEN_UP);
    });

    const before = await readAll(end);
    await late?.commit();

    expect(before.map((arrival) => arrival.position - end)).toEqual([1n]);
    await expect.poll(() => positionsAfter(end + 1n), UNDECIDED_MAX).toEqual([1n, 2n]);
  });

  test('what was rolled back is waited for only while it may still come', async () => {
    const [one, two] = [await submit(), await submit()];
    const end = await readLogEnd(world.db);
    const open = await openStep(one);
    await withTransaction(world.db, (tx) => advanceByIds(tx, [two], TAKEN_UP));

    expect(await readAll(end)).toEqual([]);
    await open.rollBack();

    await expect.poll(() => positionsAfter(end), UNDECIDED_MAX).toEqual([2n]);
  });

  test('a transaction that began after the gap holds nobody up', async () => {
    const [one, two, three] = [await submit(), await submit(), await submit()];
    const end = await readLogEnd(world.db);
    await (await openStep(one)).rollBack();
    await withTransaction(world.db, (tx) => advanceByIds(tx, [two], TAKEN_UP));
    await expect.poll(() => positionsAfter(end), UNDECIDED_MAX).toEqual([2n]);

    const open = await openStep(three);
    expect(await readAll(end + 2n)).toEqual([]);
    await open.commit();
    await expect.poll(() => positionsAfter(end + 2n), UNDECIDED_MAX).toEqual([1n]);
  });

  test('with writers that commit and roll back at random, a reader beside them sees every event once', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, submit));
    const end = await readLogEnd(world.db);
    let isWriting = true;
    const writing = Promise.all(
      ids.map(async (id, index) => {
        const open = await openStep(id);
        if (index % 4 === 0) {
          await open.rollBack();
          await withTransaction(world.db, (tx) => advanceByIds(tx, [id], TAKEN_UP));
        } else await open.commit();
      }),
    ).finally(() => {
      isWriting = false;
    });
    const seen: StateArrival[] = [];
    while (isWriting) seen.push(...(await readArrivals(world.db, seen.at(-1)?.position ?? end, 5)));
    await writing;
    while (seen.length < 40) seen.push(...(await readArrivals(world.db, seen.at(-1)?.position ?? end, 5)));
    expect(await readAll(seen.at(-1)?.position ?? end)).toEqual([]);

    expect(new Set(seen.map((arrival) => arrival.position)).size).toBe(40);
  });
});

describe('depths', () => {
  test('open withdrawals are counted by state, final ones are not', async () => {
    const [one, two, three] = [await submit(), await submit(), await submit()];
    await walkTo(world.db, one, 'BROADCASTED');
    await world.withdrawals.cancel(owner, null, two);

    const depths = await readStageDepths(world.db);

    expect(depths.map(({ state, chain, count }) => [state, chain, count]).toSorted()).toEqual([
      ['BROADCASTED', 'localhost', 1],
      ['PENDING', 'localhost', 1],
    ]);
    expect(depths.every((depth) => depth.oldestAgeSeconds >= 0)).toBe(true);
    expect(three).toBeTypeOf('string');
  });

  test('an account with a nonce that no node has, below one that a node has, is seen', async () => {
    const [one, two] = [await submit(), await submit()];
    await walkTo(world.db, one, 'VALIDATING');
    await walkTo(world.db, two, 'VALIDATING');
    await plan(world.db, [one]);
    const second = await plan(world.db, [two]);
    expect(await readNonces(world.db)).toMatchObject([{ chain: 'localhost', open: 2, unsent: 0 }]);

    await world.db
      .updateTable('chain_tx')
      .set({ state: 'SIGNED', broadcasted_at: new Date() })
      .where('id', '=', second)
      .execute();

    expect(await readNonces(world.db)).toMatchObject([{ chain: 'localhost', open: 2, unsent: 1 }]);
  });
});
