import { withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { getAddress } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createRandom } from '../chain-tx/simulation/random.ts';
import { checkLedger } from '../ledger/ledger.store.ts';
import { openFaultyDatabase } from '../withdrawal/faulty-database.fixture.ts';
import { balanceOf, USDC } from '../withdrawal/withdrawal.fixture.ts';
import { createDepositWorld, DEPTH, type DepositWorld, FACTORY, STRANGER } from './deposit.fixture.ts';
import { listDeposits } from './deposit.reader.ts';
import { upsertDepositLimit } from './deposit.store.ts';
import type { DepositAddress } from './deposit.ts';
import { listDepositAddresses } from './deposit-address.store.ts';
import { leaseDepositCursor } from './deposit-cursor.store.ts';
import { watchDeposits } from './watch-deposits.ts';

const UNKNOWN_TOKEN: Hex = getAddress(`0x${'d0'.repeat(20)}`);

let world: DepositWorld;
let owner: Caller;
let address: DepositAddress;
let walletBefore: Record<string, bigint> = {};
beforeAll(async () => {
  world = await createDepositWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await freeCursor();
  mineEmpty(DEPTH);
  await world.look();
  owner = await world.owner({});
  address = await world.address(owner);
  walletBefore = await readWallets();
});
afterEach(async () => {
  world.chain.before = null;
  expect(await checkLedger(world.db)).toEqual([]);
});

async function freeCursor(): Promise<void> {
  await sql`UPDATE deposit_cursor SET lease_owner = NULL, lease_until = NULL`.execute(world.db);
}

const pays = (amount: bigint, token: Hex | null = USDC, to: Hex = address.address) =>
  ({ kind: 'arrived', token, to, amount }) as const;

function mineEmpty(count: number): void {
  for (let blocks = 0; blocks < count; blocks++) world.chain.mine();
}

const deposits = () => depositsOf(owner);
async function depositsOf({ organisationId }: Caller) {
  return await listDeposits(world.db, organisationId, {}, { limit: 1_000, after: null });
}

async function setMinimum(minimum: bigint): Promise<void> {
  await withTransaction(world.db, (tx) =>
    upsertDepositLimit(tx, { assetId: 'localhost:USDC', minimum, sweepMinimum: 0n }),
  );
}

async function statesByAmount(): Promise<Record<string, string>> {
  return Object.fromEntries((await deposits()).map((one) => [String(one.amount), one.state]));
}

async function available(caller: Caller = owner): Promise<bigint> {
  return await balanceOf(world, caller).then(
    (balance) => balance.available,
    () => 0n,
  );
}

async function readWallets(): Promise<Record<string, bigint>> {
  const { rows } = await sql<{ kind: string; balance: bigint }>`
    SELECT kind, debits_posted - credits_posted AS balance FROM ledger_account
     WHERE asset_id = 'localhost:USDC' AND organisation_id IS NULL`.execute(world.db);
  return Object.fromEntries(rows.map(({ kind, balance }) => [kind, balance]));
}

/** What this test has added to an account of the ledger, debits first, in the smallest unit of USDC. */
async function wallet(kind: string): Promise<bigint> {
  return ((await readWallets())[kind] ?? 0n) - (walletBefore[kind] ?? 0n);
}

