import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { InvitationBody } from '@naru/wire/person.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { Actor } from '../../primitives/actor.tsx';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { Time } from '../../primitives/time.tsx';
import { InviteButton } from './invite-button.tsx';
import { peopleTexts } from './people.texts.ts';
import { PeopleTabs } from './people-tabs.tsx';

const tones = {
  waiting: 'info',
  accepted: 'good',
  revoked: 'idle',
  expired: 'idle',
} as const satisfies Record<InvitationBody['state'], Tone>;

export function InvitationListView() {
  const words = useTexts(peopleTexts);
  const roles = useTexts(roleNames);
  const me = useMe();
  const client = useQueryClient();
  const [revoked, setRevoked] = useState<InvitationBody | null>(null);
  const query = useQuery({
    queryKey: ['people', 'invitations'],
    queryFn: ({ signal }) => naru.people.invitations.list({ signal }),
  });
  const may = me.can('people:write');
  const columns = useMemo<Column<InvitationBody>[]>(
    () => [
      { id: 'email', header: words.email, isKey: true, width: 15, cell: (row) => row.email },
      { id: 'role', header: words.role, width: 7, cell: (row) => roles[row.role] },
      {
        id: 'state',
        header: words.state,
        width: 7,
        cell: (row) => <StatusChip tone={tones[row.state]}>{words[row.state]}</StatusChip>,
      },
      { id: 'by', header: words.invitedBy, width: 10, cell: (row) => <Actor id={row.invitedBy} /> },
      { id: 'created', header: words.created, width: 11, cell: (row) => <Time at={row.createdAt} /> },
      { id: 'expires', header: words.expires, width: 11, cell: (row) => <Time at={row.expiresAt} /> },
      ...(may
        ? [
            {
              id: 'verbs',
              header: '',
              width: 9,
              align: 'end' as const,
              cell: (row: InvitationBody) =>
                row.state === 'waiting' ? (
                  <Button variant="ghost" onPress={() => setRevoked(row)}>
                    {words.revoke}
                  </Button>
                ) : null,
            },
          ]
        : []),
    ],
    [words, roles, may],
  );
  return (
    <Page title={words.title} lead={words.lead} actions={may ? <InviteButton /> : null}>
      <PeopleTabs />
      <Card isFlush>
        <QueryView query={query}>
          {(invitations) =>
            invitations.length === 0 ? (
              <EmptyState title={words.invitationsEmpty}>{words.invitationsEmptyHint}</EmptyState>
            ) : (
              <DataTable
                label={words.invitations}
                columns={columns}
                rows={invitations}
                rowId={(row) => row.id}
              />
            )
          }
        </QueryView>
      </Card>
      <CommandDialog
        isOpen={revoked !== null}
        onClose={() => setRevoked(null)}
        title={words.revokeTitle(revoked?.email ?? '')}
        consequence={words.revokeWhat}
        confirmLabel={words.revoke}
        tone="danger"
        reason="none"
        run={({ idempotencyKey }) => naru.people.invitations.revoke(revoked?.id ?? '', { idempotencyKey })}
        doneText={words.revokedDone}
        onDone={() => void client.invalidateQueries({ queryKey: ['people'] })}
      />
    </Page>
  );
}
