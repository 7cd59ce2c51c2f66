import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { OverviewBody } from '@naru/wire/overview.ts';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { formatAmount, formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { isBelowLow, isShort } from './find-exceptions.ts';
import { overviewTexts } from './overview.texts.ts';

type Account = OverviewBody['accounts'][number];
type Forecast = OverviewBody['forecast'][number];

const accountTones = {
  ACTIVE: 'good',
  JOINING: 'info',
  PAUSED: 'warn',
  DRAINED: 'idle',
  RETIRED: 'idle',
} as const satisfies Record<Account['state'], Tone>;

const YEAR_S = 365 * 86_400;

/** Retired ones are history, and not shown. */
export function AccountsCard({ accounts }: { accounts: readonly Account[] }) {
  const words = useTexts(overviewTexts);
  const shown = accounts.filter((account) => account.state !== 'RETIRED');
  const assets = [...new Set(shown.flatMap((one) => one.balances.map((balance) => balance.asset)))].join(' ');
  const columns = useMemo<Column<Account>[]>(
    () => [
      {
        id: 'address',
        header: words.account,
        isKey: true,
        width: 12,
        cell: (row) => <ShortId text={row.address} />,
      },
      { id: 'role', header: words.role, width: 5, cell: (row) => words[row.role] },
      {
        id: 'state',
        header: words.state,
        width: 7,
        cell: (row) => (
          <StatusChip tone={accountTones[row.state]}>
            {row.draining ? words.draining : words[row.state]}
          </StatusChip>
        ),
      },
      {
        id: 'inFlight',
        header: words.inFlight,
        width: 5,
        align: 'end',
        cell: (row) => formatCount(row.inFlight),
      },
      ...assets
        .split(' ')
        .filter((asset) => asset !== '')
        .map((asset) => ({
          id: asset,
          header: asset,
          width: 14.5,
          align: 'end' as const,
          cell: (row: Account) => {
            const balance = row.balances.find((one) => one.asset === asset);
            return balance === undefined ? '—' : formatAmount(balance.amount);
          },
        })),
    ],
    [words, assets],
  );
  return (
    <Card
      title={words.accounts}
      isFlush
      actions={
        <Link to="/accounts" className="text-sm text-link underline">
          {words.seeAccounts}
        </Link>
      }
    >
      {shown.length === 0 ? (
        <EmptyState title={words.noAccounts}>{words.noAccountsHint}</EmptyState>
      ) : (
        <DataTable
          label={words.accounts}
          columns={columns}
          rows={shown}
          rowId={(row) => `${row.chain} ${row.address}`}
          maxHeight="24rem"
          isCompact
        />
      )}
    </Card>
  );
}

/** How long main and gas accounts last, as fast as money has left. */
export function ForecastCard({ forecast }: { forecast: readonly Forecast[] }) {
  const words = useTexts(overviewTexts);
  return (
    <Card title={words.forecast}>
      {forecast.length === 0 ? (
        <p className="text-sm text-muted">{words.noAccounts}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-separator">
          {forecast.map((one) => (
            <li
              key={`${one.chain} ${one.asset} ${one.role}`}
              className="flex flex-wrap items-baseline justify-between gap-x-3 py-2 first:pt-0 last:pb-0"
            >
              <span className="text-sm font-medium">
                {words[one.role]} · {one.chain}
              </span>
              <span className="ms-auto text-sm">
                <Amount amount={one.holds} asset={one.asset} />
              </span>
              <span className="flex w-full flex-wrap justify-between gap-x-3 text-xs">
                <span className="tabular text-muted">
                  {one.low === null ? words.noLow : `${words.low} ${formatAmount(one.low)}`}
                </span>
                <Runway forecast={one} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Runway({ forecast }: { forecast: Forecast }) {
  const words = useTexts(overviewTexts);
  const locale = useLocale();
  const { least } = forecast.runwaySeconds;
  if (isBelowLow(forecast)) return <StatusChip tone="bad">{words.belowLow}</StatusChip>;
  if (least === null) return <span className="text-muted">{words.noOutflow}</span>;
  if (least > YEAR_S) return <span className="text-muted">{words.longEnough}</span>;
  const text = `${words.runway} ${formatDuration(least * 1_000, locale)}`;
  return isShort(forecast) ? (
    <StatusChip tone="warn">{text}</StatusChip>
  ) : (
    <span className="tabular text-muted">{text}</span>
  );
}
