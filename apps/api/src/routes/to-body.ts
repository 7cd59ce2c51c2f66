import type { Bulk, ListedBulk, Withdrawal, WithdrawalEvent } from '@naru/core/withdrawal/withdrawal.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import type { BulkPageBody, BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import type { WithdrawalBody, WithdrawalEventBody } from '@naru/wire/withdrawal.ts';

export function toWithdrawalBody(withdrawal: Withdrawal): WithdrawalBody {
  const { bulkId, transaction, review, confirmedAt } = withdrawal;
  return {
    id: toPublicId('withdrawal', withdrawal.id),
    object: 'withdrawal',
    state: withdrawal.state,
    chain: withdrawal.chain,
    asset: withdrawal.asset,
    to: withdrawal.to,
    amount: formatAmount(withdrawal.amount, withdrawal.decimals),
    fee: formatAmount(withdrawal.fee, withdrawal.decimals),
    reference: withdrawal.reference,
    priority: withdrawal.priority,
    metadata: withdrawal.metadata,
    bulkId: bulkId === null ? null : toPublicId('bulk', bulkId),
    transaction:
      transaction === null
        ? null
        : {
            hash: transaction.hash,
            subAccount: transaction.subAccount,
            nonce: toSafeNumber(transaction.nonce),
            blockNumber: transaction.blockNumber === null ? null : toSafeNumber(transaction.blockNumber),
            confirmations: toSafeNumber(transaction.confirmations),
            requiredConfirmations: transaction.requiredConfirmations,
            explorerUrl: transaction.explorerUrl,
          },
    failure: withdrawal.failure,
    review:
      review === null
        ? null
        : {
            id: toPublicId('review', review.id),
            quorum: review.quorum,
            approvals: review.approvals,
            reasons: [...review.reasons],
            expiresAt: review.expiresAt.toISOString(),
          },
    createdAt: withdrawal.createdAt.toISOString(),
    updatedAt: withdrawal.updatedAt.toISOString(),
    confirmedAt: confirmedAt === null ? null : confirmedAt.toISOString(),
  };
}

export function toEventBody({ from, to, actor, reason, at }: WithdrawalEvent): WithdrawalEventBody {
  return { from, to, actor, reason, at: at.toISOString() };
}

export function toBulkBody(bulk: Bulk): BulkWithdrawalBody {
  return {
    id: toPublicId('bulk', bulk.id),
    object: 'bulk_withdrawal',
    total: bulk.total,
    counts: bulk.counts,
    createdAt: bulk.createdAt.toISOString(),
  };
}

export function toListedBulkBody(bulk: ListedBulk): BulkPageBody['data'][number] {
  const { counts, completedAt, ...rest } = bulk;
  const body = toBulkBody({ ...rest, counts: {} });
  return { ...body, counts, completedAt: completedAt === null ? null : completedAt.toISOString() };
}