describe('a deposit', () => {
  test('is shown when a block holds it and credited, with its depth, when that block is final', async () => {
    world.chain.mine(pays(5_000_000n));
    await world.look();
    expect(await statesByAmount()).toEqual({ '5000000': 'DETECTED' });
    expect(await available()).toBe(0n);
    mineEmpty(DEPTH - 2);
    await world.look();
    expect(await statesByAmount()).toEqual({ '5000000': 'DETECTED' });
    mineEmpty(1);
    await world.look();
    const [deposit] = await deposits();
    expect(deposit).toMatchObject({ state: 'CREDITED', depth: BigInt(DEPTH), asset: 'USDC', from: STRANGER });
    expect(await available()).toBe(5_000_000n);
    expect(await wallet('DEPOSIT_WALLET')).toBe(5_000_000n);
  });

  test('of the coin is credited when its forwarder logs it, and marks nothing else', async () => {
    // Seen first, as every chain has a coin of its own: it must be this chain's from then on.
    world.chain.mine(pays(10n ** 18n, null), {
      kind: 'created',
      factory: FACTORY,
      forwarder: address.address,
    });
    await world.look();
    mineEmpty(DEPTH);
    await world.look();
    expect(await deposits()).toMatchObject([{ state: 'CREDITED', asset: 'ETH', amount: 10n ** 18n }]);
    const [kept] = await listDepositAddresses(
      world.db,
      { organisationId: owner.organisationId, chainId: null },
      { limit: 1, after: null },
    );
    expect(kept?.state).toBe('DEPLOYED');
  });

  test('of what cannot be credited by itself is kept with the reason, and is in no balance', async () => {
    await setMinimum(1_000n);
    const eurc = getAddress(`0x${'e'.repeat(40)}`);
    world.chain.mine(pays(999n), pays(7n, UNKNOWN_TOKEN), pays(8n, eurc), pays(10n ** 66n));
    mineEmpty(DEPTH);
    await world.look();
    const reasons = Object.fromEntries(
      (await deposits()).map((one) => [String(one.amount), [one.state, one.uncreditedReason]]),
    );
    expect(reasons).toEqual({
      '999': ['UNCREDITED', 'below_minimum'],
      '7': ['UNCREDITED', 'token_unknown'],
      '8': ['UNCREDITED', 'asset_disabled'],
      [String(10n ** 66n)]: ['UNCREDITED', 'amount_too_large'],
    });
    expect(await available()).toBe(0n);
    expect(await wallet('SUSPENSE')).toBe(-999n);
    await setMinimum(0n);
  });

  test('to an address that is given out while a look is under way is not missed', async () => {
    let late: DepositAddress | null = null;
    let started = false;
    world.chain.before = () => {
      if (started) return;
      started = true;
      // Given out and paid between two reads of the same look, deep enough to be final at once.
      void world.address(owner).then((made) => {
        late = made;
        world.chain.mine(pays(42n, USDC, made.address));
        mineEmpty(DEPTH);
      });
    };
    await world.look();
    world.chain.before = null;
    await expect.poll(() => late).not.toBeNull();
    mineEmpty(1);
    await world.look();
    expect(await statesByAmount()).toEqual({ '42': 'CREDITED' });
  });
});

describe('a reorganisation', () => {
  test('takes a deposit away that was only seen, and gives it back when its transaction is in a block again', async () => {
    world.chain.mine(pays(5n));
    await world.look();
    const gone = world.chain.drop(1);
    mineEmpty(1);
    await world.look();
    expect(await statesByAmount()).toEqual({ '5': 'ORPHANED' });
    world.chain.mine(...gone);
    await world.look();
    expect(await statesByAmount()).toEqual({ '5': 'DETECTED' });
    mineEmpty(DEPTH);
    await world.look();
    expect(await statesByAmount()).toEqual({ '5': 'CREDITED' });
    expect(await available()).toBe(5n);
  });

  test('that the same transaction comes out of with another amount credits the amount that is final', async () => {
    world.chain.mine(pays(5n));
    await world.look();
    const [entry] = world.chain.drop(1);
    world.chain.mine({ hash: entry?.hash ?? '0x', happening: pays(6n) });
    await world.look();
    mineEmpty(DEPTH);
    await world.look();
    expect(await statesByAmount()).toEqual({ '6': 'CREDITED' });
    expect(await available()).toBe(6n);
  });

  test.each([1, 2, 3, 4])(
    'random reorganisations above final depth, looks and sweeps: what is credited is what the final chain says (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const other = await world.owner({});
      const addresses = [address, await world.address(owner), await world.address(other)];
      const begun = world.chain.blocks().length;
      for (let step = 0; step < 50; step++) {
        if (random.chance(0.25) && world.chain.blocks().length >= begun + DEPTH) {
          // Never below what is final for somebody who looks now: that is the assumption of a depth.
          const gone = world.chain.drop(random.whole(1, DEPTH - 1));
          for (const entry of gone) if (random.chance(0.7)) world.chain.mine(entry);
          while (random.chance(0.5)) world.chain.mine();
        }
        const entries = Array.from({ length: random.whole(0, 3) }, () =>
          pays(BigInt(random.whole(1, 1_000)), USDC, random.pick(addresses).address),
        );
        world.chain.mine(...entries);
        if (random.chance(0.5)) await world.look(random.pick(['one', 'other']));
      }
      mineEmpty(DEPTH);
      await freeCursor();
      await world.look();
      const onChain = world.chain
        .blocks()
        .slice(begun)
        .flatMap(({ logs }) => logs)
        .flatMap((log) =>
          log.kind === 'arrived' ? [`${log.transactionHash} ${log.logIndex} ${log.amount}`] : [],
        );
      const rows = (await Promise.all([owner, other].map(depositsOf))).flat();
      const credited = rows.filter(({ state }) => state === 'CREDITED');
      expect(credited.map((one) => `${one.transactionHash} ${one.logIndex} ${one.amount}`).sort()).toEqual(
        onChain.sort(),
      );
      expect(rows.every(({ state }) => state === 'CREDITED' || state === 'ORPHANED')).toBe(true);
      const sum = credited.reduce((total, { amount }) => total + amount, 0n);
      expect((await available(owner)) + (await available(other))).toBe(sum);
      expect(await wallet('DEPOSIT_WALLET')).toBe(sum);
    },
  );
});

