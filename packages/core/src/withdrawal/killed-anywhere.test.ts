import { isTurn } from '@naru/testkit/turns.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { creditBalance } from '../ledger/credit-balance.ts';
import { createWithdrawals } from './create-withdrawals.ts';
import { type Fault, type FaultyDatabase, openFaultyDatabase } from './faulty-database.fixture.ts';
import { hashRequest } from './request-withdrawals.ts';
import {
  balanceOf,
  chargeFee,
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
} from './withdrawal.fixture.ts';

/*
 * Guarantee 10: killed at any statement, then retried → one effect. For every statement of a command, BEGIN and COMMIT
 * included, the server ends the connection before it or after it; the caller sees an error or an answer, and calls again.
 * For the database, after a statement is before the next one, but for COMMIT: a run takes one of the two, and on the next
 * day the other one.
 */

let world: World;
let faulty: FaultyDatabase;
beforeAll(async () => {
  world = await createWorld();
  faulty = openFaultyDatabase(world.database.url, world.db);
});
afterAll(async () => {
  await faulty.close();
  await world.close();
});

type Attempt = (instance: Instance, owner: Caller) => Promise<{ kind: string; refusal?: { code: string } }>;

/** Runs `attempt` once for each place where it can die, each time for a new owner, twice; then `check` looks. */
async function dieEverywhere(
  prepare: () => Promise<Caller>,
  attempt: Attempt,
  check: (owner: Caller, place: string) => Promise<void>,
): Promise<number> {
  const run = async (owner: Caller, fault: Fault | null) => {
    // A new instance each time: what it has cached decides which statements it runs.
    const instance = createWithdrawals({ db: faulty.db });
    faulty.arm(fault);
    return await attempt(instance, owner).then(
      (answer) => endOf(answer),
      () => 'thrown',
    );
  };
  const whole = await prepare();
  expect(await run(whole, null)).toBe('done');
  const statements = [...faulty.statements()];
  await check(whole, 'no fault');

  let thrown = 0;
  let places = 0;
  for (const [index, text] of statements.entries())
    for (const when of ['before', 'after'] as const) {
      if (!isTurn(index + (when === 'before' ? 0 : 1), 2) && !/^commit/i.test(text.trim())) continue;
      places += 1;
      const place = `${when} statement ${index + 1} of ${statements.length}: ${text.trim().slice(0, 60)}`;
      const owner = await prepare();
      if ((await run(owner, { statement: index + 1, when })) === 'thrown') thrown += 1;
      expect([place, await run(owner, null)]).toEqual([place, 'done']);
      await check(owner, place);
    }
  // Otherwise nothing was killed and nothing was shown.
  expect(places).toBeGreaterThanOrEqual(statements.length);
  expect(thrown).toBeGreaterThan(places / 2);
  return statements.length;
}

