import type { Review } from '@naru/core/approval/approval.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { ReviewBody } from '@naru/wire/review.ts';

export function toReviewBody(review: Review): ReviewBody {
  const approving = review.votes.filter(
    ({ decision }) => decision === 'APPROVE' || decision === 'APPROVE_ALONE',
  );
  return {
    id: toPublicId('review', review.id),
    object: 'review',
    state: review.state,
    withdrawalId: toPublicId('withdrawal', review.withdrawalId),
    chain: review.chain,
    asset: review.asset,
    to: review.to,
    amount: formatAmount(review.amount, review.decimals),
    priority: review.priority,
    reasons: [...review.reasons],
    requester: review.requester,
    requesterHolder: review.requesterHolder,
    quorum: review.quorum,
    approvals: new Set(approving.map((vote) => vote.holder)).size,
    votes: review.votes.map(({ holder, decision, reason, at }) => ({
      holder,
      decision,
      reason,
      at: at.toISOString(),
    })),
    confirmation: review.confirmation,
    openedAt: review.openedAt.toISOString(),
    expiresAt: review.expiresAt.toISOString(),
    closedAt: review.closedAt === null ? null : review.closedAt.toISOString(),
  };
}
