import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { WebhookEndpointBody } from '@naru/wire/webhook.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatShare } from '../../format/number.ts';
import { common } from '../../i18n/common.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { EndpointForm, eventsOf, findDraftProblem } from './endpoint-form.tsx';
import { webhookTexts } from './webhook.texts.ts';
import { endpointTones } from './webhook-status.ts';

const REFRESH_MS = 10_000;

export function WebhookListView() {
  const words = useTexts(webhookTexts);
  const me = useMe();
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => naru.webhookEndpoints.list({ signal }),
    refetchInterval: REFRESH_MS,
  });
  const columns = useMemo<Column<WebhookEndpointBody>[]>(
    () => [
      {
        id: 'url',
        header: words.url,
        isKey: true,
        width: 22,
        cell: (row) => (
          <Link to="/webhooks/$id" params={{ id: row.id }} className="font-medium hover:underline">
            {row.url}
          </Link>
        ),
      },
      {
        id: 'state',
        header: words.state,
        cell: (row) => <StatusChip tone={endpointTones[row.state]}>{words[row.state]}</StatusChip>,
      },
      {
        id: 'events',
        header: words.events,
        width: 16,
        cell: (row) => <code className="text-xs">{row.events.join(', ')}</code>,
      },
      {
        id: 'success',
        header: words.success,
        align: 'end',
        cell: (row) => formatShare(row.health.successRate),
      },
      { id: 'created', header: words.created, width: 12, cell: (row) => <Time at={row.createdAt} /> },
    ],
    [words],
  );
  const add = me.can('webhooks:write') ? <AddEndpoint /> : null;
  return (
    <Page title={words.title} lead={words.lead} actions={add}>
      <Card isFlush>
        <QueryView query={query}>
          {(endpoints) =>
            endpoints.length === 0 ? (
              <EmptyState title={words.emptyTitle}>{words.emptyHint}</EmptyState>
            ) : (
              <DataTable
                label={words.title}
                columns={columns}
                rows={endpoints}
                rowId={(row) => row.id}
                onOpen={(row) => void navigate({ to: '/webhooks/$id', params: { id: row.id } })}
              />
            )
          }
        </QueryView>
      </Card>
    </Page>
  );
}

function AddEndpoint() {
  const words = useTexts(webhookTexts);
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState({ url: '', events: '*', description: '' });
  const [secret, setSecret] = useState<string | null>(null);
  const problem = findDraftProblem(draft);
  return (
    <>
      <Button variant="primary" onPress={() => setOpen(true)}>
        {words.add}
      </Button>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.addTitle}
        consequence={words.addWhat}
        confirmLabel={words.add}
        reason="none"
        fields={<EndpointForm draft={draft} onChange={setDraft} showsProblem={draft.url !== ''} />}
        fieldProblem={problem === null ? null : words[problem]}
        run={async ({ idempotencyKey }) => {
          const { url, events, description } = draft;
          const made = await naru.webhookEndpoints.create(
            { url, events: eventsOf(events), ...(description === '' ? {} : { description }) },
            { idempotencyKey },
          );
          setSecret(made.secret);
        }}
        doneText={null}
        onDone={() => {
          setDraft({ url: '', events: '*', description: '' });
          void client.invalidateQueries({ queryKey: ['webhooks'] });
        }}
      />
      <SecretDialog secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}

/** A secret, the one time that it is shown. */
export function SecretDialog({ secret, onClose }: { secret: string | null; onClose: () => void }) {
  const words = useTexts(webhookTexts);
  const shared = useTexts(common);
  return (
    <Dialog
      isOpen={secret !== null}
      onClose={onClose}
      title={words.secretTitle}
      closeLabel={shared.close}
      footer={
        <Button variant="primary" size="md" onPress={onClose}>
          {shared.close}
        </Button>
      }
    >
      <p className="text-sm">{words.secretWhy}</p>
      {secret === null ? null : <ShortId text={secret} isWhole />}
    </Dialog>
  );
}
