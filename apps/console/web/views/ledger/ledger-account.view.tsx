import { Card } from '@naru/ui/card.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { Stat } from '@naru/ui/stat.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { LedgerAccountBody, LedgerPostingBody } from '@naru/wire/ledger.ts';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { type Anomaly, DetailPage } from '../../primitives/detail-page.tsx';
import { List } from '../../primitives/list-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { AsOf, endOfDay } from './as-of.tsx';
import { availableText, isOverdrawn, ledgerTexts, postingTones, reasonText } from './ledger.texts.ts';

/** One balance, and every row that made it. */
export function LedgerAccountView() {
  const words = useTexts(ledgerTexts);
  const { id } = useParams({ from: '/shell/ledger/$id' });
  const { day } = useSearch({ from: '/shell/ledger/$id' });
  const query = useQuery({
    queryKey: ['ledger', 'account', id, day ?? ''],
    queryFn: ({ signal }) => naru.admin.ledger.account(id, endOfDay(day), { signal }),
  });
  return (
    <QueryPage query={query}>
      {(account) => (
        <DetailPage
          title={`${words[account.kind]} · ${account.asset}`}
          lead={
            <span className="inline-flex flex-wrap gap-x-2">
              <span>{account.chain}</span>
              {account.organisationId === null ? null : <ShortId text={account.organisationId} />}
              <span>{day === undefined ? words.asOfNow : words.asOfDay(day)}</span>
            </span>
          }
          actions={
            <Link to="/ledger" search={{}} className="text-sm text-link underline">
              {words.back}
            </Link>
          }
          anomaly={anomalyOf(account, words.negative)}
        >
          <Card title={words.balance}>
            <dl className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-4">
              {(['balance', 'reserved', 'available', 'incoming'] as const).map((figure) => (
                <Stat
                  key={figure}
                  label={words[figure]}
                  value={figure === 'available' ? availableText(account) : formatAmount(account[figure])}
                />
              ))}
            </dl>
          </Card>
          <Postings account={account} day={day} />
        </DetailPage>
      )}
    </QueryPage>
  );
}

function anomalyOf(account: LedgerAccountBody, text: string): Anomaly | null {
  if (!isOverdrawn(account)) return null;
  return { tone: 'bad', title: `${formatAmount(account.available)} ${account.asset}`, text };
}

function Postings({ account, day }: { account: LedgerAccountBody; day: string | undefined }) {
  const words = useTexts(ledgerTexts);
  const navigate = useNavigate();
  const pages = useInfiniteQuery({
    queryKey: ['ledger', 'postings', account.id, day ?? ''],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.ledger.postingsPage(
        account.id,
        { ...endOfDay(day), limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
  });
  const columns = usePostingColumns(day);
  return (
    <List
      storeKey="ledger-postings"
      label={words.postings}
      pages={pages}
      columns={columns}
      hiddenAtFirst={['incoming', 'version']}
      rowId={(row) => row.version}
      isFiltered={day !== undefined}
      onClearFilters={() => void navigate({ to: '.', search: {} })}
      filters={
        <AsOf
          day={day}
          onChange={(wanted) =>
            void navigate({
              to: '.',
              search: wanted === undefined ? {} : { day: wanted },
              replace: true,
            })
          }
        />
      }
      empty={{ title: words.postingsEmpty, hint: words.postingsEmptyHint }}
    />
  );
}

/** What moved, with the sign that it has for this account; what is only held has none. */
function signedAmount({ kind, side, amount }: LedgerPostingBody): string {
  const shown = formatAmount(amount);
  if (kind === 'PENDING' || kind === 'VOID') return `(${shown})`;
  return side === 'DEBIT' ? `−${shown}` : `+${shown}`;
}

function usePostingColumns(day: string | undefined): Column<LedgerPostingBody>[] {
  const words = useTexts(ledgerTexts);
  return useMemo(
    () => [
      { id: 'at', header: words.at, isKey: true, width: 12, cell: (row) => <Time at={row.at} /> },
      {
        id: 'what',
        header: words.what,
        width: 9,
        cell: (row) => <StatusChip tone={postingTones[row.kind]}>{words[row.kind]}</StatusChip>,
      },
      { id: 'reason', header: words.reason, width: 10, cell: (row) => reasonText(row.reason, words) },
      { id: 'amount', header: words.amount, align: 'end', width: 13, cell: (row) => signedAmount(row) },
      {
        id: 'balance',
        header: words.balance,
        align: 'end',
        width: 15,
        cell: (row) => <span className="font-semibold">{formatAmount(row.balance)}</span>,
      },
      {
        id: 'reserved',
        header: words.reserved,
        align: 'end',
        width: 11,
        cell: (row) => formatAmount(row.reserved),
      },
      {
        id: 'incoming',
        header: words.incoming,
        align: 'end',
        width: 11,
        cell: (row) => formatAmount(row.incoming),
      },
      {
        id: 'other',
        header: words.other,
        width: 10,
        cell: (row) => (
          <Link
            to="/ledger/$id"
            params={{ id: row.other.id }}
            search={day === undefined ? {} : { day }}
            className="text-link underline"
          >
            {words[row.other.kind]}
          </Link>
        ),
      },
      {
        id: 'reference',
        header: words.reference,
        width: 10,
        cell: (row) => <Reference reference={row.reference} />,
      },
      {
        id: 'version',
        header: words.version,
        align: 'end',
        width: 7,
        cell: (row) => formatAmount(row.version),
      },
    ],
    [words, day],
  );
}

const placeOf = {
  withdrawal: (id) => ({ to: `/withdrawals/${id}` }),
  chain_tx: (id) => ({ to: `/chain-txs/${id}` }),
  deposit: (id) => ({ to: `/deposits/${id}` }),
  deposit_address: (id) => ({ to: '/deposits', search: { addressId: id } }),
  treasury_proposal: (id) => ({ to: `/treasury/${id}` }),
} as const satisfies Record<
  NonNullable<LedgerPostingBody['reference']>['kind'],
  (id: string) => { to: string; search?: object }
>;

function Reference({ reference }: { reference: LedgerPostingBody['reference'] }) {
  const words = useTexts(ledgerTexts);
  if (reference === null) return '—';
  const { to, search }: { to: string; search?: object } = placeOf[reference.kind](reference.id);
  return (
    <Link to={to} search={search ?? {}} title={reference.id} className="text-link underline">
      {words[reference.kind]}
    </Link>
  );
}
