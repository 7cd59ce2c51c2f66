import { withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { createWorld, PAYOUT_CONTRACT, type World } from '../withdrawal/withdrawal.fixture.ts';
import { leaseOfTest, TEST_OWNER } from './account-lease.fixture.ts';
import type { AccountLease } from './account-lease.store.ts';
import {
  addSubAccount,
  listSubAccounts,
  pause,
  readLoads,
  resume,
  saveBalances,
  takeNonce,
} from './sub-account.store.ts';

let world: World;
let id: string;
let lease: AccountLease;
const ADDRESS: Hex = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

beforeEach(async () => {
  world = await createWorld();
  await addSubAccount(world.db, { chainId: 'localhost', address: ADDRESS, nextNonce: 7n });
  lease = await leaseOfTest(world.db);
  id = lease.accountId;
});
afterEach(() => world.close());

const take = () => withTransaction(world.db, (tx) => takeNonce(tx, lease));

describe('nonces', () => {
  test('are taken one after the other, from where the chain is', async () => {
    expect([await take(), await take(), await take()]).toEqual([7n, 8n, 9n]);
  });

  test('fifty planners at once: no nonce twice, none left out', async () => {
    const taken = await Promise.all(
      Array.from({ length: 50 }, async () => {
        for (;;) {
          const nonce = await take();
          // Null: another planner has the account at this moment.
          if (nonce !== null) return nonce;
        }
      }),
    );
    expect(taken.toSorted((one, other) => Number(one - other))).toEqual(
      Array.from({ length: 50 }, (_, index) => 7n + BigInt(index)),
    );
  });

  test('one whose transaction is rolled back is the next one again: no gap', async () => {
    await withTransaction(world.db, async (tx) => {
      expect(await takeNonce(tx, lease)).toBe(7n);
      throw new Error('rolled back');
    }).catch(() => undefined);
    expect(await take()).toBe(7n);
  });

  test('an account that another planner holds is left to it, without waiting', async () => {
    await withTransaction(world.db, async (tx) => {
      await takeNonce(tx, lease);
      expect(await take()).toBeNull();
    });
  });

  test('a paused or retired account gives none', async () => {
    await pause(world.db, id, 'test');
    expect(await take()).toBeNull();
    await resume(world.db, id, 'test');
    await sql`UPDATE sub_account SET state = 'RETIRED' WHERE id = ${id}`.execute(world.db);
    expect(await take()).toBeNull();
  });
});

describe('accounts', () => {
  test('one that is added again is left as it is', async () => {
    await take();
    expect(await addSubAccount(world.db, { chainId: 'localhost', address: ADDRESS, nextNonce: 0n })).toBe(
      false,
    );
    expect(await listSubAccounts(world.db, 'localhost')).toMatchObject([{ nextNonce: 8n, state: 'ACTIVE' }]);
    expect(await listSubAccounts(world.db, 'polygon')).toEqual([]);
  });

  test('a pause is lifted by its own reason only, and said once', async () => {
    expect([await pause(world.db, id, 'low on gas'), await pause(world.db, id, 'by a person')]).toEqual([
      true,
      false,
    ]);
    expect(await resume(world.db, id, 'by a person')).toBe(false);
    expect(await listSubAccounts(world.db, 'localhost')).toMatchObject([
      { state: 'PAUSED', pauseReason: 'low on gas' },
    ]);
    expect([await resume(world.db, id, 'low on gas'), await resume(world.db, id, 'low on gas')]).toEqual([
      true,
      false,
    ]);
  });

  test('their load counts what is under way, and what its gas may cost at most', async () => {
    const chainTxId = newUuid();
    await withTransaction(world.db, async (tx) => {
      await insertChainTx(tx, {
        id: chainTxId,
        chainId: 'localhost',
        subAccountId: id,
        nonce: (await takeNonce(tx, lease)) ?? -1n,
        kind: 'PAYOUT',
        assetId: 'localhost:USDC',
        priority: 'STANDARD',
        itemCount: 1,
        amount: 500n,
        to: PAYOUT_CONTRACT,
        data: '0x',
        valueWei: 0n,
        gas: 100_000n,
        gasPerItem: 27_500n,
      });
    });
    for (const [number, fee] of [10n, 30n].entries())
      await sql`INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
                VALUES (${chainTxId}, ${number + 1}, 'PAY', ${`0x${String(number).repeat(64)}`}, '\\x00', ${fee}, 0)`.execute(
        world.db,
      );
    const load = (assetId: string) =>
      readLoads(world.db, { chainId: 'localhost', owner: TEST_OWNER }, assetId);

    expect(await load('localhost:USDC')).toMatchObject([
      { id, nextNonce: 8n, inFlight: 1, amountInFlight: 500n, gasInFlightWei: 3_000_000n },
    ]);
    expect(await load('localhost:ETH')).toMatchObject([{ inFlight: 1, amountInFlight: 0n }]);

    await sql`UPDATE chain_tx SET state = 'MINED' WHERE id = ${chainTxId}`.execute(world.db);
    await sql`UPDATE chain_tx SET state = 'REVERTED' WHERE id = ${chainTxId}`.execute(world.db);
    expect(await load('localhost:USDC')).toMatchObject([
      { inFlight: 0, amountInFlight: 0n, gasInFlightWei: 0n },
    ]);
    await pause(world.db, id, 'test');
    expect(await load('localhost:USDC')).toEqual([]);
  });

  test('balances that were read replace those read before', async () => {
    const save = (balance: bigint, blockNumber: bigint) =>
      saveBalances(world.db, [{ subAccountId: id, assetId: 'localhost:USDC', balance, blockNumber }]);
    await save(5n, 1n);
    await save(2n ** 200n, 2n);
    await saveBalances(world.db, []);
    const { rows } = await sql`SELECT balance, block_number FROM sub_account_balance`.execute(world.db);
    expect(rows).toEqual([{ balance: 2n ** 200n, block_number: 2n }]);
  });
});
