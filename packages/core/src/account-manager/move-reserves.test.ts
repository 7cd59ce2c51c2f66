import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changeAccount } from '../sub-account/change-account.ts';
import { listSubAccounts } from '../sub-account/sub-account.store.ts';
import { type FaultyDatabase, openFaultyDatabase } from '../withdrawal/faulty-database.fixture.ts';
import { doneValue, problemsOf, requestOf, USDC_UNIT } from '../withdrawal/withdrawal.fixture.ts';
import { advancePending } from '../withdrawal/withdrawal.store.ts';
import { BLOCK, createReserve, ETHER, type Reserve } from './account-manager.fixture.ts';

/* What the decisions of decide-moves.ts become in a database: written once, planned once, ended by the chain's word. */

const LEVELS = { low: 100n * USDC_UNIT, target: 500n * USDC_UNIT, high: 1_000n * USDC_UNIT };
const KIM = { actor: 'operator:kim@desk', origin: null, requestId: null, reason: 'ticket 7' };
let reserve: Reserve;
let faulty: FaultyDatabase;

beforeEach(async () => {
  reserve = await createReserve();
  faulty = openFaultyDatabase(reserve.world.database.url, reserve.db);
  reserve.set('main', 'USDC', 10_000n * USDC_UNIT);
  await reserve.levels(LEVELS, { role: 'PAYOUT' });
});
afterEach(async () => {
  expect(await problemsOf(reserve.db)).toEqual([]);
  await faulty.close();
  await reserve.close();
});

