import { Banner } from '@naru/ui/banner.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import type { ReserveForecastBody } from '@naru/wire/sub-account.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { type Locale, useLocale, useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { accountTexts } from './account.texts.ts';

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365 * DAY_SECONDS;

/** How long the reserve and the gas money last, if money goes on leaving as it has. */
export function Forecast() {
  const words = useTexts(accountTexts);
  const locale = useLocale();
  const query = useQuery({
    queryKey: ['accounts', 'forecast'],
    queryFn: ({ signal }) => naru.admin.subAccounts.forecast({}, { signal }),
    refetchInterval: 30_000,
  });
  const columns = useMemo<Column<ReserveForecastBody>[]>(
    () => [
      {
        id: 'what',
        header: words.accounts,
        isKey: true,
        width: 14,
        cell: (row) => `${words[row.role]} · ${row.asset} · ${row.chain}`,
      },
      {
        id: 'runway',
        header: words.runway,
        align: 'end',
        width: 10,
        cell: (row) => runwayText(row.runwaySeconds.least, words, locale),
      },
      {
        id: 'holds',
        header: words.holds,
        align: 'end',
        width: 17,
        cell: (row) => <Amount amount={row.holds} asset={row.asset} />,
      },
      {
        id: 'low',
        header: words.low,
        align: 'end',
        cell: (row) => (row.low === null ? words.noThreshold : formatAmount(row.low)),
      },
      {
        id: 'hour',
        header: words.outHour,
        align: 'end',
        width: 13,
        cell: (row) => formatAmount(row.outflow.hour),
      },
      {
        id: 'day',
        header: words.outDay,
        align: 'end',
        width: 13,
        cell: (row) => formatAmount(row.outflow.day),
      },
      {
        id: 'week',
        header: words.outWeek,
        align: 'end',
        width: 13,
        cell: (row) => formatAmount(row.outflow.week),
      },
    ],
    [words, locale],
  );
  const short = (query.data ?? []).filter(
    ({ runwaySeconds: { least } }) => least !== null && least < DAY_SECONDS,
  );
  return (
    <div className="flex flex-col gap-4">
      {short.map((row) => (
        <Banner
          key={`${row.chain} ${row.asset} ${row.role}`}
          tone="bad"
          title={words.runwayLow}
          actions={
            <Link to="/treasury" className="text-sm underline">
              {words.toTreasury}
            </Link>
          }
        >
          {words.runwayLowText(`${words[row.role]} ${row.asset} (${row.chain})`)}
        </Banner>
      ))}
      <TableCard
        query={query}
        title={words.forecast}
        columns={columns}
        rowsOf={(rows) => rows}
        rowId={(row) => `${row.chain} ${row.asset} ${row.role}`}
        empty={{ title: words.forecastEmpty, hint: words.forecastEmptyHint }}
      />
    </div>
  );
}

function runwayText(seconds: number | null, words: (typeof accountTexts)['ko'], locale: Locale): string {
  if (seconds === null) return words.noEnd;
  return seconds > YEAR_SECONDS ? words.yearsPlus : formatDuration(seconds * 1_000, locale);
}
