import { Button } from '@naru/ui/button.tsx';
import type { OperatedWithdrawalBody } from '@naru/wire/operated-withdrawal.ts';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { movingStates } from '../../i18n/withdrawal-states.ts';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { SavedViews, type ViewFilter } from '../../primitives/saved-views.tsx';
import { ExportButton } from '../exports/export-button.tsx';
import { StateTabs } from './state-tabs.tsx';
import { columnsHiddenAtFirst, useWithdrawalColumns } from './withdrawal-columns.tsx';
import { WithdrawalFilters } from './withdrawal-filters.tsx';
import { listTexts } from './withdrawal-list.texts.ts';
import { filterOf, isFiltered, statesOf, type WithdrawalSearch } from './withdrawal-search.ts';

const BulkVerbs = lazy(async () => ({ default: (await import('./bulk-verbs.tsx')).BulkVerbs }));

const PAGE_ROWS = 100;

export function WithdrawalListView() {
  const words = useTexts(listTexts);
  const me = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const search = useSearch({ from: '/shell/withdrawals' });
  const columns = useWithdrawalColumns();
  const key = JSON.stringify(search);
  // Cursors hold for one filter, so "the last hour" is that of the moment it was asked for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is `search`, compared by what it says
  const filter = useMemo(() => filterOf(search, new Date()), [key]);
  const states = statesOf(search.state);
  const pages = useInfiniteQuery({
    queryKey: ['withdrawals', 'list', key],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.withdrawals.listPage(
        {
          ...filter,
          ...(states.length === 0 ? {} : { state: states }),
          ...(search.order === undefined ? {} : { order: search.order }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
          limit: PAGE_ROWS,
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
    // Who reads further down is not interrupted: what is read stands still until they ask for it anew.
    enabled: (query) => (query.state.data?.pages.length ?? 0) <= 1,
  });
  const { state: _state, order: _order, ...counted } = search;
  const counts = useQuery({
    queryKey: ['withdrawals', 'counts', JSON.stringify(counted)],
    queryFn: ({ signal }) => naru.admin.withdrawals.counts(filter, { signal }),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(
    () => new Map(pages.data?.pages.flatMap((page) => page.data.map((row) => [row.id, row] as const))),
    [pages.data],
  );
  const change = (changed: Partial<WithdrawalSearch>) =>
    void navigate({ to: '/withdrawals', search: { ...search, ...changed }, replace: true });
  const goTo = (next: Record<string, unknown>) => void navigate({ to: '/withdrawals', search: next });
  return (
    <Page title={words.title} lead={words.lead}>
      <StateTabs
        counts={counts.data}
        selected={states}
        onSelect={(next) => change({ state: next.length === 0 ? undefined : next.join(',') })}
      />
      <List<OperatedWithdrawalBody>
        storeKey="withdrawals"
        label={words.title}
        pages={pages}
        columns={columns}
        hiddenAtFirst={columnsHiddenAtFirst}
        rowId={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/withdrawals/$id', params: { id: row.id } })}
        isFiltered={isFiltered(search)}
        onClearFilters={() => goTo({})}
        filters={<WithdrawalFilters search={search} onChange={change} />}
        toolbar={
          <>
            {(pages.data?.pages.length ?? 0) > 1 ? (
              <Button
                variant="ghost"
                onPress={() => void client.resetQueries({ queryKey: ['withdrawals', 'list', key] })}
              >
                <RefreshCw className="size-4" aria-hidden />
                {words.toNewest}
              </Button>
            ) : null}
            <ExportButton filter={states.length === 0 ? filter : { ...filter, state: states }} />
            <Views search={search} onOpen={goTo} />
          </>
        }
        empty={{
          title: words.emptyTitle,
          hint: words.emptyHint,
          action: me.can('withdrawals:write') ? (
            <Link to="/bulk" className="text-link underline">
              {words.toBulk}
            </Link>
          ) : null,
        }}
        {...(me.can('operations:write') || me.can('withdrawals:write')
          ? {
              bulkActions: (selected, clear) => (
                <Suspense>
                  <BulkVerbs
                    rows={[...selected].flatMap((id) => rows.get(id) ?? [])}
                    onDone={() => void client.invalidateQueries({ queryKey: ['withdrawals'] })}
                    onClose={clear}
                  />
                </Suspense>
              ),
            }
          : {})}
      />
    </Page>
  );
}

/** Without what is not set, as the address has it. */
function filterNow(search: WithdrawalSearch): ViewFilter {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as ViewFilter;
}

function Views(props: { search: WithdrawalSearch; onOpen: (search: ViewFilter) => void }) {
  const words = useTexts(listTexts);
  return (
    <SavedViews
      list="withdrawals"
      search={filterNow(props.search)}
      onOpen={props.onOpen}
      builtIn={[
        { name: words.viewStuck, search: { hasDeadLetter: true } },
        { name: words.viewReview, search: { state: 'REVIEW', order: 'oldest' } },
        { name: words.viewOldestMoving, search: { state: movingStates.join(), order: 'oldest' } },
        { name: words.viewFailedToday, search: { state: 'FAILED', preset: 'today' } },
      ]}
    />
  );
}
