import { withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCatalogue } from '../chain/chain.store.ts';
import { leaseOfTest, TEST_OWNER } from '../sub-account/account-lease.fixture.ts';
import { addSubAccount, listSubAccounts } from '../sub-account/sub-account.store.ts';
import { createWorld, doneValue, requestOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { advancePending } from '../withdrawal/withdrawal.store.ts';
import { NONCE_AHEAD } from './chain-tx.pauses.ts';
import { planPayouts } from './plan-payouts.ts';
import type { ChainPort } from './ports.ts';

const ACCOUNT: Hex = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';
const NEXT_NONCE = 7n;
let world: World;

beforeEach(async () => {
  world = await createWorld();
  await addSubAccount(world.db, { chainId: 'localhost', address: ACCOUNT, nextNonce: NEXT_NONCE });
  await leaseOfTest(world.db);
  const owner = await world.owner();
  doneValue(await world.withdrawals.request(owner, newUuid(), requestOf({ priority: 'VIP' })));
  await withTransaction(world.db, (tx) => advancePending(tx, 'localhost', 10));
});
afterEach(() => world.close());

/** Two providers that tell these transaction counts; reads of one are answered by the first. */
async function planWith(counts: readonly [bigint, bigint]): Promise<boolean> {
  const port: Partial<ChainPort> = {
    providerCount: 2,
    balances: async (pairs) => pairs.map(() => 10n ** 12n),
    allowances: async (pairs) => pairs.map(() => 2n ** 256n - 1n),
    transactionCounts: async (addresses, _at, providers) =>
      counts.slice(0, providers).map((count) => addresses.map(() => count)),
  };
  const catalogue = await readCatalogue(world.db);
  const chain = catalogue.chains.get('localhost');
  if (chain === undefined) throw new Error('no chain');
  const planned = await planPayouts(
    { db: world.db, chainPort: port as ChainPort, logger: silentLogger, owner: TEST_OWNER },
    { chain, assets: catalogue.assets, moreComing: false },
  );
  return planned === true;
}

const account = async () => (await listSubAccounts(world.db, 'localhost'))[0];

describe('an account whose chain is ahead of its counter', () => {
  test('by one provider of two: nothing is planned on it, and it is not stopped for good', async () => {
    expect(await planWith([NEXT_NONCE + 2n, NEXT_NONCE])).toBe(false);
    expect(await account()).toMatchObject({ state: 'ACTIVE', nextNonce: NEXT_NONCE });
    // The provider has come to its senses.
    expect(await planWith([NEXT_NONCE, NEXT_NONCE])).toBe(true);
    expect(await account()).toMatchObject({ state: 'ACTIVE', nextNonce: NEXT_NONCE + 1n });
  });

  test('by both is paused until somebody recovers', async () => {
    expect(await planWith([NEXT_NONCE + 1n, NEXT_NONCE + 2n])).toBe(false);
    expect(await account()).toMatchObject({ state: 'PAUSED', pauseReason: NONCE_AHEAD });
  });
});
