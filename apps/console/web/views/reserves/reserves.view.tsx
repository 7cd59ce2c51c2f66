import { isNaruApiError } from '@naru/sdk/errors.ts';
import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { ReservesReportBody } from '@naru/wire/reserves.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount, formatCount, fromUnits } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { saveFile } from '../../primitives/save-file.ts';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { OwnProof } from './own-proof.tsx';
import { type AssetReserves, type ChainReserves, heldUnits, readReport, stateOf } from './report.ts';
import { reservesTexts } from './reserves.texts.ts';

/** Null: no report was made yet. */
async function readNewest(signal: AbortSignal): Promise<ReservesReportBody | null> {
  try {
    return await naru.admin.reserves.newest({ signal });
  } catch (error) {
    if (isNaruApiError(error, 'reserves_not_found')) return null;
    throw error;
  }
}

export function ReservesView() {
  const words = useTexts(reservesTexts);
  const query = useQuery({ queryKey: ['reserves'], queryFn: ({ signal }) => readNewest(signal) });
  return (
    <Page title={words.title} lead={words.lead}>
      <QueryView query={query}>
        {(report) =>
          report === null ? (
            <EmptyState title={words.none}>{words.noneHint}</EmptyState>
          ) : (
            <Report report={report} />
          )
        }
      </QueryView>
      <Card title={words.proofTitle}>
        <ol className="flex max-w-prose list-decimal flex-col gap-1 ps-5 text-sm leading-relaxed">
          <li>{words.proof1}</li>
          <li>{words.proof2}</li>
          <li>{words.proof3}</li>
        </ol>
      </Card>
    </Page>
  );
}

function Report({ report }: { report: ReservesReportBody }) {
  const words = useTexts(reservesTexts);
  const chains = useMemo(() => readReport(report.body), [report.body]);
  return (
    <>
      <Banner
        tone={report.covered ? 'good' : 'bad'}
        title={report.covered ? words.covered : words.notCovered}
        actions={
          report.covered ? null : (
            <Link to={'/reconciliation' as '.'} className="text-sm underline">
              {words.toReconciliation}
            </Link>
          )
        }
      >
        {report.covered ? words.coveredText : words.notCoveredText}
      </Banner>
      {chains.map((chain) => (
        <ChainCard key={chain.chain} chain={chain} />
      ))}
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Card
          title={words.report}
          actions={
            <Button
              variant="outline"
              onPress={() => saveFile(`${report.id}.json`, 'application/json', [report.body])}
            >
              {words.download}
            </Button>
          }
        >
          <KeyValues
            rows={[
              [words.madeAt, <Time key="at" at={report.createdAt} />],
              [words.hash, <ShortId key="hash" text={report.hash} />],
              ['ID', <ShortId key="id" text={report.id} />],
            ]}
          />
          <p className="mt-3 text-xs text-muted">{words.hashHint}</p>
        </Card>
        <OwnProof />
      </div>
    </>
  );
}

function ChainCard({ chain }: { chain: ChainReserves }) {
  const words = useTexts(reservesTexts);
  const columns = useMemo<Column<AssetReserves>[]>(() => {
    const amount = (units: string | null, row: AssetReserves) =>
      units === null ? '—' : formatAmount(fromUnits(units, row.decimals));
    return [
      {
        id: 'asset',
        header: words.asset,
        isKey: true,
        width: 8,
        cell: (row) => row.asset.split(':')[1] ?? row.asset,
      },
      {
        id: 'state',
        header: words.state,
        width: 8,
        cell: (row) => {
          const state = stateOf(row);
          return (
            <StatusChip tone={state === 'COVERED' ? 'good' : state === 'SHORT' ? 'bad' : 'warn'}>
              {words[state]}
            </StatusChip>
          );
        },
      },
      {
        id: 'owed',
        header: words.owed,
        align: 'end',
        width: 14,
        cell: (row) => amount(row.customersUnits, row),
      },
      { id: 'held', header: words.held, align: 'end', width: 14, cell: (row) => amount(heldUnits(row), row) },
      {
        id: 'difference',
        header: words.difference,
        align: 'end',
        width: 14,
        cell: (row) => amount(row.differenceUnits, row),
      },
      {
        id: 'reserved',
        header: words.reserved,
        align: 'end',
        width: 12,
        cell: (row) => amount(row.customersReservedUnits, row),
      },
      {
        id: 'accounts',
        header: words.accounts,
        align: 'end',
        width: 14,
        cell: (row) => amount(row.subAccountsUnits, row),
      },
      {
        id: 'addresses',
        header: words.addresses,
        align: 'end',
        width: 12,
        cell: (row) => amount(row.depositAddressesUnits, row),
      },
      {
        id: 'treasury',
        header: words.treasury,
        align: 'end',
        width: 12,
        cell: (row) => amount(row.treasuryUnits, row),
      },
      {
        id: 'leaves',
        header: words.leaves,
        align: 'end',
        width: 8,
        cell: (row) => (row.tree === null ? '0' : formatCount(row.tree.leaves)),
      },
    ];
  }, [words]);
  return (
    <Card
      title={chain.chain}
      actions={
        <span className="tabular text-xs text-muted">
          {chain.problem ??
            [
              ...(chain.block === null ? [] : [words.block(formatAmount(chain.block))]),
              chain.isFinal ? words.isFinal : words.notFinal,
              words.providers(formatCount(chain.providers)),
            ].join(' · ')}
        </span>
      }
      isFlush
    >
      <DataTable label={chain.chain} columns={columns} rows={chain.assets} rowId={(row) => row.asset} />
    </Card>
  );
}
