import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { useMemo } from 'react';
import { formatAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { LedgerLink } from '../ledger/ledger-link.tsx';
import type { Check } from './check-item.tsx';
import { reconciliationTexts } from './reconciliation.texts.ts';

type Drift = NonNullable<Check['drift']>[number];

/** What ledger and chains hold of each asset, also where they agree. */
export function DriftCard({ checks }: { checks: readonly Check[] }) {
  const words = useTexts(reconciliationTexts);
  const rows = useMemo(() => checks.flatMap((check) => check.drift ?? []), [checks]);
  const columns = useMemo<Column<Drift>[]>(
    () => [
      {
        id: 'asset',
        header: words.asset,
        isKey: true,
        width: 9,
        cell: (row) => `${row.asset} · ${row.chain}`,
      },
      {
        id: 'drift',
        header: words.difference,
        width: 10,
        align: 'end',
        cell: (row) => (
          <span className={row.agrees ? '' : 'font-semibold text-bad-text'}>{formatAmount(row.drift)}</span>
        ),
      },
      {
        id: 'agrees',
        header: words.OK,
        width: 6,
        cell: (row) => (
          <StatusChip tone={row.agrees ? 'good' : 'bad'}>
            {row.agrees ? words.agrees : words.differs}
          </StatusChip>
        ),
      },
      { id: 'holder', header: words.holder, width: 6, cell: (row) => words[row.holder] },
      {
        id: 'ledger',
        header: words.ledger,
        width: 14.5,
        align: 'end',
        cell: (row) => (
          <LedgerLink kind={row.holder} chain={row.chain} asset={row.asset}>
            {formatAmount(row.ledger)}
          </LedgerLink>
        ),
      },
      {
        id: 'onChain',
        header: words.onChain,
        width: 14.5,
        align: 'end',
        cell: (row) => formatAmount(row.onChain),
      },
      {
        id: 'inFlight',
        header: words.inFlight,
        width: 9,
        align: 'end',
        cell: (row) => formatAmount(row.inFlight),
      },
    ],
    [words],
  );
  return (
    <Card title={words.drift} isFlush={rows.length > 0}>
      {rows.length === 0 ? (
        <p className="text-sm text-muted">{words.driftNone}</p>
      ) : (
        <DataTable
          label={words.drift}
          columns={columns}
          rows={rows}
          rowId={(row) => `${row.chain} ${row.asset} ${row.holder}`}
          maxHeight="24rem"
        />
      )}
    </Card>
  );
}
