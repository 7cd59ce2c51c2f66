import { withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configureChains } from '../chain/configure-chains.ts';
import { leaseOfTest, TEST_OWNER } from '../sub-account/account-lease.fixture.ts';
import { type AccountLease, giveBackAccounts, holdAccounts } from '../sub-account/account-lease.store.ts';
import { addSubAccount, listSubAccounts, takeNonce } from '../sub-account/sub-account.store.ts';
import {
  claimToSend,
  claimToSign,
  insertChainTx,
  listOpen,
  recordAccepted,
  recordSignature,
} from './chain-tx.store.ts';
import type { ChainTx } from './chain-tx.ts';
import { mine } from './follow-chain.ts';

const CONTRACT = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const HASH = `0x${'ab'.repeat(32)}` as const;
let database: TestDatabase;
let lease: AccountLease;

beforeAll(async () => {
  database = await createTestDatabase();
  await configureChains(database.db, new Map([['localhost', { payoutContract: CONTRACT, hasRpc: true }]]));
  await addSubAccount(database.db, { chainId: 'localhost', address: CONTRACT, nextNonce: 0n });
  lease = await leaseOfTest(database.db);
});
afterAll(async () => {
  await database?.drop();
});

async function plan(): Promise<string> {
  const id = newUuid();
  await withTransaction(database.db, async (tx) => {
    const nonce = await takeNonce(tx, lease);
    if (nonce === null) throw new Error('no nonce');
    await insertChainTx(tx, {
      id,
      chainId: 'localhost',
      subAccountId: lease.accountId,
      nonce,
      kind: 'PAYOUT',
      assetId: 'localhost:ETH',
      priority: 'STANDARD',
      itemCount: 1,
      amount: 1n,
      to: CONTRACT,
      data: '0x00',
      valueWei: 1n,
      gas: 100_000n,
      gasPerItem: 20_000n,
    });
  });
  return id;
}

const claim = (owner: string) => ({ chainId: 'localhost', owner, leaseMs: 60_000, limit: 10 });

async function sign(owner = TEST_OWNER): Promise<void> {
  for (const chainTx of await withTransaction(database.db, (tx) => claimToSign(tx, claim(owner))))
    await withTransaction(database.db, (tx) =>
      recordSignature(
        tx,
        { owner, chainTx },
        {
          purpose: 'PAY',
          hash: `0x${newUuid().replaceAll('-', '').repeat(2)}`,
          raw: '0x02',
          feePerGasWeiMax: 2n,
          tipPerGasWei: 1n,
          times: null,
        },
      ),
    );
}

async function stateOf(id: string): Promise<string | undefined> {
  const { rows } = await sql<{ state: string }>`SELECT state FROM chain_tx WHERE id = ${id}`.execute(
    database.db,
  );
  return rows[0]?.state;
}

test('a block that is seen while the broadcaster records its answer is not lost', async () => {
  const id = await plan();
  await sign();
  await withTransaction(database.db, (tx) => claimToSend(tx, claim('broadcaster')));
  // The monitor has read its list; before it writes, the broadcaster records that a node took the bytes.
  const seen = (await listOpen(database.db, 'localhost')).find((open) => open.id === id);
  if (seen === undefined) throw new Error('not open');
  await withTransaction(database.db, (tx) => recordAccepted(tx, id));
  const mined = await withTransaction(database.db, (tx) =>
    mine(tx, seen, { blockNumber: 7n, blockHash: HASH, attempt: 1 }),
  );
  expect(mined).toBe(true);
  expect(await stateOf(id)).toBe('MINED');
});

test('an answer of a node that arrives after the block does not take the transaction back', async () => {
  const id = await plan();
  await sign();
  await withTransaction(database.db, (tx) => claimToSend(tx, claim('broadcaster')));
  await withTransaction(database.db, (tx) =>
    mine(tx, { id, kind: 'PAYOUT' }, { blockNumber: 8n, blockHash: HASH, attempt: 1 }),
  );
  expect(await withTransaction(database.db, (tx) => recordAccepted(tx, id))).toBe(false);
  expect(await stateOf(id)).toBe('MINED');
});

const ATTEMPT = { purpose: 'PAY', raw: '0x02', feePerGasWeiMax: 2n, tipPerGasWei: 1n, times: null } as const;

function claimAll(owner: string, leaseMs = 60_000) {
  return withTransaction(database.db, (tx) => claimToSign(tx, { ...claim(owner), leaseMs }));
}

function store(owner: string, chainTx: ChainTx | undefined, hash: Hex): Promise<boolean> {
  if (chainTx === undefined) throw new Error('nothing claimed');
  return withTransaction(database.db, (tx) => recordSignature(tx, { owner, chainTx }, { ...ATTEMPT, hash }));
}

test('two steps cannot both store an attempt: the one that lost its claim keeps nothing', async () => {
  const id = await plan();
  const [first] = await claimAll(TEST_OWNER, 0);
  const [second] = await claimAll(TEST_OWNER);
  expect(second?.id).toBe(id);
  expect(await store(TEST_OWNER, second, `0x${'02'.repeat(32)}`)).toBe(true);
  expect(await store(TEST_OWNER, first, `0x${'01'.repeat(32)}`)).toBe(false);
});

describe('a processor that lost its account while it had a plan signed', () => {
  const NEXT = 'host/next#1';

  test('keeps nothing: neither before the next holder signed nor after', async () => {
    const id = await plan();
    const [late] = await claimAll(TEST_OWNER);
    await giveBackAccounts(database.db, TEST_OWNER);
    await holdAccounts(database.db, { chainId: 'localhost', owner: NEXT, leaseMs: 60_000 });
    expect(await store(TEST_OWNER, late, `0x${'03'.repeat(32)}`)).toBe(false);
    // The claim of the former holder is void at once: nobody waits for it to run out.
    const [own] = await claimAll(NEXT);
    expect(own?.id).toBe(id);
    expect(await store(TEST_OWNER, late, `0x${'04'.repeat(32)}`)).toBe(false);
    expect(await store(NEXT, own, `0x${'05'.repeat(32)}`)).toBe(true);
  });

  test('and takes no nonce with the old epoch, even when it has the account again', async () => {
    await giveBackAccounts(database.db, NEXT);
    const again = await leaseOfTest(database.db);
    expect(again.epoch).toBeGreaterThan(lease.epoch);
    const take = (by: AccountLease) => withTransaction(database.db, (tx) => takeNonce(tx, by));
    expect(await take(lease)).toBeNull();
    expect(await take({ ...again, owner: NEXT })).toBeNull();
    expect(await take(again)).not.toBeNull();
    lease = again;
  });

  test('has nothing to sign any more', async () => {
    await plan();
    await giveBackAccounts(database.db, TEST_OWNER);
    expect(await claimAll(TEST_OWNER)).toEqual([]);
    lease = await leaseOfTest(database.db);
    expect(await claimAll(TEST_OWNER)).toHaveLength(1);
  });
});

test('twenty planners at once take twenty different nonces without a gap', async () => {
  const before = (await listSubAccounts(database.db, 'localhost'))[0]?.nextNonce ?? 0n;
  const taken: bigint[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (;;) {
        const nonce = await withTransaction(database.db, (tx) => takeNonce(tx, lease));
        if (nonce !== null) return taken.push(nonce);
      }
    }),
  );
  const sorted = taken.toSorted((one, other) => Number(one - other));
  expect(sorted).toEqual(Array.from({ length: 20 }, (_, index) => before + BigInt(index)));
});
