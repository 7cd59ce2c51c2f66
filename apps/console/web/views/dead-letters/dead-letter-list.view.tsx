import { shorten } from '@naru/ui/copy-text.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { nameCause } from '../../i18n/causes.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { Amount } from '../../primitives/amount.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { TabLinks } from '../../primitives/tab-links.tsx';
import { Time } from '../../primitives/time.tsx';
import { BulkVerbs, Command } from './bulk-verbs.tsx';
import { CauseCards } from './cause-cards.tsx';
import { letterTexts } from './dead-letter.texts.ts';
import type { LetterSearch } from './routes.ts';

const PAGE_ROWS = 100;
/** They are found by a job, and no event tells of it. */
const REFRESH_MS = 10_000;

/** What a person must look at: the causes first, then one by one. */
export function DeadLetterListView() {
  const words = useTexts(letterTexts);
  const me = useMe();
  const locale = useLocale();
  const navigate = useNavigate();
  const { state = 'OPEN', cause } = useSearch({ from: '/shell/dead-letters' });
  const columns = useColumns();
  const [retried, setRetried] = useState<readonly DeadLetterBody[] | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ['dead-letters', 'list', state, cause ?? ''],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.deadLetters.listPage(
        {
          state,
          limit: PAGE_ROWS,
          ...(cause === undefined ? {} : { cause }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: state === 'OPEN' ? REFRESH_MS : false,
  });
  const letters = useMemo(() => pages.data?.pages.flatMap((page) => page.data) ?? [], [pages.data]);
  const goTo = (search: LetterSearch) => void navigate({ to: '/dead-letters', search });
  const empty =
    state === 'OPEN' ? { title: words.emptyTitle, hint: words.emptyHint } : { title: words.emptyClosed };
  return (
    <Page title={words.title} lead={words.lead}>
      <TabLinks
        label={words.tabs}
        tabs={(['OPEN', 'CLOSED'] as const).map((id) => ({ id, label: words[id] }))}
        selected={state}
        onSelect={(id) => goTo(id === 'OPEN' ? {} : { state: id })}
      />
      {cause === undefined && state === 'OPEN' && letters.length > 0 ? (
        <CauseCards
          letters={letters}
          isWhole={!pages.hasNextPage}
          onChoose={(chosen) => goTo({ cause: chosen })}
          onRetry={setRetried}
        />
      ) : null}
      {retried === null ? null : <Command verb="retry" letters={retried} onClose={() => setRetried(null)} />}
      <List<DeadLetterBody>
        key={`${state} ${cause}`}
        storeKey="dead-letters"
        label={words.title}
        pages={pages}
        columns={columns}
        rowId={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/dead-letters/$id', params: { id: row.id } })}
        isFiltered={cause !== undefined}
        onClearFilters={() => goTo(state === 'OPEN' ? {} : { state })}
        filters={
          cause === undefined ? null : (
            <StatusChip tone="info">{`${words.cause}: ${nameCause(cause, locale)}`}</StatusChip>
          )
        }
        empty={empty}
        {...(me.can('operations:write') && state === 'OPEN'
          ? {
              bulkActions: (selected, clear) => (
                <BulkVerbs letters={letters.filter((one) => selected.has(one.id))} onClose={clear} />
              ),
            }
          : {})}
      />
    </Page>
  );
}

function useColumns(): Column<DeadLetterBody>[] {
  const words = useTexts(letterTexts);
  const locale = useLocale();
  return useMemo<Column<DeadLetterBody>[]>(
    () => [
      {
        id: 'cause',
        header: words.cause,
        isKey: true,
        width: 11,
        cell: (row) => (
          <Link to="/dead-letters/$id" params={{ id: row.id }} className="font-medium hover:underline">
            {nameCause(row.cause, locale)}
          </Link>
        ),
      },
      {
        id: 'subject',
        header: words.subject,
        width: 14,
        cell: ({ kind, subject }) => (
          <span title={subject}>
            {words[kind]}{' '}
            <code className="text-xs">{subject.includes('_01') ? shorten(subject) : subject}</code>
          </span>
        ),
      },
      {
        id: 'amount',
        header: words.amount,
        align: 'end',
        width: 11,
        cell: ({ amount, asset }) =>
          amount === null || asset === null ? '—' : <Amount amount={amount} asset={asset} />,
      },
      {
        id: 'present',
        header: words.present,
        width: 9,
        cell: ({ present }) => (
          <StatusChip tone={present ? 'bad' : 'good'}>{present ? words.stillSo : words.gone}</StatusChip>
        ),
      },
      {
        id: 'detail',
        header: words.detail,
        width: 18,
        cell: ({ detail }) => {
          const said = sayMachineText(detail, locale);
          return <span title={said}>{said}</span>;
        },
      },
      {
        id: 'seen',
        header: words.seen,
        align: 'end',
        width: 6,
        cell: ({ seenCount }) => words.times(formatCount(seenCount)),
      },
      { id: 'last', header: words.lastSeen, width: 11, cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
    ],
    [words, locale],
  );
}
