import { Card } from '@naru/ui/card.tsx';
import { shorten } from '@naru/ui/copy-text.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { ChainTxDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { describeCause } from '../../i18n/causes.ts';
import { type Locale, useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { type Anomaly, DetailPage } from '../../primitives/detail-page.tsx';
import { Prose } from '../../primitives/prose.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { WithdrawalState } from '../../primitives/withdrawal-state.tsx';
import { ChainTxCard, ChainTxState } from './chain-tx-card.tsx';
import { chainTxKindTexts, finalChainTxStates, isBeingFreed } from './chain-tx-states.ts';
import { detailTexts } from './detail.texts.ts';

type Item = ChainTxDetailBody['items'][number];

const REFRESH_MS = 3_000;
const outcomeTones = { NOT_ATTEMPTED: 'idle', PAID: 'good', REVERTED: 'bad', RETURNED_FALSE: 'bad' } as const;

/** One transaction: its nonce, every attempt, and the withdrawals that it pays. */
export function ChainTxDetailView() {
  const { id } = useParams({ from: '/shell/chain-txs/$id' });
  const words = useTexts(detailTexts);
  const locale = useLocale();
  const query = useQuery({
    queryKey: ['withdrawal', 'chain-tx', id],
    queryFn: ({ signal }) => naru.admin.chainTxs.get(id, { signal }),
    refetchInterval: ({ state }) =>
      state.data === undefined || finalChainTxStates.includes(state.data.state) ? false : REFRESH_MS,
  });
  return (
    <QueryPage query={query}>
      {(chainTx) => (
        <DetailPage
          title={`${words.txTitle} · ${chainTx.chain} · ${words.nonce} ${chainTx.nonce}`}
          lead={
            <span className="flex flex-wrap items-center gap-2">
              <ChainTxState state={chainTx.state} />
              <ShortId text={chainTx.id} />
            </span>
          }
          anomaly={anomalyOf(chainTx, words, locale)}
          aside={<Facts chainTx={chainTx} />}
        >
          <Card title={`${words.items} (${formatCount(chainTx.itemCount)})`} isFlush>
            <Items items={chainTx.items} asset={chainTx.asset} />
          </Card>
          <ChainTxCard chainTx={chainTx} />
          <Card title={words.raw}>
            <details>
              <summary className="cursor-pointer text-sm text-muted">{words.raw}</summary>
              <div className="mt-2">
                <JsonView label={words.raw} value={chainTx} />
              </div>
            </details>
          </Card>
        </DetailPage>
      )}
    </QueryPage>
  );
}

function anomalyOf(
  chainTx: ChainTxDetailBody,
  words: (typeof detailTexts)['ko'],
  locale: Locale,
): Anomaly | null {
  const letter = chainTx.deadLetters.find((one) => one.state === 'OPEN');
  if (letter !== undefined) {
    const cause = describeCause(letter.cause, letter, locale);
    return {
      tone: 'bad',
      title: words.anomalyLetter(cause.name),
      text: <Prose text={`${cause.means} ${cause.action}`} />,
      actions: (
        <Link to="/dead-letters/$id" params={{ id: letter.id }} className="self-center text-sm underline">
          {words.letters}
        </Link>
      ),
    };
  }
  if (isBeingFreed(chainTx))
    return { tone: 'info', title: words.anomalyReleasing, text: words.anomalyReleasingText };
  if (chainTx.minedAt !== null || chainTx.lastError === null || chainTx.failureCount === 0) return null;
  return { tone: 'warn', title: words.anomalyStuck, text: sayMachineText(chainTx.lastError, locale) };
}

function Facts({ chainTx }: { chainTx: ChainTxDetailBody }) {
  const words = useTexts(detailTexts);
  const kinds: Readonly<Record<string, string>> = useTexts(chainTxKindTexts);
  const rows: (readonly [string, ReactNode] | null)[] = [
    [words.txId, <ShortId key="id" text={chainTx.id} />],
    [words.chain, chainTx.chain],
    [words.kind, kinds[chainTx.kind] ?? chainTx.kind],
    [
      words.subAccount,
      <span key="account" className="flex flex-col items-start gap-0.5">
        <ShortId text={chainTx.subAccount} />
        <Link
          to="/withdrawals"
          search={{ subAccount: chainTx.subAccount }}
          className="text-xs text-link underline"
        >
          {words.allFrom}
        </Link>
      </span>,
    ],
    [words.nonce, String(chainTx.nonce)],
    [
      words.sum,
      <span key="sum" className="tabular">
        {formatAmount(chainTx.amount)} {chainTx.asset}
      </span>,
    ],
    [words.created, <Time key="created" at={chainTx.createdAt} />],
    chainTx.broadcastedAt === null ? null : [words.lastSent, <Time key="sent" at={chainTx.broadcastedAt} />],
    chainTx.minedAt === null ? null : [words.block, <Time key="mined" at={chainTx.minedAt} />],
    chainTx.finalAt === null ? null : [words.confirmed, <Time key="final" at={chainTx.finalAt} />],
  ];
  return (
    <Card title={words.facts}>
      <KeyValues rows={rows.filter((row) => row !== null)} />
    </Card>
  );
}

function Items({ items, asset }: { items: readonly Item[]; asset: string }) {
  const words = useTexts(detailTexts);
  const navigate = useNavigate();
  const columns = useMemo<Column<Item>[]>(
    () => [
      {
        id: 'id',
        header: words.withdrawal,
        isKey: true,
        width: 12,
        cell: ({ withdrawalId }) => (
          <Link
            to="/withdrawals/$id"
            params={{ id: withdrawalId }}
            className="font-mono text-[0.92em] font-medium hover:underline"
          >
            {shorten(withdrawalId)}
          </Link>
        ),
      },
      { id: 'state', header: words.state, width: 8, cell: ({ state }) => <WithdrawalState state={state} /> },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 11,
        cell: ({ amount }) => `${formatAmount(amount)} ${asset}`,
      },
      { id: 'to', header: words.to, width: 12, cell: ({ to }) => <ShortId text={to} /> },
      {
        id: 'outcome',
        header: words.outcome,
        cell: ({ outcome }) =>
          outcome === null ? '—' : <StatusChip tone={outcomeTones[outcome]}>{words[outcome]}</StatusChip>,
      },
    ],
    [words, asset],
  );
  return (
    <DataTable
      label={words.items}
      columns={columns}
      rows={items}
      rowId={(row) => row.withdrawalId}
      onOpen={(row) => void navigate({ to: '/withdrawals/$id', params: { id: row.withdrawalId } })}
    />
  );
}
