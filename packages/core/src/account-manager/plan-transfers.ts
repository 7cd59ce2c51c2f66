import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { sumUnits } from '@naru/kit/money.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { batchGas, itemsMax, takeCovered } from '../chain-tx/planner.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { readSpendable, type SpendableAccount } from '../chain-tx/read-spendable.ts';
import { takeNonce } from '../sub-account/sub-account.store.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { ITEMS_PER_TRANSFER_TX_MAX } from './account-manager.limits.ts';
import {
  attachTransfers,
  listPendingRoutes,
  lockPending,
  type PendingTransfer,
} from './account-transfer.store.ts';

/** `owner` plans on the accounts that it holds, and on no others. */
export type PlanTransfersDeps = { db: Database; chainPort: ChainPort; logger: Logger; owner: string };

/**
 * Plans the transfers that wait, all of one source and asset in one transaction of the chain. Runs in the same loop as the
 * planning of withdrawals: no two plans are made on one view of a balance. Returns how many transactions it planned.
 */
export async function planTransfers(
  deps: PlanTransfersDeps,
  target: { chain: Chain; assets: ReadonlyMap<string, Asset> },
): Promise<number> {
  const { chain, assets } = target;
  let planned = 0;
  for (const route of await listPendingRoutes(deps.db, { chainId: chain.id, owner: deps.owner })) {
    const asset = assertPresent(assets.get(route.assetId), `asset ${route.assetId}`);
    const [account] = await readSpendable(deps, chain, asset, [route.accountId]);
    if (account === undefined || account.inFlight >= chain.inFlightPerAccountMax) continue;
    if (await planOne(deps, chain, asset, account)) planned += 1;
  }
  return planned;
}

/** One transaction: transfers, nonce, frozen payload. */
async function planOne(
  deps: PlanTransfersDeps,
  chain: Chain,
  asset: Asset,
  account: SpendableAccount,
): Promise<boolean> {
  const route = { chainId: chain.id, accountId: account.id, assetId: asset.id };
  const limit = Math.min(ITEMS_PER_TRANSFER_TX_MAX, itemsMax(chain, asset, 'STANDARD'));
  return await withTransaction(deps.db, async (tx) => {
    const waiting = await lockPending(tx, route, limit);
    // What keeps enough coin for gas was decided with the amounts: a drain gives away what others keep.
    const items = takeCovered(waiting, account.available);
    if (items.length === 0) return false;
    const lease = { accountId: account.id, owner: deps.owner, epoch: account.epoch };
    const nonce = await takeNonce(tx, lease);
    if (nonce === null) return false;
    await writePlan(tx, { chain, asset, account, nonce, items });
    await signal(tx, 'naru_signer');
    return true;
  });
}

async function writePlan(
  tx: Tx,
  plan: {
    chain: Chain;
    asset: Asset;
    account: SpendableAccount;
    nonce: bigint;
    items: readonly PendingTransfer[];
  },
): Promise<void> {
  const { chain, asset, account, items } = plan;
  const id = newUuid();
  const payload = buildPayload(
    {
      kind: 'payout',
      contract: assertPresent(chain.payoutContract, `payout contract of ${chain.id}`),
      batchId: id,
      token: asset.address,
      gasPerItem: asset.transferGasMax,
      items: items.map((item) => ({ id: item.id, to: item.to, amount: item.amount })),
    },
    { from: account.address },
  );
  await insertChainTx(tx, {
    id,
    chainId: chain.id,
    subAccountId: account.id,
    nonce: plan.nonce,
    kind: 'TRANSFER',
    assetId: asset.id,
    // Payments wait for it.
    priority: 'VIP',
    itemCount: items.length,
    amount: sumUnits(items.map((item) => item.amount)),
    to: payload.to,
    data: payload.data,
    valueWei: payload.valueWei,
    gas: batchGas(chain, asset, items.length),
    gasPerItem: asset.transferGasMax,
  });
  const attached = await attachTransfers(
    tx,
    id,
    items.map((item, position) => ({ id: item.id, position })),
  );
  assert(attached === items.length, `planned ${items.length} transfers, attached ${attached}`);
}