describe('two providers', () => {
  test.each([0, 1])('provider %i alone cannot make a deposit final, hide one or change one', async (liar) => {
    const last = world.chain.mine(pays(5n));
    mineEmpty(DEPTH);
    const invented = { kind: 'arrived', token: USDC, from: STRANGER, to: address.address } as const;
    for (const lie of ['invents', 'hides', 'changes'] as const) {
      world.chain.lie(liar, ({ hash, logs }) => ({
        hash,
        logs:
          lie === 'hides'
            ? []
            : lie === 'changes'
              ? logs.map((log) => (log.kind === 'arrived' ? { ...log, amount: 500n } : log))
              : [
                  ...logs,
                  {
                    ...invented,
                    amount: 1_000n,
                    transactionHash: `0x${'f'.repeat(64)}`,
                    logIndex: 9,
                    blockNumber: last.number,
                    blockHash: last.hash,
                  },
                ],
      }));
      await world.look();
      expect([lie, await available()]).toEqual([lie, 0n]);
    }
    world.chain.lie(liar, null);
    await world.look();
    expect(await available()).toBe(5n);
    expect((await deposits()).filter(({ state }) => state === 'CREDITED')).toHaveLength(1);
  });
});

test('what one provider made up while it was not final is not credited when its place turns out right', async () => {
  world.chain.lie(0, ({ hash, logs }) => ({
    hash,
    logs: logs.map((log) => (log.kind === 'arrived' ? { ...log, amount: 500n } : log)),
  }));
  world.chain.mine(pays(5n));
  await world.look();
  expect(await statesByAmount()).toEqual({ '500': 'DETECTED' });
  world.chain.lie(0, null);
  mineEmpty(DEPTH);
  await world.look();
  expect(await statesByAmount()).toEqual({ '5': 'CREDITED' });
  expect(await available()).toBe(5n);
});

