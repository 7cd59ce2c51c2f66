import type { Address } from 'viem';
import { type Fee, type Refusal, refuse, type Spend } from './check-policy.ts';
import type { OriginalEntry } from './journal-entry.ts';
import type { WindowLimits } from './policy.ts';
import { createSpendWindow, type SpendWindow, type SpentTotals } from './spend-window.ts';

/**
 * What was signed within an hour and a day: of each token over all accounts, of each account, and what all transactions
 * of a chain may cost. Sums are kept whatever the policy says, so that a limit counts from before it was set.
 */
export type SpentBook = {
  /** The refusal when `spend` does not fit into one of its limits any more. */
  checkSpend(chainId: number, from: Address, spend: Spend, nowMs: number): Refusal | null;
  addSpend(entry: OriginalEntry): void;
  /** @param addedWei by how much the most that this nonce may cost would rise. */
  checkFee(chainId: number, fee: Fee, addedWei: bigint, nowMs: number): Refusal | null;
  addFee(chainId: number, addedWei: bigint, atMs: number): void;
  spentOf(chainId: number, token: Address | null, nowMs: number): { hour: SpentTotals; day: SpentTotals };
  feesOf(chainId: number, nowMs: number): { hour: SpentTotals; day: SpentTotals };
};

const RETRY = 'it fits again as older ones leave the window; or the limit is raised';

export function createSpentBook(): SpentBook {
  const windows = new Map<string, SpendWindow>();

  function windowOf(name: string): SpendWindow {
    const window = windows.get(name) ?? createSpendWindow();
    windows.set(name, window);
    return window;
  }
  const ofToken = (chainId: number, token: Address | null, isInternal: boolean) =>
    windowOf(`${chainId}:${token ?? 'native'}:${isInternal ? 'internal' : 'out'}`);
  const ofAccount = (chainId: number, token: Address | null, from: Address) =>
    windowOf(`${chainId}:${token ?? 'native'}:${from}`);
  const ofFees = (chainId: number) => windowOf(`${chainId}:fees`);

  return {
    checkSpend(chainId, from, spend, nowMs) {
      const { token, limits, isInternal } = spend;
      const whose = isInternal ? 'between our own addresses' : 'over all accounts';
      return (
        checkWindow(ofToken(chainId, token, isInternal), spend, limits.all, whose, nowMs) ??
        (limits.account === null
          ? null
          : checkWindow(ofAccount(chainId, token, from), spend, limits.account, `by ${from}`, nowMs))
      );
    },
    addSpend({ chainId, from, spend, atMs }) {
      if (spend === null) return;
      const spent = { atMs, amount: spend.amount, items: spend.items ?? 1 };
      ofToken(chainId, spend.token, spend.isInternal === true).add(spent);
      ofAccount(chainId, spend.token, from).add(spent);
    },
    checkFee(chainId, { limits }, addedWei, nowMs) {
      if (limits === null || addedWei === 0n) return null;
      const { hour, day } = ofFees(chainId).totals(nowMs);
      const ceilings = [
        ['hour', 'perHourWeiMax', hour, limits.perHourWeiMax],
        ['24 hours', 'perDayWeiMax', day, limits.perDayWeiMax],
      ] as const;
      for (const [window, name, { amount }, max] of ceilings) {
        if (amount + addedWei <= max) continue;
        return refuse(
          'gas_money_limit',
          `transactions of the last ${window} on chain ${chainId} may cost ${amount} of ${max} wei (gasMoney.${name}), ${addedWei} more do not fit: ${RETRY}`,
        );
      }
      return null;
    },
    addFee(chainId, addedWei, atMs) {
      if (addedWei > 0n) ofFees(chainId).add({ atMs, amount: addedWei, items: 1 });
    },
    spentOf: (chainId, token, nowMs) => ofToken(chainId, token, false).totals(nowMs),
    feesOf: (chainId, nowMs) => ofFees(chainId).totals(nowMs),
  };
}

function checkWindow(
  window: SpendWindow,
  { amount, items }: Spend,
  limits: WindowLimits,
  whose: string,
  nowMs: number,
): Refusal | null {
  const { hour, day } = window.totals(nowMs);
  if (limits.itemsPerHourMax !== null && hour.items + items > limits.itemsPerHourMax) {
    return refuse(
      'count_limit',
      `${hour.items} of ${limits.itemsPerHourMax} recipients are signed within 1 hour ${whose} (itemsPerHourMax), ${items} more do not fit: ${RETRY}`,
    );
  }
  if (limits.perHourMax !== null && hour.amount + amount > limits.perHourMax) {
    return refuse(
      'hourly_limit',
      `${hour.amount} of ${limits.perHourMax} are signed within 1 hour ${whose} (perHourMax), ${amount} more do not fit: ${RETRY}`,
    );
  }
  if (limits.perDayMax !== null && day.amount + amount > limits.perDayMax) {
    return refuse(
      'daily_limit',
      `${day.amount} of ${limits.perDayMax} are signed within 24 hours ${whose} (perDayMax), ${amount} more do not fit: ${RETRY}`,
    );
  }
  return null;
}
