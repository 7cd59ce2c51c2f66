import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { type ReportHeadBody, reportPeriods } from '@naru/wire/report.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount, formatShare } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { reportTexts } from './report.texts.ts';

export function ReportListView() {
  const words = useTexts(reportTexts);
  const navigate = useNavigate();
  const { period = 'daily' } = useSearch({ from: '/shell/reports' });
  const pages = useInfiniteQuery({
    queryKey: ['reports', 'list', period],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.reports.listPage(
        { period, limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 60_000,
  });
  const columns = useMemo<Column<ReportHeadBody>[]>(
    () => [
      {
        id: 'date',
        header: words.date,
        isKey: true,
        width: 9,
        cell: (row) => (
          <Link
            to="/reports/$period/$date"
            params={{ period: row.period, date: row.date }}
            className="tabular font-medium hover:underline"
          >
            {row.date}
          </Link>
        ),
      },
      {
        id: 'status',
        header: words.status,
        width: 8,
        cell: (row) => (
          <StatusChip tone={row.status === 'FINAL' ? 'good' : 'info'}>{words[row.status]}</StatusChip>
        ),
      },
      {
        id: 'ties',
        header: words.ties,
        width: 8,
        cell: (row) => (
          <StatusChip tone={row.ties ? 'good' : 'bad'}>{row.ties ? words.tied : words.untied}</StatusChip>
        ),
      },
      ...(['submitted', 'confirmed', 'failed', 'canceled'] as const).map(
        (figure): Column<ReportHeadBody> => ({
          id: figure,
          header: words[figure],
          align: 'end',
          width: 7,
          cell: (row) => formatCount(row.totals[figure]),
        }),
      ),
      {
        id: 'success',
        header: words.success,
        align: 'end',
        width: 7,
        cell: (row) => (row.totals.successRate === null ? '—' : formatShare(row.totals.successRate)),
      },
      {
        id: 'version',
        header: words.version,
        align: 'end',
        width: 5,
        cell: (row) => (row.version === 0 ? '—' : row.version),
      },
    ],
    [words],
  );
  return (
    <Page title={words.title} lead={words.lead}>
      <List
        storeKey="reports"
        label={words.title}
        pages={pages}
        columns={columns}
        rowId={(row) => `${row.period} ${row.date}`}
        onOpen={(row) =>
          void navigate({ to: '/reports/$period/$date', params: { period: row.period, date: row.date } })
        }
        filters={
          <Select
            label={words.period}
            value={period}
            choices={reportPeriods.map((value) => ({ value, label: words[value] }))}
            onChange={(value) =>
              void navigate({ to: '.', search: value === 'daily' ? {} : { period: value } })
            }
            className="w-40"
          />
        }
        empty={{ title: words.emptyTitle, hint: words.emptyHint }}
      />
    </Page>
  );
}
