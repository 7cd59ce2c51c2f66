import { shorten } from '@naru/ui/copy-text.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import type { OperatedWithdrawalBody } from '@naru/wire/operated-withdrawal.ts';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { priorityTexts } from '../../i18n/withdrawal-states.ts';
import { Amount } from '../../primitives/amount.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { WithdrawalState } from '../../primitives/withdrawal-state.tsx';
import { listTexts } from './withdrawal-list.texts.ts';

export const columnsHiddenAtFirst = ['asset', 'fee', 'hash', 'failure', 'bulk', 'updated', 'priority'];

export function useWithdrawalColumns(): Column<OperatedWithdrawalBody>[] {
  const words = useTexts(listTexts);
  const priorities = useTexts(priorityTexts);
  return useMemo<Column<OperatedWithdrawalBody>[]>(
    () => [
      {
        id: 'id',
        header: words.id,
        isKey: true,
        width: 11,
        cell: ({ id }) => (
          <Link
            to="/withdrawals/$id"
            params={{ id }}
            title={id}
            className="font-mono text-[0.92em] font-medium hover:underline"
          >
            {shorten(id)}
          </Link>
        ),
      },
      { id: 'state', header: words.state, width: 8, cell: ({ state }) => <WithdrawalState state={state} /> },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 13,
        cell: ({ amount, asset }) => <Amount amount={amount} asset={asset} />,
      },
      { id: 'to', header: words.recipient, width: 12, cell: ({ to }) => <ShortId text={to} /> },
      { id: 'reference', header: words.reference, width: 9, cell: ({ reference }) => reference ?? '—' },
      {
        id: 'organisation',
        header: words.organisation,
        width: 10,
        cell: ({ organisation }) => <span title={organisation.name}>{organisation.name}</span>,
      },
      { id: 'chain', header: words.chain, width: 7, cell: ({ chain }) => chain },
      { id: 'created', header: words.created, width: 11, cell: ({ createdAt }) => <Time at={createdAt} /> },
      { id: 'asset', header: words.asset, width: 6, cell: ({ asset }) => asset },
      {
        id: 'priority',
        header: words.priority,
        width: 6,
        cell: ({ priority }) => priorities[priority],
      },
      {
        id: 'fee',
        header: words.fee,
        align: 'end',
        width: 9,
        cell: ({ fee, asset }) => <Amount amount={fee} asset={asset} />,
      },
      {
        id: 'hash',
        header: words.hash,
        width: 12,
        cell: ({ transaction }) =>
          transaction?.hash === undefined || transaction.hash === null ? (
            '—'
          ) : (
            <ShortId text={transaction.hash} />
          ),
      },
      {
        id: 'failure',
        header: words.failure,
        width: 16,
        cell: ({ failure }) => <Failure message={failure?.message ?? null} />,
      },
      {
        id: 'bulk',
        header: words.bulk,
        width: 12,
        cell: ({ bulkId }) =>
          bulkId === null ? (
            '—'
          ) : (
            <Link to="/bulk/$id" params={{ id: bulkId }} className="text-link hover:underline">
              {shorten(bulkId)}
            </Link>
          ),
      },
      { id: 'updated', header: words.updated, width: 11, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
    ],
    [words, priorities],
  );
}

function Failure({ message }: { message: string | null }) {
  const locale = useLocale();
  if (message === null) return '—';
  const said = sayMachineText(message, locale);
  return <span title={said}>{said}</span>;
}
