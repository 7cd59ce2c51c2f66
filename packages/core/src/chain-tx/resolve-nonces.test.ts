import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCatalogue } from '../chain/chain.store.ts';
import { configureChains } from '../chain/configure-chains.ts';
import { leaseOfTest } from '../sub-account/account-lease.fixture.ts';
import { addSubAccount, takeNonce } from '../sub-account/sub-account.store.ts';
import { FOREIGN_MARGIN_BLOCKS } from './chain-tx.limits.ts';
import { insertChainTx, listOpen } from './chain-tx.store.ts';
import type { ChainPort } from './ports.ts';
import { resolveNonces } from './resolve-nonces.ts';

const CONTRACT = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const HEAD = 100n;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const settings = { payoutContract: CONTRACT, hasRpc: true, confirmations: 1 } as const;
  await configureChains(database.db, new Map([['localhost', settings]]));
  await addSubAccount(database.db, { chainId: 'localhost', address: CONTRACT, nextNonce: 0n });
  const lease = await leaseOfTest(database.db);
  await withTransaction(database.db, async (tx) => {
    const nonce = (await takeNonce(tx, lease)) ?? 0n;
    await insertChainTx(tx, {
      id: newUuid(),
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
});
afterAll(async () => {
  await database?.drop();
});

/** A node on which nonce 0 was used from `usedFrom` on, and which has no receipt of ours. */
function nodeWithout(receipts: { usedFrom: bigint }): ChainPort {
  const port: Partial<ChainPort> = {
    providerCount: 1,
    transactionCounts: async (addresses, at) => [
      addresses.map(() => (at === 'latest' || at >= receipts.usedFrom ? 1n : 0n)),
    ],
    receipts: async (hashes) => [hashes.map(() => null)],
    heads: async () => [HEAD],
    batchesFromEach: async () => [[]],
  };
  return port as ChainPort;
}

async function resolve(port: ChainPort): Promise<string | undefined> {
  const chain = (await readCatalogue(database.db)).chains.get('localhost');
  if (chain === undefined) throw new Error('no chain');
  const deps = { db: database.db, chainPort: port, logger: silentLogger };
  await resolveNonces(deps, chain, { scanned: HEAD, head: HEAD });
  return (await listOpen(database.db, 'localhost'))[0]?.state;
}

test('a node that shows the count of the next block before its receipt does not make a payment look foreign', async () => {
  // Seen on Anvil at depth 1: the count "at block N" is that of N + 1 while N + 1 is being imported.
  expect(await resolve(nodeWithout({ usedFrom: HEAD }))).toBe('PLANNED');
  expect(await resolve(nodeWithout({ usedFrom: HEAD - FOREIGN_MARGIN_BLOCKS + 1n }))).toBe('PLANNED');
});

test('a nonce that was used well below final depth, with no receipt and no record of ours, was used by somebody else', async () => {
  expect(await resolve(nodeWithout({ usedFrom: HEAD - FOREIGN_MARGIN_BLOCKS }))).toBe('MINED');
});
