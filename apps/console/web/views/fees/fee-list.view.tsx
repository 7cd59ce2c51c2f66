import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { Timeline } from '@naru/ui/timeline.tsx';
import type { WithdrawalFeeBody } from '@naru/wire/withdrawal-fee.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { Time } from '../../primitives/time.tsx';
import { ChangeFee, EndFee } from './change-fee.tsx';
import { feeTexts } from './fee.texts.ts';

type Words = (typeof feeTexts)['ko'];

/** `1.00%` of 100. */
function percentOf(basisPoints: number): string {
  const digits = String(basisPoints).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}%`;
}

function tellTerms({ terms, asset }: WithdrawalFeeBody, words: Words): string {
  if (terms === null) return words.ended;
  const parts = [
    `${words.flat} ${formatAmount(terms.flat)} ${asset}`,
    `${words.rate} ${percentOf(terms.basisPoints)}`,
    `${words.gas} ${terms.gasPercent}%`,
    `${words.minimum} ${formatAmount(terms.minimum)}`,
    `${words.maximum} ${terms.maximum === null ? words.noBound : formatAmount(terms.maximum)}`,
  ];
  return parts.join(' · ');
}

export function FeeListView() {
  const words = useTexts(feeTexts);
  const me = useMe();
  const canChange = me.can('admin');
  const { chain, asset, organisationId } = useSearch({ from: '/shell/fees' });
  const query = useQuery({
    queryKey: ['fees'],
    queryFn: ({ signal }) => naru.admin.withdrawalFees.list({ signal }),
  });
  const columns = useMemo<Column<WithdrawalFeeBody>[]>(
    () => [
      {
        id: 'asset',
        header: words.asset,
        isKey: true,
        width: 11,
        cell: (row) => `${row.asset} · ${row.chain}`,
      },
      {
        id: 'of',
        header: words.of,
        width: 11,
        cell: (row) => (row.organisationId === null ? words.everyone : <ShortId text={row.organisationId} />),
      },
      {
        id: 'flat',
        header: words.flat,
        align: 'end',
        cell: (row) => (row.terms === null ? words.ended : formatAmount(row.terms.flat)),
      },
      {
        id: 'rate',
        header: words.rate,
        align: 'end',
        width: 6,
        cell: (row) => (row.terms === null ? '—' : percentOf(row.terms.basisPoints)),
      },
      {
        id: 'gas',
        header: words.gas,
        align: 'end',
        width: 8,
        cell: (row) => (row.terms === null ? '—' : `${row.terms.gasPercent}%`),
      },
      {
        id: 'minimum',
        header: words.minimum,
        align: 'end',
        width: 7,
        cell: (row) => (row.terms === null ? '—' : formatAmount(row.terms.minimum)),
      },
      {
        id: 'maximum',
        header: words.maximum,
        align: 'end',
        width: 7,
        cell: (row) => (row.terms?.maximum ? formatAmount(row.terms.maximum) : words.noBound),
      },
      { id: 'at', header: words.changedAt, width: 12, cell: (row) => <Time at={row.at} /> },
      {
        id: 'actions',
        header: words.actions,
        width: 16,
        cell: (row) => (
          <span className="inline-flex items-center gap-2">
            <Link
              to="/fees"
              search={{ chain: row.chain, asset: row.asset, organisationId: row.organisationId ?? undefined }}
              className="text-link underline"
            >
              {words.history}
            </Link>
            {canChange ? <ChangeFee fee={row} fees={[]} /> : null}
            {canChange && row.terms !== null ? <EndFee fee={row} /> : null}
          </span>
        ),
      },
    ],
    [words, canChange],
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        canChange ? (
          <ChangeFee fee={null} fees={query.data ?? []} />
        ) : (
          <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
        )
      }
    >
      <TableCard
        query={query}
        title={words.title}
        isTitleHidden
        columns={columns}
        rowsOf={(fees) => fees}
        rowId={(row) => `${row.chain} ${row.asset} ${row.organisationId}`}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
      {chain === undefined || asset === undefined ? null : (
        <FeeHistory chain={chain} asset={asset} organisationId={organisationId} />
      )}
    </Page>
  );
}

function FeeHistory(props: { chain: string; asset: string; organisationId: string | undefined }) {
  const { chain, asset, organisationId } = props;
  const words = useTexts(feeTexts);
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['fees', chain, asset, organisationId ?? ''],
    queryFn: ({ signal }) => naru.admin.withdrawalFees.history({ chain, asset }, organisationId, { signal }),
  });
  return (
    <Card
      title={words.historyOf(`${asset} · ${chain}`)}
      actions={
        <Button variant="ghost" onPress={() => void navigate({ to: '/fees', search: {} })}>
          {words.close}
        </Button>
      }
    >
      <QueryView query={query}>
        {(versions) => (
          <Timeline
            label={words.history}
            entries={versions.map((one, index) => ({
              key: String(one.version),
              tone: index === 0 ? 'good' : 'idle',
              title: words.version(formatCount(one.version)),
              time: <Time at={one.at} />,
              detail: (
                <>
                  <p className="tabular text-foreground">{tellTerms(one, words)}</p>
                  <p>{one.reason}</p>
                  <p className="text-xs break-all">
                    {words.by}: <Actor id={one.actor} />
                  </p>
                </>
              ),
            }))}
          />
        )}
      </QueryView>
    </Card>
  );
}
