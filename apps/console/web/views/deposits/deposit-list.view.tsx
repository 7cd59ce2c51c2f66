import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Tabs } from '@naru/ui/tabs.tsx';
import { type AdminDepositBody, type DepositBody, depositStateNames } from '@naru/wire/deposit.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { depositTexts, depositTones } from './deposit.texts.ts';
import { CreateAddress, DepositAddresses } from './deposit-addresses.tsx';

export function DepositListView() {
  const words = useTexts(depositTexts);
  const me = useMe();
  const navigate = useNavigate();
  const { tab = 'deposits' } = useSearch({ from: '/shell/deposits' });
  const tabs = [
    { id: 'deposits', label: words.deposits, content: <Deposits /> },
    ...(me.can('deposits:read')
      ? [{ id: 'addresses', label: words.addresses, content: <DepositAddresses /> }]
      : []),
  ];
  return (
    <Page title={words.title} lead={words.lead} actions={me.can('deposits:write') ? <CreateAddress /> : null}>
      <Tabs
        label={words.title}
        selected={tab}
        onSelect={(id) =>
          void navigate({ to: '.', search: id === 'deposits' ? {} : { tab: id as 'addresses' } })
        }
        tabs={tabs}
      />
    </Page>
  );
}

function Deposits() {
  const words = useTexts(depositTexts);
  const navigate = useNavigate();
  const { state, addressId } = useSearch({ from: '/shell/deposits' });
  const filter = {
    ...(state === undefined ? {} : { state }),
    ...(addressId === undefined ? {} : { addressId }),
  };
  const pages = useInfiniteQuery({
    queryKey: ['deposits', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.deposits.listPage(
        { ...filter, limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (last) => last.nextCursor,
  });
  const columns = useMemo<Column<AdminDepositBody>[]>(
    () => [
      {
        id: 'detected',
        header: words.detected,
        isKey: true,
        width: 12,
        cell: (row) => (
          <Link to="/deposits/$id" params={{ id: row.id }} className="font-medium hover:underline">
            <Time at={row.detectedAt} />
          </Link>
        ),
      },
      {
        id: 'state',
        header: words.state,
        width: 10,
        cell: (row) => <StatusChip tone={depositTones[row.state]}>{words[row.state]}</StatusChip>,
      },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 16,
        cell: (row) => <Amount amount={row.amount} asset={row.asset ?? words.unknownToken} />,
      },
      { id: 'chain', header: words.chain, width: 8, cell: (row) => row.chain },
      { id: 'address', header: words.address, width: 12, cell: (row) => <ShortId text={row.address} /> },
      { id: 'from', header: words.from, width: 12, cell: (row) => <ShortId text={row.from} /> },
      {
        id: 'why',
        header: words.why,
        width: 14,
        cell: (row) => (row.uncreditedReason === null ? '—' : words[row.uncreditedReason]),
      },
      { id: 'hash', header: words.hash, width: 12, cell: (row) => <ShortId text={row.transactionHash} /> },
      {
        id: 'organisation',
        header: words.organisation,
        width: 12,
        cell: (row) => <ShortId text={row.organisationId} />,
      },
    ],
    [words],
  );
  return (
    <List
      storeKey="deposits"
      label={words.deposits}
      pages={pages}
      columns={columns}
      hiddenAtFirst={['organisation']}
      rowId={(row) => row.id}
      onOpen={(row) => void navigate({ to: '/deposits/$id', params: { id: row.id } })}
      isFiltered={state !== undefined || addressId !== undefined}
      onClearFilters={() => void navigate({ to: '.', search: {} })}
      filters={
        <>
          <Select
            label={words.state}
            value={state ?? 'all'}
            choices={[
              { value: 'all', label: words.all },
              ...depositStateNames.map((value) => ({ value, label: words[value] })),
            ]}
            onChange={(value) =>
              void navigate({
                to: '.',
                search: {
                  ...(addressId === undefined ? {} : { addressId }),
                  ...(value === 'all' ? {} : { state: value as DepositBody['state'] }),
                },
              })
            }
            className="w-48"
          />
          {addressId === undefined ? null : <p className="text-sm text-muted">{words.addressFilter}</p>}
        </>
      }
      empty={{ title: words.empty, hint: words.emptyHint }}
    />
  );
}
