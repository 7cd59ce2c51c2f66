import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { type LedgerAccountBody, ledgerAccountKinds } from '@naru/wire/ledger.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { FilterField } from '../../primitives/filter-field.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { AsOf, endOfDay } from './as-of.tsx';
import { availableText, isOverdrawn, ledgerTexts } from './ledger.texts.ts';
import type { LedgerSearch } from './routes.ts';

/** Every balance of the ledger, now or at the end of a day; each leads to the rows that made it. */
export function LedgerListView() {
  const words = useTexts(ledgerTexts);
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/ledger' });
  const { day, ...filter } = search;
  const change = (part: Partial<LedgerSearch>) =>
    void navigate({ to: '.', search: { ...search, ...part }, replace: true });
  const pages = useInfiniteQuery({
    queryKey: ['ledger', search],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.ledger.accountsPage(
        {
          ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
          ...endOfDay(day),
          limit: 100,
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
  });
  const columns = useColumns(day);
  return (
    <Page title={words.title} lead={words.lead}>
      <List
        storeKey="ledger"
        label={words.accounts}
        pages={pages}
        columns={columns}
        hiddenAtFirst={['incoming']}
        rowId={(row) => row.id}
        onOpen={(row) =>
          void navigate({
            to: '/ledger/$id',
            params: { id: row.id },
            search: day === undefined ? {} : { day },
          })
        }
        isFiltered={Object.values(search).some((value) => value !== undefined)}
        onClearFilters={() => void navigate({ to: '.', search: {} })}
        filters={
          <>
            <Select
              label={words.kind}
              value={search.kind ?? 'all'}
              choices={[
                { value: 'all', label: words.all },
                ...ledgerAccountKinds.map((value) => ({ value, label: words[value] })),
              ]}
              onChange={(value) =>
                change({ kind: value === 'all' ? undefined : (value as LedgerAccountBody['kind']) })
              }
              className="w-44"
            />
            {(['chain', 'asset'] as const).map((name) => (
              <FilterField
                key={name}
                label={words[name]}
                value={search[name]}
                onCommit={(value) => change({ [name]: value })}
                className="w-32"
              />
            ))}
            <AsOf day={day} onChange={(wanted) => change({ day: wanted })} />
          </>
        }
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}

function useColumns(day: string | undefined): Column<LedgerAccountBody>[] {
  const words = useTexts(ledgerTexts);
  return useMemo(
    () => [
      {
        id: 'kind',
        header: words.account,
        isKey: true,
        width: 11,
        cell: (row) => (
          <Link
            to="/ledger/$id"
            params={{ id: row.id }}
            search={day === undefined ? {} : { day }}
            className="font-medium hover:underline"
          >
            {words[row.kind]}
          </Link>
        ),
      },
      { id: 'asset', header: words.asset, width: 6, cell: (row) => row.asset },
      { id: 'chain', header: words.chain, width: 8, cell: (row) => row.chain },
      {
        id: 'organisation',
        header: words.organisation,
        width: 11,
        cell: (row) => (row.organisationId === null ? '—' : <ShortId text={row.organisationId} />),
      },
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
        id: 'available',
        header: words.available,
        align: 'end',
        width: 15,
        cell: (row) => (
          <span
            className={isOverdrawn(row) ? 'font-semibold text-bad-text' : ''}
            {...(isOverdrawn(row) ? { title: words.negative } : {})}
          >
            {availableText(row)}
          </span>
        ),
      },
      {
        id: 'incoming',
        header: words.incoming,
        align: 'end',
        width: 11,
        cell: (row) => formatAmount(row.incoming),
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
