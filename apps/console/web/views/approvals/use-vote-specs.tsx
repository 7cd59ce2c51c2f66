import { Checkbox } from '@naru/ui/toggle.tsx';
import type { ReviewBody } from '@naru/wire/review.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import type { CommandSpec } from '../../primitives/command-dialog.tsx';
import { voteTexts } from './vote.texts.ts';

export type VoteVerb = 'approve' | 'deny' | 'confirm' | 'object';

/** What a person may say of a review, with what comes of it. The hash of an approval is made of what is shown here. */
export function useVoteSpecs(review: ReviewBody | null): Record<VoteVerb, CommandSpec> | null {
  const words = useTexts(voteTexts);
  const me = useMe();
  const client = useQueryClient();
  const [isAlone, setAlone] = useState(false);
  if (review === null) return null;
  const amount = `${formatAmount(review.amount)} ${review.asset}`;
  const left = review.quorum - review.approvals - 1;
  const mayAlone = review.priority === 'EMERGENCY' && me.scopes.includes('approvals:emergency');
  // Approvers decide about their own organisation's; whoever runs the installation, about any.
  const isOwn = me.can('approvals:write');
  const onDone = () => {
    for (const key of ['approvals', 'withdrawal', 'withdrawals', 'dead-letters'])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const withReason = (reason: string) => (reason === '' ? {} : { reason });
  return {
    approve: {
      title: words.approveTitle,
      consequence: (
        <div className="flex flex-col gap-3">
          <p>{left <= 0 || isAlone ? words.approveLast(amount) : words.approveMore(formatCount(left))}</p>
          <p className="text-muted">{words.check}</p>
          <ReviewedFacts review={review} />
        </div>
      ),
      confirmLabel: words.approve,
      reason: isAlone ? 'required' : 'optional',
      fields: mayAlone ? (
        <Checkbox isSelected={isAlone} onChange={setAlone}>
          {words.alone}
        </Checkbox>
      ) : null,
      run: ({ reason, idempotencyKey }) => {
        const input = { ...withReason(reason), ...(isAlone ? { alone: true } : {}) };
        return isOwn
          ? naru.reviews.approve(review, input, { idempotencyKey })
          : naru.admin.reviews.approve(review, input, { idempotencyKey });
      },
      doneText: words.approved,
      onDone,
    },
    deny: {
      title: words.denyTitle,
      consequence: words.denyWhat(amount),
      confirmLabel: words.deny,
      tone: 'danger',
      reason: 'required',
      run: ({ reason, idempotencyKey }) =>
        isOwn
          ? naru.reviews.deny(review.id, { reason }, { idempotencyKey })
          : naru.admin.reviews.reject(review.withdrawalId, { reason }, { idempotencyKey }),
      doneText: words.denied,
      onDone,
    },
    confirm: {
      title: words.confirmTitle,
      consequence: (
        <div className="flex flex-col gap-3">
          <p>{words.confirmWhat}</p>
          <ReviewedFacts review={review} />
        </div>
      ),
      confirmLabel: words.confirm,
      reason: 'optional',
      run: ({ reason, idempotencyKey }) =>
        naru.reviews.confirm(review, withReason(reason), { idempotencyKey }),
      doneText: words.confirmed,
      onDone,
    },
    object: {
      title: words.objectTitle,
      consequence: words.objectWhat,
      confirmLabel: words.object,
      tone: 'danger',
      reason: 'required',
      run: ({ reason, idempotencyKey }) => naru.reviews.object(review.id, { reason }, { idempotencyKey }),
      doneText: words.objected,
      onDone,
    },
  };
}

/** What an approval counts for, whole: nothing of an address is left out where money is let go. */
function ReviewedFacts({ review }: { review: ReviewBody }) {
  return (
    <dl className="flex flex-col gap-1 rounded-md bg-surface-secondary px-3 py-2 font-mono text-xs">
      <dt className="sr-only">amount</dt>
      <dd className="text-sm font-semibold">
        {formatAmount(review.amount)} {review.asset}
      </dd>
      <dt className="sr-only">to</dt>
      <dd className="break-all">
        → {review.to} ({review.chain})
      </dd>
      <dt className="sr-only">withdrawal</dt>
      <dd className="break-all text-muted">{review.withdrawalId}</dd>
    </dl>
  );
}
