import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { sumUnits } from '@naru/kit/money.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { takeNonce } from '../sub-account/sub-account.store.ts';
import {
  attachToChainTx,
  listWaitingLanes,
  lockWaiting,
  signal,
  type Waiting,
} from '../withdrawal/withdrawal.store.ts';
import type { Priority } from '../withdrawal/withdrawal.ts';
import { insertChainTx } from './chain-tx.store.ts';
import { batchGas, itemsMax, planLane } from './planner.ts';
import type { ChainPort } from './ports.ts';
import { readSpendable, type SpendableAccount } from './read-spendable.ts';

/** `owner` plans on the accounts that it holds, and on no others. */
export type PlanDeps = { db: Database; chainPort: ChainPort; logger: Logger; owner: string };
export type PlanTarget = {
  chain: Chain;
  assets: ReadonlyMap<string, Asset>;
  /** More withdrawals are about to be taken up: a batch that is not full is worth waiting for. */
  moreComing: boolean;
};

/** What became of a lane: a batch was planned, it waits for company, or nothing can be planned now. */
type LaneResult = 'planned' | 'waiting' | 'idle';

/**
 * Plans every waiting lane of a chain until it is empty, must wait for company, or no account has a free slot and
 * money. True: something was planned, so there may be more.
 */
export async function planPayouts(
  deps: PlanDeps,
  target: PlanTarget,
): Promise<boolean | { againInMs: number }> {
  let planned = false;
  let waiting = false;
  for (const lane of await listWaitingLanes(deps.db, target.chain.id)) {
    const asset = assertPresent(target.assets.get(lane.assetId), `asset ${lane.assetId}`);
    const accounts = await readSpendable(deps, target.chain, asset, 'payout');
    if (accounts.length === 0) continue;
    let result: LaneResult;
    do {
      result = await planOne(deps, target, asset, lane.priority, accounts);
      planned ||= result === 'planned';
    } while (result === 'planned');
    waiting ||= result === 'waiting';
  }
  return planned || (waiting && { againInMs: target.chain.operation.batchWaitMs / 4 });
}

/** One transaction: withdrawals, account, nonce, frozen payload. */
async function planOne(
  deps: PlanDeps,
  target: PlanTarget,
  asset: Asset,
  lane: Priority,
  accounts: SpendableAccount[],
): Promise<LaneResult> {
  const { chain } = target;
  const full = itemsMax(chain, asset, lane);
  return await withTransaction(deps.db, async (tx) => {
    const waiting = await lockWaiting(tx, { chainId: chain.id, assetId: asset.id, priority: lane }, full);
    const plan = planLane({ chain, asset, lane, moreComing: target.moreComing }, waiting, accounts);
    if (plan.kind === 'idle') return 'idle';
    if (plan.kind === 'wait') return 'waiting';
    const { account, items, reserveWei } = plan;
    const nonce = await takeNonce(tx, { accountId: account.id, owner: deps.owner, epoch: account.epoch });
    if (nonce === null) {
      // Another step has it, or the lease is lost: leave it alone for this round.
      account.inFlight = Number.MAX_SAFE_INTEGER;
      return 'planned';
    }
    const amount = await writePlan(tx, {
      chain,
      asset,
      lane,
      from: account.address,
      subAccountId: account.id,
      nonce,
      items,
    });
    account.inFlight += 1;
    account.available -= amount + reserveWei;
    await signal(tx, 'naru_signer');
    return 'planned';
  });
}

async function writePlan(
  tx: Parameters<typeof insertChainTx>[0],
  plan: {
    chain: Chain;
    asset: Asset;
    lane: Priority;
    from: Hex;
    subAccountId: string;
    nonce: bigint;
    items: readonly Waiting[];
  },
): Promise<bigint> {
  const { chain, asset, items } = plan;
  assert(items.length > 0, 'a plan without items');
  const id = newUuid();
  const amount = sumUnits(items.map((item) => item.amount));
  const payload = buildPayload(
    {
      kind: 'payout',
      contract: assertPresent(chain.payoutContract, `payout contract of ${chain.id}`),
      batchId: id,
      token: asset.address,
      gasPerItem: asset.transferGasMax,
      items: items.map((item) => ({ id: item.id, to: item.to, amount: item.amount })),
    },
    { from: plan.from },
  );
  await insertChainTx(tx, {
    id,
    chainId: chain.id,
    subAccountId: plan.subAccountId,
    nonce: plan.nonce,
    kind: 'PAYOUT',
    assetId: asset.id,
    priority: plan.lane,
    itemCount: items.length,
    amount,
    to: payload.to,
    data: payload.data,
    valueWei: payload.valueWei,
    gas: batchGas(chain, asset, items.length),
    gasPerItem: asset.transferGasMax,
  });
  const moved = await attachToChainTx(
    tx,
    id,
    items.map((item) => item.id),
    {
      from: 'VALIDATING',
      to: 'SIGNING',
      actor: 'system:processor',
      reason: items.length === 1 ? 'planned alone' : `planned in a batch of ${items.length}`,
    },
  );
  assert(moved === items.length, `planned ${items.length} withdrawals, moved ${moved}`);
  return amount;
}
