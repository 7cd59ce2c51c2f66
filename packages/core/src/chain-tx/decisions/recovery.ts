import type { Hex } from '@naru/kit/hex.ts';
import type { BatchRecord, PayoutCall } from '../ports.ts';

/**
 * What several providers say the contract recorded, taken together: a batch that one of them leaves out is there all the
 * same. In the order of the first that names each.
 */
export function uniteRecords(lists: readonly (readonly BatchRecord[])[]): BatchRecord[] {
  const byId = new Map<string, BatchRecord>();
  for (const record of lists.flat()) if (!byId.has(record.batchId)) byId.set(record.batchId, record);
  return [...byId.values()];
}

/** Counts of the accounts that every provider names alike; null: they do not, and nothing may be built on any. */
export function agreeOnCounts(lists: readonly (readonly bigint[])[]): readonly bigint[] | null {
  const [first] = lists;
  if (first === undefined) return null;
  return lists.every((list) => list.join() === first.join()) ? first : null;
}

/**
 * Accounts whose transactions have not all come to rest. What waits in a pool would be missed, planned again, and could
 * be paid twice. What stands in a block that is not final may vanish with it: a counter that was raised past it would
 * leave a nonce that nothing fills. `final`: the counts at final depth; null when no provider can tell.
 */
export function selectBusy(
  addresses: readonly Hex[],
  counts: { pending: readonly bigint[]; latest: readonly bigint[]; final: readonly bigint[] | null },
): Hex[] {
  const { pending, latest, final } = counts;
  return addresses.filter((_, index) => {
    const count = latest[index] ?? 0n;
    return (pending[index] ?? 0n) > count || (final !== null && count > (final[index] ?? 0n));
  });
}

/**
 * What a batch that the database lacks was for: by the items that it does know, and where it knows none by whom it pays.
 * Null: some are withdrawals and some are transfers, which no batch of ours is.
 */
export function kindOfBatch(
  items: readonly { id: string; to: Hex }[],
  here: {
    withdrawals: ReadonlySet<string>;
    transfers: ReadonlySet<string>;
    ownAddresses: ReadonlySet<string>;
  },
): 'PAYOUT' | 'TRANSFER' | null {
  const paysWithdrawals = items.some(({ id }) => here.withdrawals.has(id));
  const movesTransfers = items.some(({ id }) => here.transfers.has(id));
  if (paysWithdrawals && movesTransfers) return null;
  if (paysWithdrawals || movesTransfers) return paysWithdrawals ? 'PAYOUT' : 'TRANSFER';
  return items.every(({ to }) => here.ownAddresses.has(to.toLowerCase())) ? 'TRANSFER' : 'PAYOUT';
}

/** Where the database has a withdrawal of a batch that it does not know. */
export type Place = { withdrawalId: string; chainTxId: string };

/**
 * Why a batch that the database lacks cannot be written into it yet; null: it can. `nonceTakenBy`: the chain
 * transaction that has its nonce here. `places`: its withdrawals that stand in open chain transactions.
 */
export function findConflict(
  call: Pick<PayoutCall, 'nonce'>,
  nonceTakenBy: string | null,
  places: readonly Place[],
): string | null {
  if (nonceTakenBy !== null) return `the database has given nonce ${call.nonce} to ${nonceTakenBy}`;
  const [first] = places;
  if (first === undefined) return null;
  // It was planned again after that one had ended, which this database has not seen yet. Written now, the withdrawal
  // would be planned a third time when it sees it.
  return (
    `its withdrawal ${first.withdrawalId} stands in chain transaction ${first.chainTxId}, which is not final here: ` +
    'let the monitor end it, then run it again'
  );
}
