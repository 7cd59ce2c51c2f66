import type { Column } from '@naru/ui/data-table.tsx';
import type { ActivityEntryBody, PersonBody } from '@naru/wire/person.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { List } from '../../primitives/list-page.tsx';
import { Time } from '../../primitives/time.tsx';
import { Subject } from '../audit/subject.tsx';
import { peopleTexts } from './people.texts.ts';

/** What the person did, newest first. */
export function PersonActivity({ person }: { person: PersonBody }) {
  const words = useTexts(peopleTexts);
  const pages = useInfiniteQuery({
    queryKey: ['people', person.id, 'activity'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.people.activity(
        person.id,
        { limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
  });
  const columns = useMemo<Column<ActivityEntryBody>[]>(
    () => [
      {
        id: 'action',
        header: words.action,
        isKey: true,
        width: 13,
        cell: (row) => <code className="text-xs font-medium">{row.action}</code>,
      },
      { id: 'at', header: words.at, width: 11, cell: (row) => <Time at={row.at} /> },
      { id: 'subject', header: words.subject, width: 14, cell: (row) => <Subject subject={row.subject} /> },
      { id: 'reason', header: words.reason, width: 12, cell: (row) => row.reason ?? '—' },
      { id: 'origin', header: words.origin, width: 8, cell: (row) => row.origin ?? '—' },
    ],
    [words],
  );
  return (
    <section aria-label={words.activity} className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-3">
        <h2 className="text-sm font-semibold">{words.activity}</h2>
        <Link
          to="/audit"
          search={{ actor: `api_key:${person.apiKeyId}` }}
          className="text-sm text-link underline"
        >
          {words.seeAudit}
        </Link>
      </div>
      <List
        storeKey="activity"
        label={words.activity}
        pages={pages}
        columns={columns}
        rowId={(row) => row.position}
        empty={{ title: words.activityEmpty, hint: words.activityEmptyHint }}
      />
    </section>
  );
}
