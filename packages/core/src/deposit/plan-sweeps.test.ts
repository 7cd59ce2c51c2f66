import { withTransaction } from '@naru/db/database.ts';
import { depositSalt } from '@naru/evm/deposit-address.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { getAddress } from 'viem';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leaseOfTest, TEST_OWNER } from '../sub-account/account-lease.fixture.ts';
import { addSubAccount } from '../sub-account/sub-account.store.ts';
import { USDC } from '../withdrawal/withdrawal.fixture.ts';
import { createDepositWorld, DEPTH, type DepositWorld, FACTORY } from './deposit.fixture.ts';
import { readDepositLimit, upsertDepositLimit, wishSweep } from './deposit.store.ts';
import type { DepositAddress } from './deposit.ts';
import { planSweeps, type SweepDeps } from './plan-sweeps.ts';

const TREASURY = getAddress('0x000000000000000000000000000000000000acc1');
const UNIT = 1_000_000n;

let world: DepositWorld;
beforeEach(async () => {
  world = await createDepositWorld();
  await addSubAccount(world.db, { chainId: 'localhost', address: TREASURY, nextNonce: 0n });
  await leaseOfTest(world.db);
  await withTransaction(world.db, (tx) =>
    upsertDepositLimit(tx, { assetId: 'localhost:USDC', minimum: 1n, sweepMinimum: 10n * UNIT }),
  );
});
afterEach(() => world.close());

/** Addresses of a new owner with these amounts of USDC, final. */
async function paid(...amounts: bigint[]): Promise<DepositAddress[]> {
  const owner = await world.owner({});
  const addresses: DepositAddress[] = [];
  for (const amount of amounts) {
    const address = await world.address(owner);
    addresses.push(address);
    world.chain.mine({ kind: 'arrived', token: USDC, to: address.address, amount });
  }
  for (let blocks = 0; blocks < DEPTH; blocks++) world.chain.mine();
  await world.look();
  return addresses;
}

async function run(chain: object = {}, owner = TEST_OWNER): Promise<number> {
  const chainPort = {
    ...world.chain,
    ...countsOf(0n),
    treasuryOf: async () => TREASURY,
    ...chain,
  } as unknown as SweepDeps['chainPort'];
  return await planSweeps({ db: world.db, chainPort, logger: silentLogger, owner }, await world.target());
}

async function sweeps() {
  const { rows } = await sql<{
    to: string;
    data: Buffer;
    state: string;
    nonce: bigint;
    items: number;
    amount: bigint;
    asset: string;
    addresses: string[];
  }>`
    SELECT x.to_address AS "to", x.data, x.state, x.nonce, x.item_count AS items, x.amount, x.asset_id AS asset,
           array_agg(s.deposit_address_id::text ORDER BY s.position) AS addresses
      FROM chain_tx x JOIN deposit_sweep s ON s.chain_tx_id = x.id GROUP BY x.id ORDER BY x.id`.execute(
    world.db,
  );
  return rows;
}

test('what is worth it is planned as one transaction, the most first; it carries nothing and has its nonce', async () => {
  const [small, large, middle] = await paid(9n * UNIT, 50n * UNIT, 20n * UNIT);
  expect(await run()).toBe(1);
  const [sweep] = await sweeps();
  expect(sweep).toMatchObject({
    to: FACTORY,
    state: 'PLANNED',
    nonce: 0n,
    items: 0,
    amount: 0n,
    asset: 'localhost:USDC',
    addresses: [large?.id, middle?.id],
  });
  for (const address of [large, middle])
    expect(sweep?.data.toString('hex')).toContain(depositSalt(address?.id ?? '').slice(2));
  expect(sweep?.data.toString('hex')).not.toContain(depositSalt(small?.id ?? '').slice(2));
});

test('one at a time for an asset, however often and by however many it is asked', async () => {
  await paid(50n * UNIT);
  const planned = await Promise.all(Array.from({ length: 5 }, () => run()));
  expect(planned.reduce((sum, count) => sum + count, 0)).toBe(1);
  await paid(70n * UNIT);
  expect(await run()).toBe(0);
  expect(await sweeps()).toHaveLength(1);
});

const countsOf = (count: bigint) => ({
  transactionCounts: async (addresses: readonly Hex[], _at: string, providers: number) =>
    Array.from({ length: providers }, () => addresses.map(() => count)),
});
const reasonsNotTo: [string, object, string?][] = [
  ['the treasury is none of our accounts', { treasuryOf: async () => getAddress(`0x${'99'.repeat(20)}`) }],
  ['there is no factory', { treasuryOf: async () => null }],
  ['the market asks more than the fee ceiling', { quoteFees: async () => ({ kind: 'ceiling_exceeded' }) }],
  [
    'somebody else has swept them, which the books do not say yet',
    { balances: async (pairs: unknown[]) => pairs.map(() => 0n) },
  ],
  ['another processor holds the accounts', {}, 'host/other#1'],
  // The last: an account of which the chain says that is paused.
  ['the chain has used the nonce', countsOf(1n)],
];

test('nothing is planned and no nonce is taken where money would not come to us, or not be worth it', async () => {
  await paid(50n * UNIT);
  for (const [why, chain, owner] of reasonsNotTo) {
    expect([why, await run(chain, owner)]).toEqual([why, 0]);
    expect([why, await sweeps()]).toEqual([why, []]);
  }
  const { rows } = await sql<{ next: bigint; state: string }>`
    SELECT next_nonce AS next, state FROM sub_account WHERE chain_id = 'localhost'`.execute(world.db);
  expect(rows).toEqual([{ next: 0n, state: 'PAUSED' }]);
});

test('what an operator wishes is swept whatever its size, and the wish ends when nothing is left', async () => {
  const [small] = await paid(2n * UNIT);
  expect(await run()).toBe(0);
  await wishSweep(world.db, { id: 'localhost:USDC', minimum: 1n }, true);
  expect(await run()).toBe(1);
  expect((await sweeps())[0]?.addresses).toEqual([small?.id]);
  expect(await readDepositLimit(world.db, 'localhost:USDC')).toMatchObject({ sweepOnce: true });
});

test('a wish for what is not there is taken back', async () => {
  await wishSweep(world.db, { id: 'localhost:USDC', minimum: 1n }, true);
  expect(await run()).toBe(0);
  expect(await readDepositLimit(world.db, 'localhost:USDC')).toMatchObject({ sweepOnce: false });
});

test('an address that is to take the coin gets its forwarder by a sweep of the coin', async () => {
  const address = await world.address(await world.owner({}), true);
  expect(await run()).toBe(1);
  expect(await sweeps()).toMatchObject([{ asset: 'localhost:ETH', addresses: [address.id], amount: 0n }]);
});