describe('killed at any statement, then called again with the same key', () => {
  test('a request: one withdrawal, one hold, counted once', async () => {
    const count = await dieEverywhere(
      async () => {
        const owner = await world.owner({ USDC: '10' });
        await setLimit(world.db, owner, { perWithdrawalMax: 5n * USDC_UNIT, dailyMax: 5n * USDC_UNIT });
        return owner;
      },
      (instance, owner) => instance.request(owner, 'order-1', requestOf()),
      async (owner, place) => {
        const rows = await rowsOf(world, owner);
        expect([place, rows.map((row) => row.state)]).toEqual([place, ['PENDING']]);
        expect([place, await balanceOf(world, owner)]).toEqual([
          place,
          { available: 9n * USDC_UNIT, reserved: USDC_UNIT },
        ]);
        expect([place, await usedOf(owner)]).toEqual([place, USDC_UNIT]);
        expect([place, await world.withdrawals.events(owner, rows[0]?.id ?? '')]).toMatchObject([
          place,
          [{ from: null, to: 'PENDING' }],
        ]);
      },
    );
    expect(count).toBeGreaterThanOrEqual(10);
  });

  test('a request with a fee: amount and fee are held together or not at all', async () => {
    await chargeFee(world.db, { flat: USDC_UNIT / 2n });
    try {
      await dieEverywhere(
        () => world.owner({ USDC: '10' }),
        (instance, owner) => instance.request(owner, 'order-1', requestOf()),
        async (owner, place) => {
          const rows = await rowsOf(world, owner);
          expect([place, rows.map((row) => [row.state, row.fee])]).toEqual([
            place,
            [['PENDING', USDC_UNIT / 2n]],
          ]);
          expect([place, (await balanceOf(world, owner)).reserved]).toEqual([place, (USDC_UNIT * 3n) / 2n]);
        },
      );
    } finally {
      await chargeFee(world.db, null);
    }
  });

  test('a cancel: canceled once, released once', async () => {
    await dieEverywhere(
      async () => {
        const owner = await world.owner({ USDC: '10' });
        await setLimit(world.db, owner, { perWithdrawalMax: 5n * USDC_UNIT, dailyMax: 5n * USDC_UNIT });
        doneValue(await world.withdrawals.request(owner, 'order-1', requestOf()));
        return owner;
      },
      async (instance, owner) => {
        const [row] = await rowsOf(world, owner);
        return await instance.cancel(owner, 'cancel-1', row?.id ?? '');
      },
      async (owner, place) => {
        const [row] = await rowsOf(world, owner);
        const events = await world.withdrawals.events(owner, row?.id ?? '');
        expect([place, row?.state, events?.length]).toEqual([place, 'CANCELED', 2]);
        expect([place, await balanceOf(world, owner)]).toEqual([
          place,
          { available: 10n * USDC_UNIT, reserved: 0n },
        ]);
        expect([place, await usedOf(owner)]).toEqual([place, 0n]);
      },
    );
  });

  test('a bulk file: one bulk with all of its rows', async () => {
    const requests = ['1', '2', '3'].map((amount) => requestOf({ amount }));
    await dieEverywhere(
      () => world.owner({ USDC: '10' }),
      (instance, owner) => {
        async function* rows() {
          yield requests.map((request, index) => ({ row: index + 1, request }));
        }
        const inputHash = () => hashRequest(requestOf({ amount: '123' }));
        return instance.requestBulk(owner, 'bulk-1', { rows: rows(), inputHash, dryRun: false });
      },
      async (owner, place) => {
        const rows = await rowsOf(world, owner);
        expect([place, rows.length, new Set(rows.map((row) => row.bulkId)).size]).toEqual([place, 3, 1]);
        expect([place, await balanceOf(world, owner)]).toEqual([
          place,
          { available: 4n * USDC_UNIT, reserved: 6n * USDC_UNIT },
        ]);
      },
    );
  });

  test('a credit: credited once', async () => {
    await dieEverywhere(
      () => world.owner({ USDC: '10' }),
      (_, owner) =>
        creditBalance({ db: faulty.db }, owner, 'credit-1', {
          organisationId: owner.organisationId,
          chain: 'localhost',
          asset: 'USDC',
          amount: '5',
          note: null,
        }),
      async (owner, place) => {
        expect([place, await balanceOf(world, owner)]).toEqual([
          place,
          { available: 15n * USDC_UNIT, reserved: 0n },
        ]);
      },
    );
  });

  test('after all of this the books are right', async () => {
    expect(await problemsOf(world.db)).toEqual([]);
  });
});

test('ten requests in one transaction that dies: after ten retries, ten withdrawals', async () => {
  const owner = await world.owner({ USDC: '10' });
  const instance = createWithdrawals({ db: faulty.db });
  const submit = () =>
    Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => instance.request(owner, `order-${index}`, requestOf())),
    );
  // Warm, so that the statements below are those of the transaction.
  await instance.listChains(owner);
  faulty.arm({ statement: 6, when: 'after' });

  const first = await submit();
  const second = await submit();

  expect(first.map((answer) => answer.status)).toEqual(first.map(() => 'rejected'));
  expect(second.map((answer) => answer.status)).toEqual(second.map(() => 'fulfilled'));
  expect(await rowsOf(world, owner)).toHaveLength(10);
  expect((await balanceOf(world, owner)).reserved).toBe(10n * USDC_UNIT);
});

async function usedOf(owner: Caller): Promise<bigint | undefined> {
  const { rows } = await sql<{ amount: bigint }>`
    SELECT amount FROM withdrawal_usage WHERE organisation_id = ${owner.organisationId}`.execute(world.db);
  return rows[0]?.amount;
}
