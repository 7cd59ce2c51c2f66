import type { Tx } from '@naru/db/database.ts';
import { openForWithdrawals } from '../dead-letter/dead-letter.store.ts';
import type { NewTransfer } from '../ledger/ledger.ts';
import {
  confirmItems,
  failExhaustedItems,
  failItems,
  failReleasedItems,
  planItemsAgain,
  type Settled,
} from '../withdrawal/settlement.store.ts';
import { PLANS_MAX } from '../withdrawal/withdrawal.limits.ts';
import { giveBackUsage } from '../withdrawal/withdrawal.store.ts';
import { type Held, resolveHolds } from '../withdrawal-fee/fee-hold.ts';
import type { EndedChainTx } from './carried-items.ts';
import { decideFates, type Fates } from './decisions/item-fates.ts';

/** Ends the withdrawals of a final payout, or lets them be planned again. Returns what becomes of their holds. */
export async function settleWithdrawals(tx: Tx, ended: EndedChainTx): Promise<NewTransfer[]> {
  const settled = { chainTxId: ended.id, outcomes: ended.outcomes, actor: 'system:monitor' };
  const fates = decideFates(ended.state, ended.outcomes);
  const paid = await confirmItems(tx, settled, fates.paid);
  const rejected = await failItems(tx, settled, fates.refused, {
    reason: 'the transfer was refused on chain',
    failure: {
      code: 'transfer_rejected',
      message:
        'The token or the recipient refused the transfer. Nothing was paid; the amount is available again.',
      retryable: true,
    },
  });
  const exhausted = await failExhaustedItems(tx, settled, fates.again, {
    reason: `${fates.whyAgain}; ${PLANS_MAX} plans made`,
    failure: {
      code: 'attempts_exhausted',
      message: `${PLANS_MAX} transactions ended without paying it. Nothing was paid; the amount is available again.`,
      retryable: true,
    },
  });
  const detail = `${fates.whyAgain}; ${PLANS_MAX} plans made`;
  await openForWithdrawals(
    tx,
    exhausted.map(({ id }) => id),
    'attempts_exhausted',
    detail,
  );
  const released = await endReleased(tx, settled, ended.state, fates);
  await planItemsAgain(tx, settled, fates.again, `${fates.whyAgain}; planned again`);
  // Usage before ledger, the order in which requests take these locks.
  const unpaid = [...rejected, ...exhausted, ...released];
  await giveBackUsage(
    tx,
    unpaid.map(({ id }) => id),
  );
  return [...resolveHolds('POST', paid), ...resolveHolds('VOID', unpaid)];
}

/** Those that an operator wants back end here, where they would be planned again: the proof is the same. */
async function endReleased(
  tx: Tx,
  settled: Settled,
  state: EndedChainTx['state'],
  fates: Fates,
): Promise<Held[]> {
  const isOrdinary =
    state === 'EXECUTED' && !settled.outcomes?.some((outcome) => fates.again.includes(outcome));
  if (isOrdinary) return [];
  return await failReleasedItems(tx, settled, fates.again, {
    reason: `${fates.whyAgain}; an operator wants it back`,
    failure: {
      code: 'released',
      message: 'It was taken back before it was paid. Nothing was paid; the amount is available again.',
      retryable: true,
    },
  });
}
