import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Meter } from '@naru/ui/meter.tsx';
import { Timeline } from '@naru/ui/timeline.tsx';
import type { ReviewBody } from '@naru/wire/review.ts';
import type { WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { priorityTexts } from '../../i18n/withdrawal-states.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ReasonList } from '../../primitives/reason-list.tsx';
import { ReviewState } from '../../primitives/review-state.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { approvalTexts } from './approval.texts.ts';
import { anomalyOf, mayVote } from './judge-vote.ts';
import { ReviewedDiff } from './reviewed-diff.tsx';
import { useVoteSpecs, type VoteVerb } from './use-vote-specs.tsx';
import { voteTexts } from './vote.texts.ts';

const REFRESH_MS = 5_000;

/** One decision: what is asked, why, who has said what, and the two answers. */
export function ApprovalDetailView() {
  const { id } = useParams({ from: '/shell/approvals/$id' });
  const me = useMe();
  const query = useQuery({
    queryKey: ['approvals', id],
    queryFn: ({ signal }) =>
      me.can('operations:read') ? naru.admin.reviews.get(id, { signal }) : naru.reviews.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'OPEN' ? REFRESH_MS : false),
  });
  return <QueryPage query={query}>{(review) => <Detail review={review} />}</QueryPage>;
}

function Detail({ review }: { review: ReviewBody }) {
  const words = useTexts(approvalTexts);
  const votes = useTexts(voteTexts);
  const me = useMe();
  const specs = useVoteSpecs(review);
  const [verb, setVerb] = useState<VoteVerb | null>(null);
  const withdrawal = useQuery({
    queryKey: ['withdrawal', review.withdrawalId],
    queryFn: ({ signal }) => naru.admin.withdrawals.get(review.withdrawalId, { signal }),
    enabled: me.can('operations:read'),
  });
  const may = mayVote(review, me);
  const button = (of: VoteVerb, variant: 'primary' | 'danger-soft') =>
    may[of] ? (
      <Button key={of} variant={variant} onPress={() => setVerb(of)}>
        {votes[of]}
      </Button>
    ) : null;
  return (
    <DetailPage
      title={words.detailTitle(`${formatAmount(review.amount)} ${review.asset}`)}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <ReviewState state={review.state} />
          <ShortId text={review.id} />
        </span>
      }
      actions={
        <>
          {button('approve', 'primary')}
          {button('deny', 'danger-soft')}
          {button('confirm', 'primary')}
          {button('object', 'danger-soft')}
        </>
      }
      anomaly={anomalyOf(review, me, words, new Date())}
      aside={<Votes review={review} />}
    >
      <Card title={words.facts}>
        <p className="mb-3 text-sm text-muted">{words.factsWhy}</p>
        <ReviewedDiff review={review} withdrawal={withdrawal.data} />
      </Card>
      <Reasons review={review} decision={withdrawal.data?.decision ?? null} />
      <Card title={words.raw}>
        <details>
          <summary className="cursor-pointer text-sm text-muted">{words.raw}</summary>
          <div className="mt-2">
            <JsonView label={words.raw} value={review} />
          </div>
        </details>
      </Card>
      {verb === null || specs === null ? null : (
        <CommandDialog {...specs[verb]} isOpen onClose={() => setVerb(null)} />
      )}
    </DetailPage>
  );
}

function Reasons(props: { review: ReviewBody; decision: WithdrawalDetailBody['decision'] }) {
  const words = useTexts(approvalTexts);
  const { review, decision } = props;
  return (
    <Card title={words.reasons}>
      <div className="flex flex-col gap-4">
        {decision === null ? null : (
          <div className="flex flex-col gap-1.5">
            <span className="flex items-baseline justify-between text-sm">
              <span className="text-muted">{words.risk}</span>
              <span className="tabular font-semibold">{decision.score} / 100</span>
            </span>
            <Meter
              share={decision.score / 100}
              label={words.risk}
              text={`${decision.score} / 100`}
              tone={decision.score >= 70 ? 'bad' : decision.score >= 30 ? 'warn' : 'good'}
            />
          </div>
        )}
        <ReasonList reasons={decision === null ? review.reasons : decision.reasons} />
      </div>
    </Card>
  );
}

function Votes({ review }: { review: ReviewBody }) {
  const words = useTexts(approvalTexts);
  const priorities = useTexts(priorityTexts);
  const progress = words.of(formatCount(review.approvals), formatCount(review.quorum));
  return (
    <Card title={words.quorum}>
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-semibold">{progress}</span>
          <Meter
            share={review.approvals / review.quorum}
            label={words.votes}
            text={progress}
            tone={review.state === 'DENIED' ? 'bad' : 'good'}
          />
        </div>
        {review.votes.length === 0 ? (
          <p className="text-sm text-muted">{words.noVotes}</p>
        ) : (
          <Timeline
            label={words.quorum}
            entries={review.votes.map((vote) => ({
              key: `${vote.holder} ${vote.decision}`,
              tone: vote.decision === 'DENY' || vote.decision === 'OBJECT' ? 'bad' : 'good',
              title: `${vote.holder}: ${words[vote.decision]}`,
              time: <Time at={vote.at} />,
              detail: vote.reason,
            }))}
          />
        )}
        <KeyValues
          rows={[
            [words.requester, review.requesterHolder ?? review.requester],
            [words.priority, priorities[review.priority]],
            [words.opened, <Time key="opened" at={review.openedAt} />],
            review.closedAt === null
              ? [words.expires, <Time key="expires" at={review.expiresAt} />]
              : [words.closed, <Time key="closed" at={review.closedAt} />],
            [
              words.withdrawal,
              <span key="withdrawal" className="flex flex-col items-start gap-1">
                <Link
                  to="/withdrawals/$id"
                  params={{ id: review.withdrawalId }}
                  className="text-link underline"
                >
                  {words.openWithdrawal}
                </Link>
                <Link to="/withdrawals" search={{ to: review.to }} className="text-link underline">
                  {words.samePayee}
                </Link>
              </span>,
            ],
          ]}
        />
      </div>
    </Card>
  );
}
