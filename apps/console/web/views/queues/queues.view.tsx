import { Banner } from '@naru/ui/banner.tsx';
import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { QueuesBody } from '@naru/wire/queues.ts';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount, formatRate } from '../../format/number.ts';
import { formatClock, formatDuration } from '../../format/time.ts';
import { common } from '../../i18n/common.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { Time } from '../../primitives/time.tsx';
import { WithdrawalState } from '../../primitives/withdrawal-state.tsx';
import { type QueueWords, queueTexts } from './queue.texts.ts';

type Stage = QueuesBody['stages'][number];
type Task = QueuesBody['tasks'][number];

const LOOK_MS = 2_000;

export function QueuesView() {
  const words = useTexts(queueTexts);
  const shared = useTexts(common);
  const query = useQuery({
    queryKey: ['queues'],
    queryFn: ({ signal }) => naru.admin.queues.get({ signal }),
    refetchInterval: LOOK_MS,
  });
  return (
    <Page title={words.title} lead={words.lead}>
      <QueryView query={query} skeletonRows={14}>
        {(look) => (
          <>
            <Unattended look={look} words={words} />
            <Card
              title={words.stages}
              isFlush
              actions={
                <span className="tabular text-xs text-muted">{shared.asOf(formatClock(look.asOf))}</span>
              }
            >
              <Stages look={look} words={words} />
              <p className="px-4 py-2 text-xs text-muted">
                {words.rates(String(Math.round(look.rateSeconds)))}
              </p>
            </Card>
            <Card title={words.tasks} isFlush>
              {look.tasks.length === 0 ? (
                <EmptyState title={words.emptyTitle}>{words.emptyHint}</EmptyState>
              ) : (
                <Tasks look={look} words={words} />
              )}
            </Card>
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Unattended({ look, words }: { look: QueuesBody; words: QueueWords }) {
  const missing = look.stages.filter(({ role, consumers }) => role !== null && consumers.length === 0);
  if (missing.length === 0) return null;
  const roles = [...new Set(missing.map(({ role }) => role))].join(', ');
  return (
    <Banner tone="bad" title={words.nobodyTitle}>
      {words.nobodyText(roles)}
    </Banner>
  );
}

/** Where as much comes as goes, within a tenth, it is steady. */
function trendOf({ depth, inPerSecond, outPerSecond }: Stage): { tone: Tone; word: keyof QueueWords } {
  if (depth === 0) return { tone: 'idle', word: 'still' };
  const difference = inPerSecond - outPerSecond;
  if (Math.abs(difference) <= 0.1 * Math.max(inPerSecond, outPerSecond))
    return { tone: 'info', word: 'steady' };
  return difference > 0 ? { tone: 'warn', word: 'growing' } : { tone: 'good', word: 'shrinking' };
}

function Stages({ look, words }: { look: QueuesBody; words: QueueWords }) {
  const locale = useLocale();
  const now = new Date(look.asOf).getTime();
  const columns = useMemo<Column<Stage>[]>(
    () => [
      {
        id: 'stage',
        header: words.stage,
        isKey: true,
        width: 10,
        cell: (row) => <WithdrawalState state={row.state} />,
      },
      { id: 'depth', header: words.depth, align: 'end', width: 6, cell: (row) => formatCount(row.depth) },
      {
        id: 'oldest',
        header: words.oldest,
        align: 'end',
        width: 9,
        cell: (row) =>
          row.oldestAt === null
            ? '—'
            : formatDuration(Math.max(0, now - new Date(row.oldestAt).getTime()), locale),
      },
      { id: 'in', header: words.inRate, align: 'end', width: 6, cell: (row) => formatRate(row.inPerSecond) },
      {
        id: 'out',
        header: words.outRate,
        align: 'end',
        width: 6,
        cell: (row) => formatRate(row.outPerSecond),
      },
      {
        id: 'trend',
        header: words.trend,
        width: 8,
        cell: (row) => {
          const { tone, word } = trendOf(row);
          return <StatusChip tone={tone}>{String(words[word])}</StatusChip>;
        },
      },
      { id: 'consumers', header: words.consumers, width: 14, cell: (row) => consumersOf(row, words) },
    ],
    [words, locale, now],
  );
  return <DataTable label={words.stages} columns={columns} rows={look.stages} rowId={(row) => row.state} />;
}

function consumersOf({ role, consumers }: Stage, words: QueueWords) {
  if (role === null) return words.people;
  if (consumers.length === 0) return <StatusChip tone="bad">{`${role}: ${words.nobody}`}</StatusChip>;
  return (
    <span title={consumers.join(', ')}>
      {role} × {consumers.length}
    </span>
  );
}

const outcomeTones = { DONE: 'good', FAILED: 'bad', RUNNING: 'info', SKIPPED: 'idle' } as const;

function Tasks({ look, words }: { look: QueuesBody; words: QueueWords }) {
  const columns = useMemo<Column<Task>[]>(
    () => [
      {
        id: 'task',
        header: words.task,
        isKey: true,
        width: 12,
        cell: (row) => <code className="text-xs font-semibold">{row.task}</code>,
      },
      {
        id: 'outcome',
        header: words.outcome,
        width: 7,
        cell: ({ runs }) =>
          runs?.lastOutcome ? (
            <StatusChip tone={outcomeTones[runs.lastOutcome]}>{words[runs.lastOutcome]}</StatusChip>
          ) : (
            words.never
          ),
      },
      {
        id: 'last',
        header: words.last,
        width: 12,
        cell: ({ runs }) => (runs?.lastStartedAt ? <Time at={runs.lastStartedAt} /> : '—'),
      },
      { id: 'ready', header: words.ready, align: 'end', width: 5, cell: (row) => formatCount(row.ready) },
      {
        id: 'running',
        header: words.running,
        align: 'end',
        width: 6,
        cell: (row) => formatCount(row.running),
      },
      { id: 'given', header: words.given, align: 'end', width: 5, cell: (row) => formatCount(row.failed) },
      {
        id: 'done',
        header: words.done,
        align: 'end',
        width: 9,
        cell: ({ runs }) => formatCount(runs?.doneLastHour ?? 0),
      },
      {
        id: 'failed',
        header: words.failedHour,
        align: 'end',
        width: 9,
        cell: ({ runs }) => formatCount(runs?.failedLastHour ?? 0),
      },
      {
        id: 'error',
        header: words.error,
        width: 20,
        cell: ({ runs, lastError }) => {
          const error = runs?.lastError ?? lastError;
          return error === null ? '—' : <span title={error}>{error}</span>;
        },
      },
    ],
    [words],
  );
  return <DataTable label={words.tasks} columns={columns} rows={look.tasks} rowId={(row) => row.task} />;
}
