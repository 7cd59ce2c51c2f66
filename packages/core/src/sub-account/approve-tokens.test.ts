import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCatalogue } from '../chain/chain.store.ts';
import { NONCE_AHEAD } from '../chain-tx/chain-tx.pauses.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { leaseOfTest, TEST_OWNER } from './account-lease.fixture.ts';
import { approveTokens } from './approve-tokens.ts';
import { addSubAccount, listSubAccounts } from './sub-account.store.ts';

const ACCOUNT: Hex = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';
const NEXT_NONCE = 2n;
let world: World;

beforeEach(async () => {
  world = await createWorld();
  await addSubAccount(world.db, { chainId: 'localhost', address: ACCOUNT, nextNonce: NEXT_NONCE });
});
afterEach(() => world.close());

async function approve(chain: { count: bigint; allowance: bigint }) {
  const port: Partial<ChainPort> = {
    providerCount: 1,
    allowances: async (pairs) => pairs.map(() => chain.allowance),
    transactionCounts: async (addresses) => [addresses.map(() => chain.count)],
  };
  const { chains, assets } = await readCatalogue(world.db);
  const localhost = chains.get('localhost');
  if (localhost === undefined) throw new Error('no chain');
  return await approveTokens(
    { db: world.db, chainPort: port as ChainPort, logger: silentLogger, owner: TEST_OWNER },
    { chain: localhost, assets: [...assets.values()].filter((asset) => asset.chainId === 'localhost') },
  );
}

async function approvals(): Promise<{ nonce: bigint; asset: string }[]> {
  const { rows } = await sql<{ nonce: bigint; asset: string }>`
    SELECT nonce, asset_id AS asset FROM chain_tx WHERE kind = 'APPROVAL' ORDER BY nonce`.execute(world.db);
  return rows;
}

describe('approvals', () => {
  test('one for each token that lacks it, and no second one while it is open', async () => {
    await leaseOfTest(world.db);
    expect(await approve({ count: NEXT_NONCE, allowance: 0n })).toEqual({ written: 1, isDone: true });
    expect(await approve({ count: NEXT_NONCE, allowance: 0n })).toEqual({ written: 0, isDone: true });
    expect(await approvals()).toEqual([{ nonce: NEXT_NONCE, asset: 'localhost:USDC' }]);
  });

  test('none where there is one already', async () => {
    await leaseOfTest(world.db);
    expect(await approve({ count: NEXT_NONCE, allowance: 2n ** 256n - 1n })).toEqual({
      written: 0,
      isDone: true,
    });
  });

  test('a restored database takes no nonce for one that the chain has used: the account is paused', async () => {
    await leaseOfTest(world.db);
    expect((await approve({ count: NEXT_NONCE + 1n, allowance: 0n })).written).toBe(0);
    expect(await approvals()).toEqual([]);
    expect(await listSubAccounts(world.db, 'localhost')).toMatchObject([
      { state: 'PAUSED', pauseReason: NONCE_AHEAD, nextNonce: NEXT_NONCE },
    ]);
  });

  test('without an account of its own there is nothing to do yet', async () => {
    expect(await approve({ count: NEXT_NONCE, allowance: 0n })).toEqual({ written: 0, isDone: false });
  });
});