describe('killed anywhere, and several at once', () => {
  test('killed after each statement of a look, and looked again: credited once', async () => {
    await freeCursor();
    const faulty = openFaultyDatabase(world.database.url, world.db);
    let sum = 0n;
    const lookOnce = async (amount: bigint) => {
      const lease = await leaseDepositCursor(world.db, {
        chainId: 'localhost',
        owner: 'killed',
        leaseMs: 60_000,
      });
      if (lease === null) throw new Error(`no lease for ${amount}`);
      const deps = { db: faulty.db, port: world.chain, logger: silentLogger };
      await watchDeposits(deps, await world.target(), lease);
    };
    const round = async (arm: () => void) => {
      sum += 1_000n;
      world.chain.mine(pays(1_000n));
      mineEmpty(DEPTH);
      arm();
      await lookOnce(sum).catch(() => undefined);
      faulty.arm(null);
      await lookOnce(sum);
      expect(await available()).toBe(sum);
    };
    await round(() => faulty.arm(null));
    sum += 1_000n;
    world.chain.mine(pays(1_000n));
    mineEmpty(DEPTH);
    faulty.arm(null);
    await lookOnce(sum);
    const statements = faulty.statements().length;
    expect(statements).toBeGreaterThan(10);
    // Before one statement is after the one that precedes it; before the first, nothing has happened.
    for (let statement = 1; statement <= statements; statement++)
      await round(() => faulty.arm({ statement, when: 'after' }));
    await faulty.close();
    expect(await wallet('DEPOSIT_WALLET')).toBe(sum);
  });

  test('two monitors at once, one of which has lost its lease without knowing: each deposit once', async () => {
    await freeCursor();
    const lost = await leaseDepositCursor(world.db, { chainId: 'localhost', owner: 'lost', leaseMs: 60_000 });
    await sql`UPDATE deposit_cursor SET lease_until = now() - interval '1 second'`.execute(world.db);
    for (let amount = 1n; amount <= 5n; amount++) world.chain.mine(pays(amount));
    mineEmpty(DEPTH);
    const deps = { db: world.db, port: world.chain, logger: silentLogger };
    const target = await world.target();
    if (lost === null) throw new Error('no lease');
    const [, late] = await Promise.allSettled([world.look('new'), watchDeposits(deps, target, lost)]);
    await watchDeposits(deps, target, lost).catch(() => undefined);
    expect(['fulfilled', 'rejected']).toContain(late?.status);
    await sql`UPDATE deposit_cursor SET lease_until = now() - interval '1 second'`.execute(world.db);
    await world.look('third');
    expect(await available()).toBe(15n);
  });

  test('found again by a database that was restored, nothing is credited twice, under the same ids', async () => {
    world.chain.mine(pays(5n), pays(6n));
    mineEmpty(DEPTH);
    await world.look();
    const before = (await deposits()).map(({ id }) => id);
    // As after a restore from before the deposits, but for what the ledger already has: the worst of both.
    await sql`ALTER TABLE deposit_cursor DISABLE TRIGGER deposit_cursor_guard`.execute(world.db);
    await sql`UPDATE deposit_cursor SET final_number = 0, seen_number = 0, seen_hash = NULL`.execute(
      world.db,
    );
    await sql`ALTER TABLE deposit_cursor ENABLE TRIGGER deposit_cursor_guard`.execute(world.db);
    await world.look();
    expect((await deposits()).map(({ id }) => id)).toEqual(before);
    expect(await available()).toBe(11n);
  });
});

describe('sweeps', () => {
  test('are booked as the log says, whoever swept, and only once', async () => {
    world.chain.mine(pays(900n));
    world.chain.mine({
      kind: 'swept',
      factory: FACTORY,
      forwarder: address.address,
      token: USDC,
      amount: 900n,
    });
    mineEmpty(DEPTH);
    await world.look();
    expect(await wallet('DEPOSIT_WALLET')).toBe(0n);
    expect(await wallet('HOT_WALLET')).toBe(900n);
    expect(await available()).toBe(900n);
  });

  test('by a strange salt of our factory are none of our books', async () => {
    world.chain.mine({ kind: 'swept', factory: FACTORY, forwarder: STRANGER, token: USDC, amount: 900n });
    mineEmpty(DEPTH);
    await world.look();
    expect(await wallet('HOT_WALLET')).toBe(0n);
  });
});

test('one provider alone is believed where only one is configured', async () => {
  const single = await createDepositWorld(1);
  const caller = await single.owner({});
  const { address: to } = await single.address(caller);
  single.chain.mine(pays(5n, USDC, to));
  for (let blocks = 0; blocks < DEPTH; blocks++) single.chain.mine();
  await single.look();
  expect((await balanceOf(single, caller)).available).toBe(5n);
  await single.close();
});
