import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { settleMoney } from '../chain-tx/settle-chain-txs.ts';
import { listTransfersOf } from '../ledger/ledger.store.ts';
import { checkReserves } from '../reconciliation/check-invariants.ts';
import { submitFile } from '../withdrawal/bulk.fixture.ts';
import {
  balanceOf,
  chargeFee,
  countEnds,
  createWorld,
  doneValue,
  endChainTx,
  problemsOf,
  requestOf,
  rowsOf,
  USDC_UNIT,
  type World,
  walkTo,
} from '../withdrawal/withdrawal.fixture.ts';
import { feeHoldId } from './fee-hold.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());
/** A catalogue is a second old at most: an instance of its own has the newest. */
let fresh: Awaited<ReturnType<World['another']>>;
beforeEach(async () => {
  await chargeFee(world.db, { flat: USDC_UNIT / 2n, basisPoints: 100 });
  fresh = await world.another();
});

async function earned(): Promise<bigint> {
  const { rows } = await sql<{ posted: bigint }>`
    SELECT coalesce(sum(credits_posted - debits_posted), 0) AS posted FROM ledger_account WHERE kind = 'FEE'`.execute(
    world.db,
  );
  return assertPresent(rows[0], 'fees').posted;
}

const submit = async (owner: Caller, amount = '100') =>
  doneValue(await fresh.request(owner, newUuid(), requestOf({ amount })));

/** Ends a withdrawal as the monitor does, by what the contract recorded for it. */
async function settle(id: string, state: 'EXECUTED' | 'REVERTED', outcome: number): Promise<void> {
  const chainTxId = assertPresent((await walkTo(world.db, id, 'CONFIRMING')).chainTxId, 'chain transaction');
  await end(chainTxId, state, outcome);
}

async function end(chainTxId: string, state: 'EXECUTED' | 'REVERTED', outcome: number): Promise<void> {
  const outcomes = state === 'EXECUTED' ? [outcome] : null;
  await endChainTx(world.db, chainTxId, state, outcomes);
  const chain = assertPresent((await readCatalogue(world.db)).chains.get('localhost'), 'chain');
  await withTransaction(world.db, (tx) =>
    settleMoney(
      tx,
      chain,
      { id: chainTxId, kind: 'PAYOUT' },
      {
        state,
        outcomes: outcomes === null ? null : Buffer.from(outcomes),
        receipt: null,
      },
    ),
  );
}

