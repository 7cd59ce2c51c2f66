import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { PolicyBody } from '@naru/wire/policy.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { Time } from '../../primitives/time.tsx';
import { DraftPolicy } from './draft-policy.tsx';
import { policyTexts } from './policy.texts.ts';
import { policyTones } from './policy-words.ts';

const states = ['ACTIVE', 'DRAFT', 'RETIRED'] as const satisfies readonly PolicyBody['state'][];

export function PolicyListView() {
  const words = useTexts(policyTexts);
  const me = useMe();
  const navigate = useNavigate();
  const { state } = useSearch({ from: '/shell/policies' });
  const query = useQuery({
    queryKey: ['policies', state ?? ''],
    queryFn: ({ signal }) => naru.admin.policies.list(state === undefined ? {} : { state }, { signal }),
  });
  const columns = useMemo<Column<PolicyBody>[]>(
    () => [
      {
        id: 'version',
        header: words.policy,
        isKey: true,
        width: 8,
        cell: (row) => (
          <Link to="/policies/$id" params={{ id: row.id }} className="font-medium hover:underline">
            {words.version(formatCount(row.number))}
          </Link>
        ),
      },
      {
        id: 'state',
        header: words.state,
        width: 8,
        cell: (row) => <StatusChip tone={policyTones[row.state]}>{words[row.state]}</StatusChip>,
      },
      {
        id: 'organisation',
        header: words.organisation,
        width: 16,
        cell: (row) => (row.organisationId === null ? words.everyone : <ShortId text={row.organisationId} />),
      },
      { id: 'note', header: words.note, width: 20, cell: (row) => row.note ?? '—' },
      { id: 'author', header: words.author, width: 12, cell: (row) => <Actor id={row.author} /> },
      { id: 'created', header: words.created, width: 12, cell: (row) => <Time at={row.createdAt} /> },
      {
        id: 'effective',
        header: words.effective,
        width: 12,
        cell: (row) => (row.effectiveAt === null ? words.notYet : <Time at={row.effectiveAt} />),
      },
    ],
    [words],
  );
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        me.can('admin') ? (
          <DraftPolicy label={words.draft} from={null} />
        ) : (
          <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
        )
      }
    >
      <TableCard
        query={query}
        title={words.title}
        isTitleHidden
        filters={
          <Select
            label={words.state}
            value={state ?? 'all'}
            choices={[
              { value: 'all', label: words.all },
              ...states.map((value) => ({ value, label: words[value] })),
            ]}
            onChange={(value) =>
              void navigate({
                to: '.',
                search: value === 'all' ? {} : { state: value as PolicyBody['state'] },
              })
            }
            className="w-40"
          />
        }
        columns={columns}
        rowsOf={(policies) => policies}
        rowId={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/policies/$id', params: { id: row.id } })}
        empty={{ title: words.empty, hint: words.emptyHint }}
      />
    </Page>
  );
}
