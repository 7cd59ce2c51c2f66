import { Banner } from '@naru/ui/banner.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { ExchangeRatePairBody } from '@naru/wire/exchange-rate.ts';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount } from '../../format/number.ts';
import { formatAgo, formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { Time } from '../../primitives/time.tsx';
import { rateTexts } from './rate.texts.ts';
import { AddPair, SetRate } from './rate-verbs.tsx';

const tones = {
  fresh: 'good',
  stale: 'warn',
  expired: 'bad',
  missing: 'bad',
} as const satisfies Record<ExchangeRatePairBody['staleness'], Tone>;

/** With how old each rate is: their ages go on by themselves. */
const REFRESH_MS = 15_000;

export function RateListView() {
  const words = useTexts(rateTexts);
  const locale = useLocale();
  const me = useMe();
  const canChange = me.can('admin');
  const query = useQuery({
    queryKey: ['rates'],
    queryFn: ({ signal }) => naru.admin.exchangeRates.list({ signal }),
    refetchInterval: REFRESH_MS,
  });
  const columns = useMemo<Column<ExchangeRatePairBody>[]>(
    () => [
      { id: 'pair', header: words.pair, isKey: true, width: 10, cell: nameOf },
      {
        id: 'rate',
        header: words.rate,
        align: 'end',
        width: 10,
        cell: (row) => (row.rate === null ? words.none : formatAmount(row.rate)),
      },
      {
        id: 'staleness',
        header: words.staleness,
        width: 8,
        cell: (row) => <StatusChip tone={tones[row.staleness]}>{words[row.staleness]}</StatusChip>,
      },
      {
        id: 'age',
        header: words.age,
        width: 8,
        cell: (row) => (row.observedAt === null ? '—' : formatAgo(row.observedAt, new Date(), locale)),
      },
      {
        id: 'observed',
        header: words.observed,
        width: 12,
        cell: (row) => (row.observedAt === null ? '—' : <Time at={row.observedAt} />),
      },
      { id: 'source', header: words.source, width: 9, cell: (row) => words[row.source] },
      {
        id: 'fresh',
        header: words.freshFor,
        width: 10,
        cell: (row) => formatDuration(row.freshSeconds * 1_000, locale),
      },
      {
        id: 'usable',
        header: words.usableFor,
        width: 10,
        cell: (row) => formatDuration(row.usableSeconds * 1_000, locale),
      },
      { id: 'margin', header: words.margin, align: 'end', cell: (row) => percentOf(row.marginBps) },
      ...(canChange
        ? [
            {
              id: 'actions',
              header: words.actions,
              width: 8,
              cell: (row: ExchangeRatePairBody) =>
                row.source === 'OPERATOR' ? <SetRate pair={row} /> : null,
            },
          ]
        : []),
    ],
    [words, locale, canChange],
  );
  const unusable = (query.data ?? []).filter(
    ({ staleness }) => staleness === 'expired' || staleness === 'missing',
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={canChange ? <AddPair /> : <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>}
    >
      {unusable.length === 0 ? null : (
        <Banner tone="bad" title={words.anomaly}>
          {words.anomalyText(unusable.map(nameOf).join(', '))}
        </Banner>
      )}
      <TableCard
        query={query}
        title={words.title}
        isTitleHidden
        columns={columns}
        rowsOf={(pairs) => pairs}
        rowId={nameOf}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}

function nameOf({ base, quote }: ExchangeRatePairBody): string {
  return `${base}/${quote}`;
}

/** `3.00%` of 300; hundredths of a percent have two decimals. */
function percentOf(basisPoints: number): string {
  const digits = String(basisPoints).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}%`;
}
