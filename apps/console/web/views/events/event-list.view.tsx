import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { type StreamEventBody, type StreamEventType, streamEventTypes } from '@naru/wire/event.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { FilterField } from '../../primitives/filter-field.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { eventTexts } from './event.texts.ts';
import { placeOfEvent } from './event-subject.ts';
import type { EventsSearch } from './routes.ts';

const idFilters = ['withdrawalId', 'depositId'] as const;

/** The log of what happened, newest first. */
export function EventListView() {
  const words = useTexts(eventTexts);
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/events' });
  const change = (part: Partial<EventsSearch>) =>
    void navigate({ to: '.', search: { ...search, ...part }, replace: true });
  const filter = Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
  const pages = useInfiniteQuery({
    queryKey: ['events', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.events.listPage(
        { limit: 50, ...filter, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
  });
  const columns = useMemo<Column<StreamEventBody>[]>(
    () => [
      {
        id: 'type',
        header: words.type,
        isKey: true,
        width: 14,
        cell: (row) => (
          <Link
            to="/events/$id"
            params={{ id: row.id }}
            className="font-mono text-xs font-medium hover:underline"
          >
            {row.type}
          </Link>
        ),
      },
      { id: 'at', header: words.at, width: 11, cell: (row) => <Time at={row.timestamp} /> },
      { id: 'subject', header: words.subject, width: 14, cell: (row) => <Subject id={row.data.id} /> },
      {
        id: 'sequence',
        header: words.sequence,
        width: 6,
        align: 'end',
        cell: (row) => row.data.sequence,
      },
      { id: 'id', header: words.id, width: 7, align: 'end', cell: (row) => row.id },
    ],
    [words],
  );
  return (
    <Page title={words.title} lead={words.lead}>
      <List
        storeKey="events"
        label={words.title}
        pages={pages}
        columns={columns}
        rowId={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/events/$id', params: { id: row.id } })}
        isFiltered={Object.keys(filter).length > 0}
        onClearFilters={() => void navigate({ to: '.', search: {} })}
        filters={
          <>
            <Select<StreamEventType | 'all'>
              label={words.type}
              value={search.type ?? 'all'}
              choices={[
                { value: 'all', label: words.all },
                ...streamEventTypes.map((value) => ({ value, label: value })),
              ]}
              onChange={(value) => change({ type: value === 'all' ? undefined : value })}
              className="w-60"
            />
            {idFilters.map((name) => (
              <FilterField
                key={name}
                label={words[name]}
                value={search[name]}
                onCommit={(value) => change({ [name]: value })}
                className="w-56 max-md:w-full"
                isMono
              />
            ))}
          </>
        }
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}

function Subject({ id }: { id: string }) {
  const to = placeOfEvent(id);
  if (to === null) return <ShortId text={id} />;
  return (
    <Link to={to} className="text-link underline" title={id}>
      {id.length > 18 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id}
    </Link>
  );
}
