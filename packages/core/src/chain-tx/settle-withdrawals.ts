import type { Tx } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { NewTransfer } from '../ledger/ledger.ts';
import {
  confirmItems,
  failExhaustedItems,
  failItems,
  planItemsAgain,
} from '../withdrawal/settlement.store.ts';
import { PLANS_MAX } from '../withdrawal/withdrawal.limits.ts';
import { giveBackUsage } from '../withdrawal/withdrawal.store.ts';
import type { EndedChainTx } from './carried-items.ts';
import { decideFates } from './decisions/item-fates.ts';

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
  await planItemsAgain(tx, settled, fates.again, `${fates.whyAgain}; planned again`);
  // Usage before ledger, the order in which requests take these locks.
  await giveBackUsage(tx, [...rejected, ...exhausted]);
  const resolve =
    (kind: 'POST' | 'VOID') =>
    (id: string): NewTransfer => ({
      id: newUuid(),
      kind,
      pendingId: id,
      amount: null,
      reason: 'WITHDRAWAL',
      referenceId: id,
    });
  return [...paid.map(resolve('POST')), ...[...rejected, ...exhausted].map(resolve('VOID'))];
}
