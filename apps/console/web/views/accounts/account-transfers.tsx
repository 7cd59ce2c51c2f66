import type { Column } from '@naru/ui/data-table.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { AccountTransferBody } from '@naru/wire/sub-account.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { List } from '../../primitives/list-page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { accountTexts } from './account.texts.ts';
import { transferTones } from './account-status.ts';

const OPEN_REFRESH_MS = 3_000;

/** Money that moved between accounts of ours. */
export function Transfers() {
  const words = useTexts(accountTexts);
  const say = useFindingText();
  const navigate = useNavigate();
  const { open = false } = useSearch({ from: '/shell/accounts' });
  const pages = useInfiniteQuery({
    queryKey: ['accounts', 'transfers', open],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.subAccounts.transfers(
        { limit: 50, ...(open ? { open } : {}), ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some((one) => one.endedAt === null))
        ? OPEN_REFRESH_MS
        : false,
  });
  const columns = useMemo<Column<AccountTransferBody>[]>(
    () => [
      {
        id: 'at',
        header: words.at,
        isKey: true,
        width: 12,
        cell: (row) => <Time at={row.createdAt} />,
      },
      {
        id: 'purpose',
        header: words.purpose,
        width: 6,
        cell: (row) => words[row.purpose === 'GAS' ? 'GAS_transfer' : row.purpose],
      },
      {
        id: 'state',
        header: words.state,
        width: 8,
        cell: (row) => <StatusChip tone={transferTones[row.state]}>{words[row.state]}</StatusChip>,
      },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 14,
        cell: (row) => <Amount amount={row.amount} asset={row.asset} />,
      },
      { id: 'from', header: words.from, width: 12, cell: (row) => <ShortId text={row.from} /> },
      { id: 'to', header: words.to, width: 12, cell: (row) => <ShortId text={row.to} /> },
      { id: 'why', header: words.why, width: 14, cell: (row) => say(row.failure?.message ?? row.reason) },
      {
        id: 'hash',
        header: words.hash,
        width: 12,
        cell: (row) => (row.hash === null ? '—' : <ShortId text={row.hash} />),
      },
      { id: 'chain', header: words.chain, width: 8, cell: (row) => row.chain },
      {
        id: 'ended',
        header: words.ended,
        width: 12,
        cell: (row) => (row.endedAt === null ? '—' : <Time at={row.endedAt} />),
      },
    ],
    [words, say],
  );
  return (
    <List
      storeKey="account-transfers"
      label={words.transfers}
      pages={pages}
      columns={columns}
      hiddenAtFirst={['chain', 'ended']}
      rowId={(row) => row.id}
      isFiltered={open}
      onClearFilters={() => void navigate({ to: '.', search: { tab: 'transfers' } })}
      filters={
        <Checkbox
          isSelected={open}
          onChange={(isOpen) =>
            void navigate({
              to: '.',
              search: isOpen ? { tab: 'transfers', open: true } : { tab: 'transfers' },
            })
          }
        >
          {words.onlyOpen}
        </Checkbox>
      }
      empty={{ title: words.transfersEmpty, hint: words.transfersEmptyHint }}
    />
  );
}
