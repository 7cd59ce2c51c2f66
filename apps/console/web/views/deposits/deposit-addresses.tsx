import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { DepositAddressBody } from '@naru/wire/deposit.ts';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { List } from '../../primitives/list-page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { depositTexts } from './deposit.texts.ts';

/** Where the organisation is paid at. */
export function DepositAddresses() {
  const words = useTexts(depositTexts);
  const pages = useInfiniteQuery({
    queryKey: ['deposits', 'addresses'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.depositAddresses.listPage(
        { limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (last) => last.nextCursor,
  });
  const columns = useMemo<Column<DepositAddressBody>[]>(
    () => [
      {
        id: 'address',
        header: words.address,
        isKey: true,
        width: 14,
        cell: (row) => <ShortId text={row.address} />,
      },
      { id: 'label', header: words.label, width: 16, cell: (row) => row.label ?? '—' },
      { id: 'chain', header: words.chain, width: 9, cell: (row) => row.chain },
      {
        id: 'coin',
        header: words.coin,
        width: 10,
        cell: (row) => (row.coin ? (row.coinReady ? words.coinReady : words.coinNotReady) : words.coinOff),
      },
      { id: 'created', header: words.created, width: 12, cell: (row) => <Time at={row.createdAt} /> },
      {
        id: 'deposits',
        header: words.deposits,
        width: 10,
        cell: (row) => (
          <Link to="/deposits" search={{ addressId: row.id }} className="text-link underline">
            {words.itsDeposits}
          </Link>
        ),
      },
    ],
    [words],
  );
  return (
    <List
      storeKey="deposit-addresses"
      label={words.addresses}
      pages={pages}
      columns={columns}
      rowId={(row) => row.id}
      empty={{ title: words.addressesEmpty, hint: words.addressesEmptyHint }}
    />
  );
}

export function CreateAddress() {
  const words = useTexts(depositTexts);
  const client = useQueryClient();
  const chains = useQuery({
    queryKey: ['chains', 'own'],
    queryFn: ({ signal }) => naru.chains.list({ signal }),
    staleTime: 60_000,
  });
  const [chosen, setChain] = useState<string | null>(null);
  const [label, setLabel] = useState('');
  const [coin, setCoin] = useState(true);
  const choices = (chains.data ?? []).filter((one) => one.enabled);
  const chain = chosen ?? choices[0]?.chain ?? '';
  return (
    <CommandButton
      label={words.add}
      variant="primary"
      onOpen={() => setLabel('')}
      command={{
        title: words.add,
        consequence: words.addWhat,
        confirmLabel: words.add,
        reason: 'none',
        fields: (
          <>
            <Select
              label={words.chain}
              value={chain}
              choices={choices.map((one) => ({ value: one.chain, label: one.name }))}
              onChange={setChain}
            />
            <TextField label={words.addLabel} value={label} onChange={setLabel} maxLength={255} />
            <Checkbox isSelected={coin} onChange={setCoin}>
              {words.receivesCoin}
            </Checkbox>
          </>
        ),
        run: ({ idempotencyKey }) =>
          naru.depositAddresses.create(
            { chain, coin, ...(label === '' ? {} : { label }) },
            { idempotencyKey },
          ),
        doneText: words.added,
        onDone: () => void client.invalidateQueries({ queryKey: ['deposits'] }),
      }}
    />
  );
}
