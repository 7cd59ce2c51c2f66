import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../../format/number.ts';
import { describeCause } from '../../i18n/causes.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { ReasonList } from '../../primitives/reason-list.tsx';
import { ReviewState } from '../../primitives/review-state.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { detailTexts } from './detail.texts.ts';

type Props = { detail: WithdrawalDetailBody };

const verdictTones = { ALLOW: 'good', REVIEW: 'warn', DENY: 'bad' } as const;

export function DecisionCard({ detail: { decision } }: Props) {
  const words = useTexts(detailTexts);
  if (decision === null)
    return (
      <Card title={words.decision}>
        <p className="text-sm text-muted">{words.noDecision}</p>
      </Card>
    );
  return (
    <Card
      title={words.decision}
      actions={<StatusChip tone={verdictTones[decision.verdict]}>{words[decision.verdict]}</StatusChip>}
    >
      <div className="flex flex-col gap-3">
        <KeyValues
          rows={[
            [words.score, `${decision.score} / 100`],
            [
              words.policy,
              decision.policyId === null ? (
                '—'
              ) : (
                <Link
                  key="policy"
                  to="/policies/$id"
                  params={{ id: decision.policyId }}
                  className="text-link underline"
                >
                  {decision.policyNumber ?? <ShortId text={decision.policyId} />}
                </Link>
              ),
            ],
            [words.at, <Time key="at" at={decision.decidedAt} />],
          ]}
        />
        <ReasonList reasons={decision.reasons} />
        <details>
          <summary className="cursor-pointer text-xs text-muted">{words.inputs}</summary>
          <div className="mt-2">
            <JsonView label={words.inputs} value={decision.inputs} />
          </div>
        </details>
      </div>
    </Card>
  );
}

export function ReviewCard({ detail: { reviews } }: Props) {
  const words = useTexts(detailTexts);
  if (reviews.length === 0) return null;
  return (
    <Card title={words.review}>
      <ul className="flex flex-col gap-3">
        {[...reviews].reverse().map((review) => (
          <li key={review.id} className="flex flex-col gap-1 text-sm">
            <span className="flex flex-wrap items-center justify-between gap-2">
              <ReviewState state={review.state} />
              <Link to="/approvals/$id" params={{ id: review.id }} className="text-link underline">
                {words.openReview}
              </Link>
            </span>
            <span>{words.votes(formatCount(review.approvals), formatCount(review.quorum))}</span>
            {review.votes.map((vote) => (
              <span key={`${vote.holder} ${vote.at}`} className="text-xs text-muted">
                {vote.holder} · {vote.decision} · <Time at={vote.at} />
                {vote.reason === null ? '' : ` · ${vote.reason}`}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function LettersCard({ detail: { deadLetters } }: Props) {
  const words = useTexts(detailTexts);
  const locale = useLocale();
  if (deadLetters.length === 0) return null;
  return (
    <Card title={words.letters}>
      <ul className="flex flex-col gap-2 text-sm">
        {deadLetters.map((letter) => (
          <li key={letter.id} className="flex flex-wrap items-center justify-between gap-2">
            <Link to="/dead-letters/$id" params={{ id: letter.id }} className="text-link underline">
              {describeCause(letter.cause, letter, locale).name}
            </Link>
            <Time at={letter.lastSeenAt} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
