import type { Hex } from '@naru/kit/hex.ts';
import { ITEM_PAID } from '../ports.ts';
import type { Item } from './tables.ts';

/** Signed bytes. FOREIGN: signed by somebody else who has the key. */
export type Bytes = {
  hash: Hex;
  from: Hex;
  nonce: bigint;
  purpose: 'PAY' | 'CANCEL' | 'FOREIGN';
  batchId: string | null;
  items: readonly Item[];
  feeCapWei: bigint;
  tipWei: bigint;
};

export type Executed = { bytes: Bytes; succeeded: boolean; outcomes: readonly number[] | null };

/** What troubles the chain now. */
export type Weather = {
  baseFeeWei: bigint;
  tokenPaused: boolean;
  /** Recipients that the token refuses, by withdrawal. */
  frozen: Set<string>;
  /** Recipients for whom the token returns false. */
  refused: Set<string>;
  /** Batches to come that revert as a whole, and that run out of gas before their last item. */
  revertNext: number;
  shortOfGasNext: number;
  /** Blocks have become too small for payments: nodes refuse them for good. */
  isGasLimitLow: boolean;
  /** Accounts whose coin does not pay for gas. */
  withoutCoin: Set<Hex>;
  /** Accounts whose next nonce somebody else takes. */
  foreignNext: Hex[];
  /** How often a block takes older bytes of a nonce than those that the pool has now. */
  olderChance: number;
};

export function calmWeather(): Weather {
  return {
    baseFeeWei: 10n,
    tokenPaused: false,
    frozen: new Set(),
    refused: new Set(),
    revertNext: 0,
    shortOfGasNext: 0,
    isGasLimitLow: false,
    withoutCoin: new Set(),
    foreignNext: [],
    olderChance: 0,
  };
}

/** The payout contract and the token: who has what, which batches ran, whom they paid. */
export type ModelContract = {
  /** A batch runs once for each payer, as a whole or not at all; each of its items has its own outcome. */
  execute(bytes: Bytes, blockNumber: bigint): Executed;
  /** Its block was reorganised away. */
  takeBack(executed: Executed): void;
  balanceOf(account: Hex): bigint;
  timesPaid(withdrawalId: string): number;
  paidIn(withdrawalId: string): bigint | null;
};

export function createModelContract(options: {
  weather: Weather;
  accounts: readonly Hex[];
  balance: bigint;
  onPaid: (withdrawalId: string, times: number) => void;
}): ModelContract {
  const { weather, onPaid } = options;
  const balances = new Map(options.accounts.map((account) => [account, options.balance]));
  const ranBatches = new Set<string>();
  const paid = new Map<string, bigint[]>();
  const balanceOf = (account: Hex) => balances.get(account) ?? 0n;

  return {
    balanceOf,
    timesPaid: (id) => paid.get(id)?.length ?? 0,
    paidIn: (id) => paid.get(id)?.at(-1) ?? null,
    execute(bytes, blockNumber) {
      if (bytes.purpose !== 'PAY') return { bytes, succeeded: true, outcomes: null };
      const batch = `${bytes.from}:${bytes.batchId}`;
      const sum = bytes.items.reduce((total, item) => total + item.amount, 0n);
      const reverts = weather.revertNext > 0;
      if (reverts) weather.revertNext -= 1;
      if (reverts || ranBatches.has(batch) || balanceOf(bytes.from) < sum)
        return { bytes, succeeded: false, outcomes: null };
      ranBatches.add(batch);
      const outcomes = outcomesOf(weather, bytes.items);
      for (const [index, item] of bytes.items.entries()) {
        if (outcomes[index] !== ITEM_PAID) continue;
        balances.set(bytes.from, balanceOf(bytes.from) - item.amount);
        const blocks = [...(paid.get(item.id) ?? []), blockNumber];
        paid.set(item.id, blocks);
        onPaid(item.id, blocks.length);
      }
      return { bytes, succeeded: true, outcomes };
    },
    takeBack({ bytes, succeeded, outcomes }) {
      if (!succeeded || outcomes === null) return;
      ranBatches.delete(`${bytes.from}:${bytes.batchId}`);
      for (const [index, item] of bytes.items.entries()) {
        if (outcomes[index] !== ITEM_PAID) continue;
        balances.set(bytes.from, balanceOf(bytes.from) + item.amount);
        paid.set(item.id, (paid.get(item.id) ?? []).slice(0, -1));
      }
    },
  };
}

/** The contract's number for each item. Without enough gas the last of several is not attempted. */
function outcomesOf(weather: Weather, items: readonly Item[]): number[] {
  const isShort = weather.shortOfGasNext > 0 && items.length > 1;
  if (isShort) weather.shortOfGasNext -= 1;
  return items.map(({ id }, index) => {
    if (isShort && index === items.length - 1) return 0;
    if (weather.tokenPaused || weather.frozen.has(id)) return 2;
    return weather.refused.has(id) ? 3 : ITEM_PAID;
  });
}
