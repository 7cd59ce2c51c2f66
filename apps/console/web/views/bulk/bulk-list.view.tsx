import { shorten } from '@naru/ui/copy-text.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { Progress } from '@naru/ui/meter.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { BulkPageBody } from '@naru/wire/bulk.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { Time } from '../../primitives/time.tsx';
import { bulkTexts } from './bulk.texts.ts';
import { countDone } from './count-done.ts';

const BulkUpload = lazy(async () => ({ default: (await import('./bulk-upload.tsx')).BulkUpload }));

type Row = BulkPageBody['data'][number];

const PAGE_ROWS = 50;
const REFRESH_MS = 3_000;

/** Files of withdrawals: a new one above, those of before below. */
export function BulkListView() {
  const words = useTexts(bulkTexts);
  const me = useMe();
  const navigate = useNavigate();
  const columns = useColumns();
  const pages = useInfiniteQuery({
    queryKey: ['bulk', 'list'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.bulk.listPage(
        { limit: PAGE_ROWS, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) =>
      query.state.data?.pages[0]?.data.some((row) => row.completedAt === null) ? REFRESH_MS : false,
  });
  const mayUpload = me.can('withdrawals:write');
  return (
    <Page title={words.title} lead={words.lead}>
      {mayUpload ? (
        <Suspense fallback={<div className="h-60 rounded-lg border border-border bg-surface" />}>
          <BulkUpload />
        </Suspense>
      ) : null}
      <List<Row>
        storeKey="bulk"
        label={words.title}
        pages={pages}
        columns={columns}
        rowId={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/bulk/$id', params: { id: row.id } })}
        empty={{ title: words.emptyTitle, hint: mayUpload ? words.emptyHint : words.emptyHintReader }}
      />
    </Page>
  );
}

function useColumns(): Column<Row>[] {
  const words = useTexts(bulkTexts);
  return useMemo<Column<Row>[]>(
    () => [
      {
        id: 'id',
        header: words.file,
        isKey: true,
        width: 12,
        cell: ({ id }) => (
          <Link
            to="/bulk/$id"
            params={{ id }}
            title={id}
            className="font-mono text-[0.92em] font-medium hover:underline"
          >
            {shorten(id)}
          </Link>
        ),
      },
      { id: 'total', header: words.total, align: 'end', width: 7, cell: ({ total }) => formatCount(total) },
      {
        id: 'progress',
        header: words.progress,
        width: 16,
        cell: ({ counts, total }) => {
          if (counts === null) return words.notCounted;
          const done = countDone(counts);
          const text = words.doneOf(formatCount(done), formatCount(total));
          return (
            <span className="flex items-center gap-2">
              <Progress done={done} total={total} label={words.progress} text={text} />
              <span className="tabular shrink-0 text-xs text-muted">
                {formatCount(done)}/{formatCount(total)}
              </span>
            </span>
          );
        },
      },
      {
        id: 'completed',
        header: words.completed,
        width: 12,
        cell: ({ completedAt }) =>
          completedAt === null ? (
            <StatusChip tone="info">{words.running}</StatusChip>
          ) : (
            <Time at={completedAt} />
          ),
      },
      { id: 'created', header: words.created, width: 12, cell: ({ createdAt }) => <Time at={createdAt} /> },
    ],
    [words],
  );
}