describe('a withdrawal with a fee', () => {
  test('says what it costs, holds both, and is ours once it is paid', async () => {
    const owner = await world.owner({ USDC: '1000' });
    const before = await earned();
    const created = await submit(owner);
    expect(created).toMatchObject({ amount: 100n * USDC_UNIT, fee: 1_500_000n });
    expect(await balanceOf(world, owner)).toEqual({ available: 898_500_000n, reserved: 101_500_000n });
    await settle(created.id, 'EXECUTED', 1);
    expect(await balanceOf(world, owner)).toEqual({ available: 898_500_000n, reserved: 0n });
    expect((await earned()) - before).toBe(1_500_000n);
    const rows = await listTransfersOf(world.db, created.id);
    expect(rows.map(({ kind, debit, credit, amount }) => [kind, debit, credit, amount])).toEqual([
      ['PENDING', 'CUSTOMER', 'HOT_WALLET', 100n * USDC_UNIT],
      ['PENDING', 'CUSTOMER', 'FEE', 1_500_000n],
      ['POST', 'CUSTOMER', 'HOT_WALLET', 100n * USDC_UNIT],
      ['POST', 'CUSTOMER', 'FEE', 1_500_000n],
    ]);
    expect(rows.some(({ id }) => id === feeHoldId(created.id))).toBe(true);
    const sqlId = await sql<{ id: string }>`SELECT fee_hold_id(${created.id}) AS id`.execute(world.db);
    expect(sqlId.rows[0]?.id).toBe(feeHoldId(created.id));
    expect(await problemsOf(world.db)).toEqual([]);
  });

  test.each(['canceled', 'refused on chain'])('%s: both are released, and nothing is ours', async (how) => {
    const owner = await world.owner({ USDC: '1000' });
    const before = await earned();
    const { id } = await submit(owner);
    if (how === 'canceled') doneValue(await fresh.cancel(owner, null, id));
    else await settle(id, 'EXECUTED', 2);
    expect(await balanceOf(world, owner)).toEqual({ available: 1_000n * USDC_UNIT, reserved: 0n });
    expect(await earned()).toBe(before);
    expect(await problemsOf(world.db)).toEqual([]);
  });

  test('keeps its fee, whatever is decided later, also where the same call is repeated', async () => {
    const owner = await world.owner({ USDC: '1000' });
    const ask = (instance = fresh) => instance.request(owner, 'order-1', requestOf({ amount: '100' }));
    const first = doneValue(await ask());
    await chargeFee(world.db, { flat: 9n * USDC_UNIT });
    const later = await world.another();
    expect(doneValue(await ask(later))).toEqual(first);
    expect(doneValue(await later.request(owner, 'order-2', requestOf()))).toMatchObject({
      fee: 9n * USDC_UNIT,
    });
    await expect(sql`UPDATE withdrawal SET fee = 0 WHERE id = ${first.id}`.execute(world.db)).rejects.toThrow(
      'immutable',
    );
    await expect(sql`UPDATE withdrawal_fee_schedule SET flat = 0`.execute(world.db)).rejects.toThrow(
      'immutable',
    );
  });

  test('costs what its organisation has agreed on, until that ends', async () => {
    const owner = await world.owner({ USDC: '1000' });
    await chargeFee(world.db, { flat: 1n }, owner.organisationId);
    fresh = await world.another();
    expect(await submit(owner)).toMatchObject({ fee: 1n });
    await chargeFee(world.db, null, owner.organisationId);
    fresh = await world.another();
    expect(await submit(owner)).toMatchObject({ fee: 1_500_000n });
  });

  test('by gas whose price nobody knows is not accepted, and by one that is known it is', async () => {
    const owner = await world.owner({ ETH: '1' });
    const schedule = sql`INSERT INTO withdrawal_fee_schedule (id, asset_id, version, gas_percent, actor, reason)
      VALUES (${newUuid()}, 'localhost:ETH', 1, 100, 'me', 'gas')`;
    await schedule.execute(world.db);
    const ask = async () =>
      (await world.another()).request(owner, newUuid(), requestOf({ asset: 'ETH', amount: '0.1' }));
    expect(await ask()).toMatchObject({ refusal: { code: 'fee_not_known' } });
    await sql`INSERT INTO gas_price (chain_id, wei_per_gas) VALUES ('localhost', 7)`.execute(world.db);
    expect(doneValue(await ask())).toMatchObject({ fee: 7n * 58_000n });
    await sql`UPDATE gas_price SET at = now() - interval '11 minutes'`.execute(world.db);
    expect(await ask()).toMatchObject({ refusal: { code: 'fee_not_known' } });
  });
});

describe('what a balance covers', () => {
  test('is amount and fee together: what covers one of them is refused, and leaves no trace', async () => {
    const owner = await world.owner({ USDC: '101.499999' });
    const refused = await fresh.request(owner, newUuid(), requestOf({ amount: '100' }));
    expect(refused).toMatchObject({
      refusal: { code: 'insufficient_balance', message: expect.stringContaining('its fee of 1.5') },
    });
    expect(await balanceOf(world, owner)).toEqual({ available: 101_499_999n, reserved: 0n });
    const { rows } = await sql`
      SELECT 1 FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_account_id
       WHERE a.organisation_id = ${owner.organisationId}`.execute(world.db);
    expect(rows).toEqual([]);
    expect(doneValue(await fresh.request(owner, newUuid(), requestOf({ amount: '99' }))).fee).toBe(
      1_490_000n,
    );
  });

  test('forty at once of several instances, with fees and without: no more than is covered, to the last', async () => {
    const owner = await world.owner({ USDC: '1000' });
    const free = await world.owner({ USDC: '1000' });
    await chargeFee(world.db, { flat: 0n }, free.organisationId);
    const instances = await Promise.all([world.another(), world.another(), world.another()]);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const instance = assertPresent(instances[index % 3], 'instance');
        const request = requestOf({ amount: '100' });
        return Promise.all([
          instance.request(owner, newUuid(), request),
          instance.request(free, newUuid(), request),
        ]);
      }),
    );
    expect(countEnds(all.map(([charged]) => charged))).toEqual({ done: 9, insufficient_balance: 31 });
    expect(countEnds(all.map(([, uncharged]) => uncharged))).toEqual({ done: 10, insufficient_balance: 30 });
    expect(await balanceOf(world, owner)).toEqual({ available: 86_500_000n, reserved: 913_500_000n });
    expect(await problemsOf(world.db)).toEqual([]);
    for (const how of ['fast', 'full'] as const)
      expect(await checkReserves(world.db, how)).toEqual({ kind: 'checked', findings: [] });
  });

  test('of a file is all its amounts and fees, or nothing', async () => {
    const owner = await world.owner({ USDC: '304.4', ETH: '1' });
    const rows = [
      ...Array.from({ length: 3 }, () => requestOf({ amount: '100' })),
      requestOf({ asset: 'ETH', amount: '0.5' }),
    ];
    await sql`INSERT INTO gas_price (chain_id, wei_per_gas) VALUES ('localhost', 7)
              ON CONFLICT (chain_id) DO UPDATE SET at = now()`.execute(world.db);
    fresh = await world.another();
    const refused = await submitFile(fresh, owner, newUuid(), rows);
    expect(refused).toMatchObject({
      refusal: { code: 'insufficient_balance', message: expect.stringContaining('and its fees') },
    });
    expect(await balanceOf(world, owner)).toEqual({ available: 304_400_000n, reserved: 0n });
    const fewer = await submitFile(fresh, owner, newUuid(), rows.slice(1));
    expect(fewer).toMatchObject({ kind: 'done', value: { total: 3 } });
    expect((await rowsOf(world, owner)).map(({ fee }) => fee).toSorted()).toEqual(
      [1_500_000n, 1_500_000n, 406_000n].toSorted(),
    );
    expect((await balanceOf(world, owner)).reserved).toBe(203_000_000n);
    expect(await problemsOf(world.db)).toEqual([]);
  });
});