/** As if so much time had passed since. */
async function age(column: 'created_at' | 'ended_at', by: string): Promise<void> {
  await withTransaction(reserve.db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE account_transfer SET ${sql.ref(column)} = now() - ${by}::interval`.execute(tx);
  });
}

const states = async () => (await reserve.transfers()).map(({ state }) => state).toSorted();
const counts = async () => {
  const { rows } = await sql<{ chainTxs: number; transfers: number }>`
    SELECT (SELECT count(*)::integer FROM chain_tx) AS "chainTxs",
           (SELECT count(*)::integer FROM account_transfer) AS transfers`.execute(reserve.db);
  return rows[0] ?? { chainTxs: 0, transfers: 0 };
};
const chainTxs = async () => {
  const { rows } = await sql<{ kind: string; items: number; amount: bigint; nonce: bigint }>`
    SELECT kind, item_count AS items, amount, nonce FROM chain_tx ORDER BY nonce`.execute(reserve.db);
  return rows;
};

describe('a top-up', () => {
  test('of all accounts that are low is one transaction of the main account, and is decided once', async () => {
    expect(await reserve.look()).toEqual({ written: 2, drained: 0 });
    expect(await reserve.look()).toEqual({ written: 0, drained: 0 });
    expect(await reserve.plan()).toBe(1);
    expect(await reserve.plan()).toBe(0);
    expect(await chainTxs()).toEqual([{ kind: 'TRANSFER', items: 2, amount: 1_000n * USDC_UNIT, nonce: 0n }]);
    expect(await reserve.look()).toEqual({ written: 0, drained: 0 });
    await reserve.mine();
    expect(await states()).toEqual(['CONFIRMED', 'CONFIRMED']);
    expect(reserve.get('one', 'USDC')).toBe(500n * USDC_UNIT);
    expect(await reserve.look()).toEqual({ written: 0, drained: 0 });
  });

  test('by many instances at once: one decides', async () => {
    const looks = await Promise.all(Array.from({ length: 8 }, () => reserve.look()));
    expect(looks.reduce((sum, { written }) => sum + written, 0)).toBe(2);
    const plans = await Promise.all(Array.from({ length: 4 }, () => reserve.plan()));
    expect(plans.reduce((sum, planned) => sum + planned, 0)).toBe(1);
    expect(await chainTxs()).toHaveLength(1);
  });

  test('is not written by an instance that slept over a whole top-up between its look and its word', async () => {
    let isAsleep = false;
    const sleeper = await reserve.look(reserve.db, {
      balances: async (pairs) => {
        if (!isAsleep) {
          isAsleep = true;
          await reserve.look();
          await reserve.plan();
          await reserve.mine();
        }
        // Of before: everything was low.
        return pairs.map(() => 0n).with(0, 10_000n * USDC_UNIT);
      },
    });
    expect(sleeper.written).toBe(0);
    expect(await states()).toEqual(['CONFIRMED', 'CONFIRMED']);
  });

  test('is not decided from balances of a block that is older than the end of the last one', async () => {
    await reserve.look();
    await reserve.plan();
    await sql`UPDATE chain_tx SET block_number = ${BLOCK + 5n}, block_hash = '0x05', final_at = now()`.execute(
      reserve.db,
    );
    await reserve.mine();
    reserve.set('one', 'USDC', 0n);
    expect((await reserve.look()).written).toBe(0);
    await sql`UPDATE chain_cursor SET scanned_number = ${BLOCK + 5n}`.execute(reserve.db);
    expect((await reserve.look()).written).toBe(1);
  });

  test('counts as there while it is mined in a block that has been read, and as under way before', async () => {
    await reserve.look();
    await reserve.plan();
    // The money has arrived in block 100, and so has the transaction: it is not counted a second time.
    reserve.set('one', 'USDC', 500n * USDC_UNIT);
    reserve.set('two', 'USDC', 500n * USDC_UNIT);
    reserve.set('main', 'USDC', 9_000n * USDC_UNIT);
    await sql`UPDATE chain_tx SET state = 'MINED', block_number = ${BLOCK}, block_hash = '0x01'`.execute(
      reserve.db,
    );
    const owner = await reserve.world.owner();
    doneValue(await reserve.world.withdrawals.request(owner, newUuid(), requestOf({ amount: '9500' })));
    await withTransaction(reserve.db, (tx) => advancePending(tx, 'localhost', 10));
    // Both have a top-up open, so neither gets another.
    expect((await reserve.look()).written).toBe(0);
    await reserve.mine(1);
    reserve.set('one', 'USDC', 500n * USDC_UNIT);
    reserve.set('two', 'USDC', 500n * USDC_UNIT);
    reserve.set('main', 'USDC', 9_000n * USDC_UNIT);
    expect((await reserve.look()).written).toBe(1);
    expect((await reserve.transfers())[0]?.amount).toBe(9_000n * USDC_UNIT);
  });

  test('that the token refuses has failed, moved nothing, and is tried again only after a while', async () => {
    await reserve.look();
    await reserve.plan();
    await reserve.mine(2);
    expect((await reserve.transfers()).map(({ failureCode }) => failureCode)).toEqual([
      'transfer_reverted',
      'transfer_reverted',
    ]);
    expect((await reserve.look()).written).toBe(0);
    await age('ended_at', '31 seconds');
    expect((await reserve.look()).written).toBe(2);
    const { rows } =
      await sql`SELECT failures_before AS n FROM account_transfer WHERE state = 'PENDING'`.execute(
        reserve.db,
      );
    expect(rows).toEqual([{ n: 1 }, { n: 1 }]);
  });

  test('that no processor could plan in time is forgotten and decided anew', async () => {
    await reserve.look();
    await age('created_at', '11 minutes');
    expect((await reserve.look()).written).toBe(0);
    expect(await states()).toEqual(['CANCELED', 'CANCELED']);
    expect((await reserve.look()).written).toBe(2);
  });
});

test('killed at any statement of the look or of the plan, and done again: one top-up, one nonce, none left out', async () => {
  const run = async () => ({
    looked: await reserve.look(faulty.db).then(
      () => true,
      () => false,
    ),
    planned: await reserve.plan(faulty.db).then(
      () => true,
      () => false,
    ),
  });
  // How many statements there are when nothing dies.
  faulty.arm(null);
  expect(await run()).toEqual({ looked: true, planned: true });
  const count = faulty.statements().length;
  expect(count).toBeGreaterThan(25);
  await reserve.mine();
  let thrown = 0;
  // Dead after one statement is, for the database, dead before the next.
  const places = [
    { statement: 1, when: 'before' as const },
    ...Array.from({ length: count }, (_, index) => ({ statement: index + 1, when: 'after' as const })),
  ];
  for (const fault of places) {
    const before = await counts();
    for (const name of ['one', 'two']) reserve.set(name, 'USDC', 0n);
    reserve.set('main', 'USDC', 10_000n * USDC_UNIT);
    faulty.arm(fault);
    const first = await run();
    if (!first.looked || !first.planned) thrown += 1;
    faulty.arm(null);
    expect(await run()).toEqual({ looked: true, planned: true });
    const place = `${fault.when} statement ${fault.statement} of ${count}`;
    const after = { chainTxs: before.chainTxs + 1, transfers: before.transfers + 2 };
    expect([place, await counts()]).toEqual([place, after]);
    await reserve.mine();
    for (const name of ['one', 'two'])
      expect([place, reserve.get(name, 'USDC')]).toEqual([place, LEVELS.target]);
  }
  expect(thrown).toBeGreaterThan(count / 2);
  const nonces = (await chainTxs()).map(({ nonce }) => nonce);
  expect(nonces).toEqual(nonces.map((_, index) => BigInt(index)));
});

test('an account that is drained gives everything to the main account, then can be retired; taken back it pays again', async () => {
  reserve.set('one', 'USDC', 700n * USDC_UNIT);
  reserve.set('two', 'USDC', 500n * USDC_UNIT);
  const target = { chainId: 'localhost', address: reserve.account('one').address };
  await changeAccount({ db: reserve.db }, target, 'drain', KIM);
  // Said twice it is no error.
  expect(await changeAccount({ db: reserve.db }, target, 'drain', KIM)).toBe('ACTIVE');
  const state = async () =>
    (await listSubAccounts(reserve.db, 'localhost')).find(({ address }) => address === target.address)?.state;
  for (let round = 0; round < 6 && (await state()) !== 'DRAINED'; round++) {
    await reserve.look();
    await reserve.plan();
    await reserve.mine();
  }
  expect(await state()).toBe('DRAINED');
  expect((await reserve.transfers()).map(({ purpose, asset }) => `${purpose} ${asset}`)).toEqual([
    'DRAIN ETH',
    'DRAIN USDC',
  ]);
  expect(reserve.get('one', 'USDC')).toBe(0n);
  expect(reserve.get('one', 'ETH')).toBeLessThan(ETHER);
  expect(await changeAccount({ db: reserve.db }, target, 'resume', KIM)).toBe('DRAINED');
  await changeAccount({ db: reserve.db }, target, 'drain', KIM);
  await reserve.look();
  expect(await changeAccount({ db: reserve.db }, target, 'retire', KIM)).toBe('DRAINED');
  await expect(changeAccount({ db: reserve.db }, target, 'drain', KIM)).rejects.toMatchObject({
    code: 'account_state',
  });
});

test('the only main account of a chain cannot be drained: there is nobody to take what it holds', async () => {
  const target = { chainId: 'localhost', address: reserve.account('main').address };
  await expect(changeAccount({ db: reserve.db }, target, 'drain', KIM)).rejects.toMatchObject({
    message: expect.stringContaining('no other main account'),
  });
});

test('gas money is paid by the gas account alone, and a coin withdrawal never takes it', async () => {
  await reserve.levels(
    { low: 2n * ETHER, target: 5n * ETHER, high: null },
    { role: 'PAYOUT', purpose: 'GAS' },
  );
  for (const name of ['one', 'two']) reserve.set(name, 'USDC', 500n * USDC_UNIT);
  reserve.set('one', 'ETH', ETHER);
  expect((await reserve.look()).written).toBe(1);
  expect(await reserve.transfers()).toMatchObject([
    { purpose: 'GAS', from: reserve.account('gas').address, amount: 4n * ETHER },
  ]);
});
