import { Card } from '@naru/ui/card.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { TreasuryBody, TreasuryProposalBody } from '@naru/wire/treasury.ts';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { formatClock } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { ProposeTopUp } from './propose-top-up.tsx';
import { proposalStates } from './routes.ts';
import { proposalTones, treasuryTexts } from './treasury.texts.ts';

const REFRESH_MS = 10_000;

export function TreasuryListView() {
  const words = useTexts(treasuryTexts);
  const me = useMe();
  const treasuries = useQuery({
    queryKey: ['treasury', 'safes'],
    queryFn: ({ signal }) => naru.admin.treasury.list({}, { signal }),
    refetchInterval: REFRESH_MS,
  });
  const canPropose = me.can('operations:write');
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={canPropose ? null : <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>}
    >
      <QueryView query={treasuries}>
        {(list) =>
          list.length === 0 ? (
            <Card>
              <EmptyState title={words.noSafe}>{words.noSafeHint}</EmptyState>
            </Card>
          ) : (
            <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
              {list.map((one) => (
                <SafeCard key={`${one.chain} ${one.safe}`} treasury={one} canPropose={canPropose} />
              ))}
            </div>
          )
        }
      </QueryView>
      <Proposals neededOf={new Map((treasuries.data ?? []).map((one) => [one.chain, one.threshold]))} />
    </Page>
  );
}

function SafeCard({ treasury, canPropose }: { treasury: TreasuryBody; canPropose: boolean }) {
  const words = useTexts(treasuryTexts);
  return (
    <Card
      title={`${words.title} · ${treasury.chain}`}
      {...(canPropose ? { actions: <ProposeTopUp treasury={treasury} /> } : {})}
    >
      <KeyValues
        rows={[
          [words.safe, <ShortId key="safe" text={treasury.safe} />],
          [
            words.threshold,
            words.thresholdText(formatCount(treasury.threshold), formatCount(treasury.owners.length)),
          ],
          [
            words.owners,
            <ul key="owners">
              {treasury.owners.map((owner) => (
                <li key={owner}>
                  <ShortId text={owner} />
                </li>
              ))}
            </ul>,
          ],
          [words.nonce, formatAmount(treasury.nonce)],
          [
            words.balance,
            <ul key="balances" className="flex flex-col gap-1">
              {treasury.balances.map((one) => (
                <li key={one.asset}>
                  <Amount amount={one.amount} asset={one.asset} />
                  {/[1-9]/.test(one.leaving) ? (
                    <span className="block text-xs text-muted">
                      {words.leaving(`${formatAmount(one.leaving)} ${one.asset}`)}
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
      <p className="tabular mt-3 text-xs text-muted">{words.readAt(formatClock(treasury.readAt))}</p>
    </Card>
  );
}

function Proposals({ neededOf }: { neededOf: ReadonlyMap<string, number> }) {
  const words = useTexts(treasuryTexts);
  const navigate = useNavigate();
  const { state } = useSearch({ from: '/shell/treasury' });
  const pages = useInfiniteQuery({
    queryKey: ['treasury', 'proposals', state ?? ''],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.treasury.proposals.list(
        {
          limit: 50,
          ...(state === undefined ? {} : { state }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: REFRESH_MS,
  });
  const columns = useMemo<Column<TreasuryProposalBody>[]>(
    () => [
      {
        id: 'what',
        header: words.what,
        isKey: true,
        width: 14,
        cell: (row) => (
          <Link to="/treasury/$id" params={{ id: row.id }} className="font-medium hover:underline">
            {words[row.purpose]}
          </Link>
        ),
      },
      {
        id: 'state',
        header: words.state,
        width: 9,
        cell: (row) => <StatusChip tone={proposalTones[row.state]}>{words[row.state]}</StatusChip>,
      },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 14,
        cell: (row) => (row.amount === null ? '—' : <Amount amount={row.amount} asset={row.asset ?? ''} />),
      },
      { id: 'to', header: words.to, width: 12, cell: (row) => <ShortId text={row.to} /> },
      {
        id: 'signatures',
        header: words.signatures,
        width: 9,
        cell: (row) =>
          words.signed(
            formatCount(row.signatures.length),
            formatCount(neededOf.get(row.chain) ?? row.signatures.length + row.waitsFor.signatures),
          ),
      },
      { id: 'nonce', header: words.itsNonce, align: 'end', width: 6, cell: (row) => formatAmount(row.nonce) },
      { id: 'reason', header: words.reason, width: 16, cell: (row) => row.reason },
      { id: 'chain', header: words.chain, width: 8, cell: (row) => row.chain },
      { id: 'created', header: words.created, width: 12, cell: (row) => <Time at={row.createdAt} /> },
    ],
    [words, neededOf],
  );
  return (
    <List
      storeKey="treasury-proposals"
      label={words.proposals}
      pages={pages}
      columns={columns}
      rowId={(row) => row.id}
      onOpen={(row) => void navigate({ to: '/treasury/$id', params: { id: row.id } })}
      isFiltered={state !== undefined}
      onClearFilters={() => void navigate({ to: '.', search: {} })}
      filters={
        <Select
          label={words.state}
          value={state ?? 'all'}
          choices={[
            { value: 'all', label: words.all },
            ...proposalStates.map((value) => ({ value, label: words[value] })),
          ]}
          onChange={(value) =>
            void navigate({
              to: '.',
              search: value === 'all' ? {} : { state: value as TreasuryProposalBody['state'] },
            })
          }
          className="w-44"
        />
      }
      empty={{ title: words.none, hint: words.noneHint }}
    />
  );
}
