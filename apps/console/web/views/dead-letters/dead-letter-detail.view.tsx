import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { causeClassTexts, describeCause } from '../../i18n/causes.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { Amount } from '../../primitives/amount.tsx';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { Prose } from '../../primitives/prose.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { shortActor } from '../withdrawals/withdrawal-timeline.tsx';
import { letterTexts } from './dead-letter.texts.ts';
import { LetterVerbs } from './letter-verbs.tsx';

const REFRESH_MS = 10_000;

/** One thing that a person must look at: what it means and what to do, before all else. */
export function DeadLetterDetailView() {
  const { id } = useParams({ from: '/shell/dead-letters/$id' });
  const words = useTexts(letterTexts);
  const locale = useLocale();
  const query = useQuery({
    queryKey: ['dead-letters', id],
    queryFn: ({ signal }) => naru.admin.deadLetters.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'OPEN' ? REFRESH_MS : false),
  });
  return (
    <QueryPage query={query}>
      {(letter) => {
        const cause = describeCause(letter.cause, letter, locale);
        return (
          <DetailPage
            title={`${words.title}: ${cause.name}`}
            lead={
              <StatusChip tone={letter.state === 'OPEN' ? 'bad' : 'idle'}>{words[letter.state]}</StatusChip>
            }
            actions={<LetterVerbs letter={letter} />}
            anomaly={
              letter.state === 'CLOSED'
                ? null
                : {
                    tone: letter.present ? 'bad' : 'good',
                    title: letter.present ? words.stillSo : words.gone,
                    text: <Prose text={cause.action} />,
                    actions: <SubjectLink letter={letter} />,
                  }
            }
            aside={<Facts letter={letter} />}
          >
            <Card title={words.means}>
              <div className="flex flex-col gap-2 text-sm">
                <p>
                  <Prose text={cause.means} />
                </p>
                <p className="text-muted" title={letter.detail}>
                  {sayMachineText(letter.detail, locale)}
                </p>
              </div>
            </Card>
            <Notes letter={letter} />
            <Card title={words.raw}>
              <details>
                <summary className="cursor-pointer text-sm text-muted">{words.raw}</summary>
                <div className="mt-2">
                  <JsonView label={words.raw} value={letter} />
                </div>
              </details>
            </Card>
          </DetailPage>
        );
      }}
    </QueryPage>
  );
}

/** Where it can be dealt with. */
function SubjectLink({ letter: { kind, subject } }: { letter: DeadLetterBody }) {
  const words = useTexts(letterTexts);
  const params = { id: subject };
  const className = 'self-center text-sm font-semibold underline';
  switch (kind) {
    case 'WITHDRAWAL':
      return (
        <Link to="/withdrawals/$id" params={params} className={className}>
          {words.goWithdrawal}
        </Link>
      );
    case 'CHAIN_TX':
      return (
        <Link to="/chain-txs/$id" params={params} className={className}>
          {words.goTx}
        </Link>
      );
    case 'REVIEW':
      return (
        <Link to="/approvals/$id" params={params} className={className}>
          {words.goReview}
        </Link>
      );
    case 'QUEUE':
    case 'JOB':
      return (
        <Link to="/queues" className={className}>
          {words.goQueue}
        </Link>
      );
  }
}

function Facts({ letter }: { letter: DeadLetterBody }) {
  const words = useTexts(letterTexts);
  const locale = useLocale();
  const classes = useTexts(causeClassTexts);
  const rows: (readonly [string, ReactNode] | null)[] = [
    [words.subject, <ShortId key="subject" text={letter.subject} />],
    [words.kind, words[letter.kind]],
    [
      words.cause,
      <code key="cause" className="text-xs">
        {letter.cause}
      </code>,
    ],
    [words.class, classes[letter.class]],
    letter.amount === null || letter.asset === null
      ? null
      : [words.atStake, <Amount key="amount" amount={letter.amount} asset={letter.asset} />],
    letter.chain === null ? null : [words.chain, letter.chain],
    [words.seen, words.times(formatCount(letter.seenCount))],
    [words.firstSeen, <Time key="first" at={letter.firstSeenAt} />],
    [words.lastSeen, <Time key="last" at={letter.lastSeenAt} />],
    letter.closedAt === null ? null : [words.closedAt, <Time key="closed" at={letter.closedAt} />],
    letter.closedBy === null ? null : [words.closedBy, shortActor(letter.closedBy)],
    letter.closeReason === null ? null : [words.closeReason, sayMachineText(letter.closeReason, locale)],
    ['ID', <ShortId key="id" text={letter.id} />],
  ];
  return (
    <Card title={words.facts}>
      <KeyValues rows={rows.filter((row) => row !== null)} />
    </Card>
  );
}

function Notes({ letter: { notes } }: { letter: DeadLetterBody }) {
  const words = useTexts(letterTexts);
  return (
    <Card title={words.notes}>
      {notes.length === 0 ? (
        <p className="text-sm text-muted">{words.noNotes}</p>
      ) : (
        <ul className="flex flex-col gap-3 text-sm">
          {[...notes].reverse().map((note) => (
            <li key={`${note.at} ${note.text}`}>
              <p className="whitespace-pre-wrap">{note.text}</p>
              <p className="text-xs text-muted">
                {shortActor(note.author)} · <Time at={note.at} />
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
