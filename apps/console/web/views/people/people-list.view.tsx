import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { PersonBody } from '@naru/wire/person.ts';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { Time } from '../../primitives/time.tsx';
import { InviteButton } from './invite-button.tsx';
import { peopleTexts } from './people.texts.ts';
import { PeopleTabs } from './people-tabs.tsx';

export function PeopleListView() {
  const words = useTexts(peopleTexts);
  const roles = useTexts(roleNames);
  const me = useMe();
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => naru.people.list({ signal }),
  });
  const columns = useMemo<Column<PersonBody>[]>(
    () => [
      {
        id: 'name',
        header: words.name,
        isKey: true,
        width: 12,
        cell: (row) => (
          <span>
            <Link to="/people/$id" params={{ id: row.id }} className="font-medium hover:underline">
              {row.name}
            </Link>
            {row.email === me.email ? <span className="text-muted"> ({words.you})</span> : null}
          </span>
        ),
      },
      { id: 'email', header: words.email, width: 15, cell: (row) => row.email },
      { id: 'role', header: words.role, width: 7, cell: (row) => roles[row.role] },
      {
        id: 'state',
        header: words.state,
        width: 7,
        cell: (row) => (
          <StatusChip tone={row.removedAt === null ? 'good' : 'idle'}>
            {row.removedAt === null ? words.active : words.removed}
          </StatusChip>
        ),
      },
      { id: 'factor', header: words.secondFactor, width: 9, cell: (row) => <Factor person={row} /> },
      {
        id: 'sessions',
        header: words.sessions,
        width: 6,
        align: 'end',
        cell: (row) => words.sessionCount(formatCount(row.sessions)),
      },
      {
        id: 'last',
        header: words.lastSignedIn,
        width: 11,
        cell: (row) => (row.lastSignedInAt === null ? words.never : <Time at={row.lastSignedInAt} />),
      },
    ],
    [words, roles, me.email],
  );
  return (
    <Page title={words.title} lead={words.lead} actions={me.can('people:write') ? <InviteButton /> : null}>
      <PeopleTabs />
      <Card isFlush>
        <QueryView query={query}>
          {(people) =>
            people.length === 0 ? (
              <EmptyState title={words.empty}>{words.emptyHint}</EmptyState>
            ) : (
              <DataTable
                label={words.members}
                columns={columns}
                rows={people}
                rowId={(row) => row.id}
                onOpen={(row) => void navigate({ to: '/people/$id', params: { id: row.id } })}
              />
            )
          }
        </QueryView>
      </Card>
    </Page>
  );
}

export function Factor({ person: { secondFactor } }: { person: PersonBody }) {
  const words = useTexts(peopleTexts);
  const has = [...(secondFactor.totp ? [words.totp] : []), ...(secondFactor.passkey ? [words.passkey] : [])];
  return (
    <StatusChip tone={has.length === 0 ? 'warn' : 'good'}>
      {has.length === 0 ? words.noFactor : has.join(', ')}
    </StatusChip>
  );
}
