import { maxUnits, minUnits } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import type { Priority } from '../withdrawal/withdrawal.ts';
import { BATCH_BASE_GAS, BATCH_WAIT_MS, IN_FLIGHT_RESERVED_FOR_PRIORITY } from './chain-tx.limits.ts';

/** Decisions of the planner, free of time and storage. */

/** The order in which lanes are served. An emergency is paid alone: nothing in its batch can hold it up. */
export const lanes: readonly Priority[] = ['EMERGENCY', 'VIP', 'STANDARD'];

/** Withdrawals that one transaction of this asset may carry: the chain's gas ceiling and the batch limit decide. */
export function itemsMax(chain: Chain, asset: Asset, lane: Priority): number {
  if (lane === 'EMERGENCY') return 1;
  const byGas = (chain.txGasMax - baseGas(asset)) / itemGas(chain, asset);
  return Math.max(1, Math.min(chain.batchItemsMax, Number(byGas)));
}

/** Gas limit for a batch: what its items cost, and the reserve without which the contract would not begin the last. */
export function batchGas(chain: Chain, asset: Asset, items: number): bigint {
  return baseGas(asset) + BigInt(items) * itemGas(chain, asset);
}

/** A call passes on 63/64 of the gas at most (EIP-150), so the contract keeps a 63rd more than the item may use. */
function baseGas(asset: Asset): bigint {
  return BATCH_BASE_GAS + asset.transferGasMax + asset.transferGasMax / 63n;
}

function itemGas(chain: Chain, asset: Asset): bigint {
  return asset.gasPerItem + chain.dataGasPerItem;
}

/** Is it worth waiting for more withdrawals of this lane before a batch is formed? Only standard ones wait: as long as
 * a backlog is still being taken up, else for a moment. */
export function shouldWait(
  lane: Priority,
  waiting: { items: number; oldestAgeMs: number; moreComing: boolean },
  full: number,
  waitMs: number = BATCH_WAIT_MS,
): boolean {
  if (lane !== 'STANDARD' || waiting.items >= full) return false;
  return waiting.moreComing || waiting.oldestAgeMs < waitMs;
}

export type AccountState = {
  id: string;
  /** Transactions whose nonce is taken and not final. */
  inFlight: number;
  /** Smallest unit: the chain's newest balance less everything in flight, whatever of it is mined already. */
  available: bigint;
  /** Of that, coin that is gas money and pays nothing else. 0 for tokens. */
  gasKeptWei?: bigint;
};

/**
 * The account to pay from: of those with a free slot and money for at least the first item, the one with the fewest
 * transactions in flight, then the most money. Standard withdrawals leave some slots to the others.
 */
export function chooseAccount<T extends AccountState>(
  accounts: readonly T[],
  lane: Priority,
  firstAmount: bigint,
  inFlightMax: number,
): T | null {
  const slots =
    lane === 'STANDARD' ? Math.max(1, inFlightMax - IN_FLIGHT_RESERVED_FOR_PRIORITY) : inFlightMax;
  let best: T | null = null;
  for (const account of accounts) {
    if (account.inFlight >= slots || account.available < firstAmount) continue;
    if (
      best === null ||
      account.inFlight < best.inFlight ||
      (account.inFlight === best.inFlight && account.available > best.available)
    )
      best = account;
  }
  return best;
}

/** As many of the items, in their order, as the money covers. */
export function takeCovered<T extends { amount: bigint }>(items: readonly T[], available: bigint): T[] {
  const taken: T[] = [];
  let left = available;
  for (const item of items) {
    if (item.amount > left) continue;
    left -= item.amount;
    taken.push(item);
  }
  return taken;
}

/** What an account can spend: its newest balance on chain less everything in flight, whichever read has more of it. */
export function availableOf(account: {
  /** Smallest unit, on chain. */
  owned: bigint;
  /** What the payout contract may move; null for the coin, which needs no leave. */
  allowance: bigint | null;
  /** In flight, read before and after the balance: the larger is the safe one to subtract. */
  inFlight: readonly bigint[];
  /** For the coin: what open transactions may still burn, read before and after. Empty for tokens. */
  gasInFlightWei: readonly bigint[];
}): bigint {
  // What the contract may not move yet cannot be paid by it: the approval is on its way (accounts role).
  const balance = minUnits(account.owned, account.allowance ?? account.owned);
  return balance - account.inFlight.reduce(maxUnits, 0n) - account.gasInFlightWei.reduce(maxUnits, 0n);
}

export type LanePlan<A, W> =
  /** Nothing waits, or no account has a free slot and money for any of it. */
  | { kind: 'idle' }
  /** Not yet: more withdrawals may come to share the transaction. */
  | { kind: 'wait' }
  /** `reserveWei`: coin of the account that is kept for the gas of this batch, beside what its items take. */
  | { kind: 'plan'; account: A; items: W[]; reserveWei: bigint };

/** The next batch of a lane: which account pays which of the waiting withdrawals, which are oldest first. */
export function planLane<A extends AccountState, W extends { amount: bigint; ageMs: number }>(
  target: { chain: Chain; asset: Asset; lane: Priority; moreComing: boolean },
  waiting: readonly W[],
  accounts: readonly A[],
): LanePlan<A, W> {
  const { chain, asset, lane, moreComing } = target;
  const first = waiting[0];
  if (first === undefined) return { kind: 'idle' };
  const full = itemsMax(chain, asset, lane);
  const { batchWaitMs } = chain.operation;
  if (shouldWait(lane, { items: waiting.length, oldestAgeMs: first.ageMs, moreComing }, full, batchWaitMs))
    return { kind: 'wait' };
  const reserveWei =
    asset.address === null ? batchGas(chain, asset, waiting.length) * chain.feePerGasWeiMax : 0n;
  const spendable = accounts.map((account) => ({ account, ...withReserve(account, reserveWei) }));
  const smallest = waiting.reduce((least, { amount }) => minUnits(least, amount), first.amount);
  const chosen = chooseAccount(spendable, lane, smallest, chain.inFlightPerAccountMax);
  if (chosen === null) return { kind: 'idle' };
  return { kind: 'plan', account: chosen.account, items: takeCovered(waiting, chosen.available), reserveWei };
}

/** Gas money of the account serves this batch too: the larger of the two is kept, not both. */
function withReserve(account: AccountState, reserveWei: bigint): AccountState {
  const { id, inFlight, available, gasKeptWei = 0n } = account;
  return { id, inFlight, available: available - maxUnits(reserveWei, gasKeptWei) };
}
