import { silentLogger } from '@naru/kit/logger.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCatalogue } from '../chain/chain.store.ts';
import { configureChains } from '../chain/configure-chains.ts';
import { addSubAccount, listSubAccounts } from '../sub-account/sub-account.store.ts';
import type { ChainPort } from './ports.ts';
import { recoverFromChain } from './recover-from-chain.ts';

const CONTRACT = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await configureChains(database.db, new Map([['localhost', { payoutContract: CONTRACT, hasRpc: true }]]));
  await addSubAccount(database.db, { chainId: 'localhost', address: CONTRACT, nextNonce: 3n });
});
afterAll(async () => {
  await database?.drop();
});

/** A node with five transactions of ours in blocks, `young` of them in its newest one, and `pooled` more in its pool. */
function nodeWith({ pooled = 0n, young = 0n }): ChainPort {
  const port: Partial<ChainPort> = {
    providerCount: 1,
    head: async () => ({ number: 10n, hash: '0x01', parentHash: '0x00' }),
    batchesFromEach: async () => [[]],
    heads: async () => [10n],
    transactionCounts: async (addresses, at) => [addresses.map(() => (at === 'latest' ? 5n : 5n - young))],
    pendingCounts: async (addresses) => addresses.map(() => 5n + pooled),
  };
  return port as ChainPort;
}

async function recover(chainPort: ChainPort) {
  const { chains } = await readCatalogue(database.db);
  const chain = chains.get('localhost');
  if (chain === undefined) throw new Error('no chain');
  const deps = { db: database.db, chainPort, signer: null, logger: silentLogger };
  return await recoverFromChain(deps, { chain, assets: [] }, { fromBlock: 0n });
}

async function nextNonce(): Promise<bigint | undefined> {
  return (await listSubAccounts(database.db, 'localhost'))[0]?.nextNonce;
}

test('recovery refuses, and changes nothing, while a transaction of ours waits in the pool', async () => {
  await expect(recover(nodeWith({ pooled: 1n }))).rejects.toMatchObject({
    code: 'chain_not_quiet',
    retryable: true,
  });
  expect(await nextNonce()).toBe(3n);
});

test('recovery refuses while a transaction of ours is not final: a reorganisation would leave a nonce that nothing fills', async () => {
  await expect(recover(nodeWith({ young: 1n }))).rejects.toMatchObject({ code: 'chain_not_quiet' });
  expect(await nextNonce()).toBe(3n);
});

test('recovery refuses while two providers name different counts: one that lies would raise a counter past a gap', async () => {
  const port: ChainPort = {
    ...nodeWith({}),
    providerCount: 2,
    transactionCounts: async (addresses) => [addresses.map(() => 5n), addresses.map(() => 9n)],
  };
  await expect(recover(port)).rejects.toMatchObject({ code: 'providers_disagree', retryable: true });
  expect(await nextNonce()).toBe(3n);
});

test('once the chain is quiet, the nonce counter is raised to the chain', async () => {
  expect((await recover(nodeWith({}))).accounts).toMatchObject([{ nextNonceBefore: 3n, nextNonce: 5n }]);
  expect(await nextNonce()).toBe(5n);
});
