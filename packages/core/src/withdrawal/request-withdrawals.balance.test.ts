import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../access/access.ts';
import {
  balanceOf,
  countEnds,
  createWorld,
  doneValue,
  endOf,
  type Instance,
  problemsOf,
  requestOf,
  rowsOf,
  setLimit,
  USDC_UNIT,
  type World,
  walkTo,
} from './withdrawal.fixture.ts';
import { addUsage, lockUsage } from './withdrawal.store.ts';

let world: World;
let another: Instance;
beforeAll(async () => {
  // Noon in Seoul, so that no day ends while a test counts it.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2031-05-05T12:00:00+09:00') });
  world = await createWorld();
  another = await world.another();
});
afterAll(async () => {
  vi.useRealTimers();
  await world.close();
});

/** Each with a key of its own, at once, over two processes. */
function submitAll(owner: Caller, amounts: readonly string[]) {
  return Promise.all(
    amounts.map((amount, index) =>
      (index % 2 === 0 ? world.withdrawals : another).request(owner, newUuid(), requestOf({ amount })),
    ),
  );
}

async function openSum(owner: Caller): Promise<bigint> {
  const rows = await rowsOf(world, owner);
  return rows.reduce((sum, row) => sum + row.amount, 0n);
}

describe('balance', () => {
  test('twelve submits of a quarter of the balance at once: four accepted', async () => {
    const owner = await world.owner({ USDC: '4000' });

    const answers = await submitAll(
      owner,
      Array.from({ length: 12 }, () => '1000'),
    );

    expect(countEnds(answers)).toEqual({ done: 4, insufficient_balance: 8 });
    expect(await balanceOf(world, owner)).toEqual({ available: 0n, reserved: 4_000n * USDC_UNIT });
    expect(await openSum(owner)).toBe(4_000n * USDC_UNIT);
    expect(await problemsOf(world.db)).toEqual([]);
  });

  test('the last unit can be withdrawn, one more cannot', async () => {
    const owner = await world.owner({ USDC: '1' });
    expect(endOf(await world.withdrawals.request(owner, 'over', requestOf({ amount: '1.000001' })))).toBe(
      'insufficient_balance',
    );
    expect(endOf(await world.withdrawals.request(owner, 'all', requestOf({ amount: '1' })))).toBe('done');
    expect((await balanceOf(world, owner)).available).toBe(0n);
  });

  test('one that is not covered does not hinder a smaller one behind it', async () => {
    const owner = await world.owner({ USDC: '10' });
    const answers = await Promise.all(
      ['20', '10', '1'].map((amount, index) =>
        world.withdrawals.request(owner, `k${index}`, requestOf({ amount })),
      ),
    );
    expect(answers.map(endOf)).toEqual(['insufficient_balance', 'done', 'insufficient_balance']);
  });

  test('an asset that was never credited is refused, not an error', async () => {
    const owner = await world.owner({ USDC: '10' });
    const answer = await world.withdrawals.request(owner, 'eth', requestOf({ asset: 'ETH' }));
    expect(endOf(answer)).toBe('insufficient_balance');
  });

  test('owners do not pay for each other', async () => {
    const [rich, poor] = [await world.owner({ USDC: '100' }), await world.owner({ USDC: '1' })];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.withdrawals.request(index % 2 === 0 ? rich : poor, `k${index}`, requestOf()),
      ),
    );
    expect(countEnds(answers.filter((_, index) => index % 2 === 0))).toEqual({ done: 10 });
    expect(countEnds(answers.filter((_, index) => index % 2 === 1))).toEqual({
      done: 1,
      insufficient_balance: 9,
    });
    expect((await balanceOf(world, poor)).available).toBe(0n);
  });

  test('whatever is asked at once, no more is accepted than there is, and reserved is what is open', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 25 }),
        async (balance, amounts) => {
          const owner = await world.owner({ USDC: String(balance) });
          const answers = await submitAll(owner, amounts.map(String));

          const accepted = amounts.filter((_, index) => answers[index]?.kind === 'done').map(BigInt);
          const sum = accepted.reduce((total, amount) => total + amount, 0n) * USDC_UNIT;
          const left = BigInt(balance) * USDC_UNIT - sum;
          expect(left).toBeGreaterThanOrEqual(0n);
          expect(await balanceOf(world, owner)).toEqual({ available: left, reserved: sum });
          expect(await openSum(owner)).toBe(sum);
          // What was refused would not fit into what is left in the end either.
          for (const [index, answer] of answers.entries())
            if (answer.kind === 'refused')
              expect(BigInt(amounts[index] ?? 0) * USDC_UNIT).toBeGreaterThan(left);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('limits', () => {
  const HOUR_MS = 3_600_000;

  test('one withdrawal above its ceiling is refused, one at it is not', async () => {
    const owner = await world.owner();
    await setLimit(world.db, owner, { perWithdrawalMax: 5n * USDC_UNIT, dailyMax: 100n * USDC_UNIT });

    const over = await world.withdrawals.request(owner, 'over', requestOf({ amount: '5.000001' }));

    expect(over).toMatchObject({
      refusal: { code: 'limit_exceeded', message: expect.stringContaining('one withdrawal') },
    });
    expect(endOf(await world.withdrawals.request(owner, 'at', requestOf({ amount: '5' })))).toBe('done');
  });

  test('a day above its ceiling is refused, in one batch and over two processes', async () => {
    const owner = await world.owner();
    await setLimit(world.db, owner, { perWithdrawalMax: 10n * USDC_UNIT, dailyMax: 45n * USDC_UNIT });

    const answers = await submitAll(
      owner,
      Array.from({ length: 40 }, () => '4'),
    );

    expect(countEnds(answers)).toEqual({ done: 11, limit_exceeded: 29 });
    expect((await balanceOf(world, owner)).reserved).toBe(44n * USDC_UNIT);
    expect(endOf(await world.withdrawals.request(owner, 'last', requestOf({ amount: '1' })))).toBe('done');
  });

  test('what is canceled is given back to its day', async () => {
    const owner = await world.owner();
    await setLimit(world.db, owner, { perWithdrawalMax: 10n * USDC_UNIT, dailyMax: 10n * USDC_UNIT });
    const { id } = doneValue(await world.withdrawals.request(owner, 'first', requestOf({ amount: '10' })));
    expect(endOf(await world.withdrawals.request(owner, 'full', requestOf()))).toBe('limit_exceeded');

    await world.withdrawals.cancel(owner, null, id);
    await world.withdrawals.cancel(owner, null, id);

    expect(await usedOf(owner)).toEqual([0n]);
    expect(countEnds(await submitAll(owner, ['6', '6']))).toEqual({ done: 1, limit_exceeded: 1 });
  });

  test('a refusal for lack of balance uses nothing of the day', async () => {
    const owner = await world.owner({ USDC: '1' });
    await setLimit(world.db, owner, { perWithdrawalMax: 10n * USDC_UNIT, dailyMax: 10n * USDC_UNIT });
    await world.withdrawals.request(owner, 'over', requestOf({ amount: '9' }));
    expect(await usedOf(owner)).toEqual([0n]);
    expect(endOf(await world.withdrawals.request(owner, 'one', requestOf()))).toBe('done');
  });

  test('a ceiling set in the middle of a day counts what was withdrawn before, and a cancel gives back only that', async () => {
    const owner = await world.owner();
    const { id: canceled } = doneValue(
      await world.withdrawals.request(owner, 'a', requestOf({ amount: '3' })),
    );
    const { id: early } = doneValue(await world.withdrawals.request(owner, 'b', requestOf({ amount: '4' })));
    await world.withdrawals.cancel(owner, null, canceled);
    await setLimit(world.db, owner, { perWithdrawalMax: 10n * USDC_UNIT, dailyMax: 10n * USDC_UNIT });

    expect(countEnds(await submitAll(owner, ['4', '4']))).toEqual({ done: 1, limit_exceeded: 1 });
    expect(await usedOf(owner)).toEqual([8n * USDC_UNIT]);
    await world.withdrawals.cancel(owner, null, early);
    expect(await usedOf(owner)).toEqual([4n * USDC_UNIT]);
  });

  test('a day begins and ends at midnight in Seoul, and keeps its own sum', async () => {
    const owner = await world.owner();
    await setLimit(world.db, owner, { perWithdrawalMax: 10n * USDC_UNIT, dailyMax: 10n * USDC_UNIT });
    const pair = { organisationId: owner.organisationId, assetId: 'localhost:USDC' };
    const midnight = new Date('2031-03-01T00:00:00+09:00');
    const before = new Date(midnight.getTime() - 1);
    const use = (at: Date, amount: bigint) =>
      withTransaction(world.db, async (tx) => {
        const [usage] = await lockUsage(tx, [pair], at);
        await addUsage(tx, [{ ...pair, amount, at }]);
        return usage?.used;
      });

    expect(await use(before, 7n)).toBe(0n);
    expect(await use(midnight, 2n)).toBe(0n);
    expect(await use(new Date(midnight.getTime() + 24 * HOUR_MS - 1), 1n)).toBe(2n);
    expect(await use(new Date(midnight.getTime() + 24 * HOUR_MS), 1n)).toBe(0n);
    expect(await use(new Date(midnight.getTime() - 24 * HOUR_MS), 1n)).toBe(7n);
    const { rows } = await sql<{ day: string; amount: bigint }>`
      SELECT day::text, amount FROM withdrawal_usage WHERE organisation_id = ${owner.organisationId}
       ORDER BY day`.execute(world.db);
    expect(rows).toEqual([
      { day: '2031-02-28', amount: 8n },
      { day: '2031-03-01', amount: 3n },
      { day: '2031-03-02', amount: 1n },
    ]);
  });

  test('a ceiling of one asset or organisation is none of another', async () => {
    const [limited, free] = [await world.owner({ USDC: '10', ETH: '10' }), await world.owner()];
    await setLimit(world.db, limited, { perWithdrawalMax: 1n, dailyMax: 1n });
    expect(endOf(await world.withdrawals.request(limited, 'usdc', requestOf()))).toBe('limit_exceeded');
    expect(endOf(await world.withdrawals.request(limited, 'eth', requestOf({ asset: 'ETH' })))).toBe('done');
    expect(endOf(await world.withdrawals.request(free, 'usdc', requestOf()))).toBe('done');
  });

  test('requests and cancels at once, over two processes: the day never exceeds its ceiling', async () => {
    const owner = await world.owner();
    const dailyMax = 20n * USDC_UNIT;
    await setLimit(world.db, owner, { perWithdrawalMax: dailyMax, dailyMax });

    for (let round = 0; round < 5; round++) {
      const open = (await rowsOf(world, owner)).filter((row) => row.state === 'PENDING');
      await Promise.all([
        submitAll(
          owner,
          Array.from({ length: 12 }, (_, index) => String(1 + (index % 5))),
        ),
        ...open.slice(0, 3).map((row) => another.cancel(owner, null, row.id)),
      ]);
      const counted = (await rowsOf(world, owner)).filter((row) => row.state !== 'CANCELED');
      const sum = counted.reduce((total, row) => total + row.amount, 0n);
      expect(sum).toBeLessThanOrEqual(dailyMax);
      expect(await usedOf(owner)).toEqual([sum]);
    }
  });

  async function usedOf(owner: Caller): Promise<bigint[]> {
    const { rows } = await sql<{ amount: bigint }>`
      SELECT amount FROM withdrawal_usage WHERE organisation_id = ${owner.organisationId}`.execute(world.db);
    return rows.map((row) => row.amount);
  }
});

test('what is reserved stays reserved while the withdrawal is under way', async () => {
  const owner = await world.owner({ USDC: '3' });
  const { id } = doneValue(await world.withdrawals.request(owner, 'order-1', requestOf({ amount: '2' })));
  await walkTo(world.db, id, 'CONFIRMING');
  expect(await balanceOf(world, owner)).toEqual({ available: USDC_UNIT, reserved: 2n * USDC_UNIT });
  expect(await world.withdrawals.listBalances(owner)).toEqual([
    { chain: 'localhost', asset: 'USDC', decimals: 6, available: USDC_UNIT, reserved: 2n * USDC_UNIT },
  ]);
});

test('after all of this the books are right', async () => {
  expect(await problemsOf(world.db)).toEqual([]);
});
