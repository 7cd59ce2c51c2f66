import type { Column } from '@naru/ui/data-table.tsx';
import type { AuditEventBody } from '@naru/wire/audit.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { FilterField } from '../../primitives/filter-field.tsx';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { momentsOf } from '../../primitives/time-range.ts';
import { TimeRangeControl } from '../../primitives/time-range-control.tsx';
import { auditTexts } from './audit.texts.ts';
import { AuditEventDialog } from './audit-event-dialog.tsx';
import { changesOf } from './changes-of.ts';
import type { AuditSearch } from './routes.ts';
import { Subject } from './subject.tsx';

const filters = ['actor', 'action', 'subject', 'requestId', 'origin'] as const;

/** Who changed or decided what, newest first. */
export function AuditListView() {
  const words = useTexts(auditTexts);
  const [opened, setOpened] = useState<AuditEventBody | null>(null);
  const search = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate();
  const change = (part: Partial<AuditSearch>) =>
    void navigate({ to: '.', search: { ...search, ...part }, replace: true });
  const pages = useAudit(search);
  const columns = useColumns(setOpened);
  const range = {
    ...(search.preset === undefined ? {} : { preset: search.preset }),
    ...(search.since === undefined ? {} : { from: search.since }),
    ...(search.until === undefined ? {} : { to: search.until }),
  };
  const isFiltered = Object.values(search).some((value) => value !== undefined && value !== 'all');
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Link to="/audit/verification" className="text-sm text-link underline">
          {words.verification}
        </Link>
      }
    >
      <List
        storeKey="audit"
        label={words.title}
        pages={pages}
        columns={columns}
        hiddenAtFirst={['origin', 'requestId']}
        rowId={(row) => row.id}
        onOpen={setOpened}
        isFiltered={isFiltered}
        onClearFilters={() => void navigate({ to: '.', search: {} })}
        filters={
          <>
            <TimeRangeControl
              range={range}
              onChange={({ preset, from, to }) => change({ preset, since: from, until: to })}
            />
            {filters.map((name) => (
              <FilterField
                key={name}
                label={words[name]}
                value={search[name]}
                onCommit={(value) => change({ [name]: value })}
                className="w-40 max-md:w-full"
              />
            ))}
          </>
        }
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
      <AuditEventDialog event={opened} onClose={() => setOpened(null)} />
    </Page>
  );
}

function useAudit(search: AuditSearch) {
  const { preset, since, until } = search;
  // A preset is measured from when it was chosen, so that pages of one list belong together.
  const moments = useMemo(() => {
    if (preset === undefined && since === undefined && until === undefined) return {};
    return momentsOf(
      {
        preset: preset ?? 'custom',
        ...(since === undefined ? {} : { from: since }),
        ...(until === undefined ? {} : { to: until }),
      },
      new Date(),
    );
  }, [preset, since, until]);
  const exact = filters.flatMap((name) =>
    search[name] === undefined ? [] : [[name, search[name]] as const],
  );
  return useInfiniteQuery({
    queryKey: ['audit', exact, moments],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.audit.listPage(
        {
          limit: 50,
          ...Object.fromEntries(exact),
          ...(moments.from === undefined ? {} : { since: moments.from }),
          ...(moments.to === undefined ? {} : { until: moments.to }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
  });
}

function useColumns(open: (event: AuditEventBody) => void): Column<AuditEventBody>[] {
  const words = useTexts(auditTexts);
  return useMemo(
    () => [
      {
        id: 'action',
        header: words.action,
        isKey: true,
        width: 13,
        cell: (row) => (
          <button
            type="button"
            className="cursor-pointer truncate font-mono text-xs font-medium hover:underline"
            onClick={() => open(row)}
          >
            {row.action}
          </button>
        ),
      },
      { id: 'at', header: words.at, width: 11, cell: (row) => <Time at={row.at} /> },
      { id: 'actor', header: words.actor, width: 11, cell: (row) => <Actor {...row.actor} /> },
      { id: 'subject', header: words.subject, width: 17, cell: (row) => <Subject subject={row.subject} /> },
      {
        id: 'reason',
        header: words.reason,
        width: 14,
        cell: (row) => (row.reason === null ? '—' : <span title={row.reason}>{row.reason}</span>),
      },
      {
        id: 'change',
        header: words.change,
        width: 7,
        align: 'end',
        cell: (row) => {
          const count = changesOf(row).length;
          return count === 0 ? '—' : words.changed(formatCount(count));
        },
      },
      { id: 'origin', header: words.origin, width: 9, cell: (row) => row.origin ?? '—' },
      {
        id: 'requestId',
        header: words.requestId,
        width: 12,
        cell: (row) => (row.requestId === null ? '—' : <ShortId text={row.requestId} />),
      },
    ],
    [words, open],
  );
}
