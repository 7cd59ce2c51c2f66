import { Card } from '@naru/ui/card.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import type { WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { isFinal, priorityTexts } from '../../i18n/withdrawal-states.ts';
import { Amount } from '../../primitives/amount.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { detailTexts } from './detail.texts.ts';

const link = 'text-xs text-link underline';

export function WithdrawalFacts({ detail }: { detail: WithdrawalDetailBody }) {
  const words = useTexts(detailTexts);
  const priorities = useTexts(priorityTexts);
  const { asset, transaction, organisation, metadata } = detail;
  const rows: (readonly [string, ReactNode] | null)[] = [
    [words.amount, <Amount key="amount" amount={detail.amount} asset={asset} />],
    [words.fee, <Amount key="fee" amount={detail.fee} asset={asset} />],
    [
      words.to,
      <span key="to" className="flex flex-col items-start gap-0.5">
        <ShortId text={detail.to} isWhole />
        <Link to="/withdrawals" search={{ to: detail.to }} className={link}>
          {words.allTo}
        </Link>
      </span>,
    ],
    [words.chain, detail.chain],
    [
      words.organisation,
      <span key="organisation" className="flex flex-col items-start gap-0.5">
        {organisation.name}
        <Link to="/withdrawals" search={{ organisationId: organisation.id }} className={link}>
          {words.allOf}
        </Link>
      </span>,
    ],
    detail.reference === null ? null : [words.reference, detail.reference],
    [words.priority, priorities[detail.priority]],
    transaction === null
      ? null
      : [
          words.confirmations,
          words.ofConfirmations(
            formatCount(transaction.confirmations),
            formatCount(transaction.requiredConfirmations),
          ),
        ],
    detail.bulkId === null
      ? null
      : [
          words.bulk,
          <Link key="bulk" to="/bulk/$id" params={{ id: detail.bulkId }} className="text-link underline">
            <ShortId text={detail.bulkId} />
          </Link>,
        ],
    detail.retryOf === null ? null : [words.retryOf, <Other key="of" id={detail.retryOf} />],
    detail.retriedAs === null ? null : [words.retriedAs, <Other key="as" id={detail.retriedAs} />],
    [words.created, <Time key="created" at={detail.createdAt} />],
    detail.confirmedAt === null ? null : [words.confirmed, <Time key="confirmed" at={detail.confirmedAt} />],
    isFinal(detail.state) || detail.state === 'REVIEW'
      ? null
      : [words.notBefore, <Time key="next" at={detail.notBefore} />],
    [words.plans, formatCount(detail.planCount)],
    ...Object.entries(metadata).map(
      ([name, value]) =>
        [
          name,
          <code key={name} className="text-xs">
            {value}
          </code>,
        ] as const,
    ),
  ];
  return (
    <Card title={words.facts}>
      <KeyValues rows={rows.filter((row) => row !== null)} />
    </Card>
  );
}

function Other({ id }: { id: string }) {
  return (
    <Link to="/withdrawals/$id" params={{ id }} className="text-link underline">
      <ShortId text={id} />
    </Link>
  );
}
