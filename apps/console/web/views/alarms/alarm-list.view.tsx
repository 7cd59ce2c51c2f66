import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { AlarmBody } from '@naru/wire/reconciliation.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useInvariants } from '../../i18n/invariants.ts';
import { useTexts } from '../../i18n/locale.ts';
import { List } from '../../primitives/list-page.tsx';
import { Page } from '../../primitives/page.tsx';
import { Time } from '../../primitives/time.tsx';
import { alarmTexts } from './alarm.texts.ts';
import { AlarmDialog } from './alarm-dialog.tsx';
import { AlarmState } from './alarm-state.tsx';

type State = 'OPEN' | 'CLOSED' | 'all';
const REFRESH_MS = 10_000;

/** What somebody has to look after; what is past on request. */
export function AlarmListView() {
  const words = useTexts(alarmTexts);
  const describe = useInvariants();
  const say = useFindingText();
  const navigate = useNavigate();
  const { state = 'OPEN' } = useSearch({ from: '/shell/alarms' });
  const [opened, setOpened] = useState<string | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ['alarms', state],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.admin.alarms.listPage(
        {
          limit: 50,
          ...(state === 'all' ? {} : { state }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: REFRESH_MS,
  });
  const alarm = pages.data?.pages.flatMap((page) => page.data).find((one) => one.id === opened) ?? null;
  const columns = useMemo<Column<AlarmBody>[]>(
    () => [
      {
        id: 'what',
        header: words.what,
        isKey: true,
        width: 13,
        cell: (row) => (
          <button
            type="button"
            className="cursor-pointer truncate font-medium hover:underline"
            onClick={() => setOpened(row.id)}
          >
            {describe(row.invariant, row).name}
          </button>
        ),
      },
      {
        id: 'severity',
        header: words.severity,
        width: 6,
        cell: (row) => (
          <StatusChip tone={row.severity === 'CRITICAL' ? 'bad' : 'warn'}>{words[row.severity]}</StatusChip>
        ),
      },
      { id: 'state', header: words.state, width: 8, cell: (row) => <AlarmState alarm={row} /> },
      { id: 'subject', header: words.subject, width: 12, cell: (row) => row.subject },
      {
        id: 'detail',
        header: words.detail,
        width: 22,
        cell: (row) => <span title={row.detail}>{say(row.detail)}</span>,
      },
      { id: 'openedAt', header: words.openedAt, width: 11, cell: (row) => <Time at={row.openedAt} /> },
      {
        id: 'closedAt',
        header: words.closedAt,
        width: 11,
        cell: (row) => (row.closedAt === null ? '—' : <Time at={row.closedAt} />),
      },
    ],
    [words, describe, say],
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Link to="/alarms/channels" className="text-sm text-link underline">
          {words.channels}
        </Link>
      }
    >
      <List
        storeKey="alarms"
        label={words.title}
        pages={pages}
        columns={columns}
        rowId={(row) => row.id}
        onOpen={(row) => setOpened(row.id)}
        filters={
          <Select<State>
            label={words.state}
            value={state}
            choices={(['OPEN', 'CLOSED', 'all'] as const).map((value) => ({ value, label: words[value] }))}
            onChange={(value) => void navigate({ to: '.', search: { state: value } })}
            className="w-36"
          />
        }
        empty={
          state === 'OPEN'
            ? { title: words.emptyOpen, hint: words.emptyOpenHint }
            : { title: words.empty, hint: words.emptyHint }
        }
      />
      <AlarmDialog alarm={alarm} onClose={() => setOpened(null)} />
    </Page>
  );
}