test('whatever happens to withdrawals in whatever order, each unit is the owner’s, reserved, paid, or ours', async () => {
  const start = 10_000n * USDC_UNIT;
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('submit' as const),
        amount: fc.integer({ min: 1, max: 3_000 }),
      }),
    },
    fc.record({ kind: fc.constant('cancel' as const), at: fc.nat() }),
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('settle' as const),
        at: fc.nat(),
        outcome: fc.integer({ min: 0, max: 3 }),
      }),
    },
    fc.record({ kind: fc.constant('revert' as const), at: fc.nat() }),
    fc.record({ kind: fc.constant('charge' as const), basisPoints: fc.nat(10_000), flat: fc.nat(5_000_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
      const owner = await world.owner({ USDC: '10000' });
      const before = await earned();
      const pick = async (at: number) => {
        const open = (await rowsOf(world, owner)).filter(({ state }) =>
          ['PENDING', 'VALIDATING'].includes(state),
        );
        return open.length === 0 ? null : assertPresent(open[at % open.length], 'withdrawal');
      };
      for (const one of steps) {
        if (one.kind === 'charge') {
          await chargeFee(world.db, { basisPoints: one.basisPoints, flat: BigInt(one.flat) });
          fresh = await world.another();
        } else if (one.kind === 'submit')
          await fresh.request(owner, newUuid(), requestOf({ amount: String(one.amount) }));
        else {
          const found = await pick(one.at);
          if (found === null) continue;
          if (one.kind === 'cancel') await fresh.cancel(owner, null, found.id);
          // Planned again it waits in VALIDATING, from where the fixture cannot plan it a second time by itself.
          else if (found.state === 'PENDING')
            await settle(
              found.id,
              one.kind === 'settle' ? 'EXECUTED' : 'REVERTED',
              one.kind === 'settle' ? one.outcome : 0,
            );
        }
      }
      const rows = await rowsOf(world, owner);
      const sumOf = (wanted: (state: string) => boolean) =>
        rows.filter(({ state }) => wanted(state)).reduce((sum, { amount, fee }) => sum + amount + fee, 0n);
      const ended = ['CONFIRMED', 'FAILED', 'CANCELED'];
      const reserved = sumOf((state) => !ended.includes(state));
      const paid = sumOf((state) => state === 'CONFIRMED');
      expect(await balanceOf(world, owner)).toEqual({ available: start - reserved - paid, reserved });
      const fees = rows.filter(({ state }) => state === 'CONFIRMED').reduce((sum, { fee }) => sum + fee, 0n);
      expect((await earned()) - before).toBe(fees);
      expect(await problemsOf(world.db)).toEqual([]);
    }),
    { numRuns: 12 },
  );
});
