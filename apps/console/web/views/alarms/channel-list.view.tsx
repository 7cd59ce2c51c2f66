import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { AlertChannelBody } from '@naru/wire/alert-channel.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { Time } from '../../primitives/time.tsx';
import { AddChannel } from './add-channel.tsx';
import { alarmTexts } from './alarm.texts.ts';

const messageTones = { pending: 'info', sent: 'good', given_up: 'bad' } as const;

/** Who is told of alarms, and whether they could be. */
export function ChannelListView() {
  const words = useTexts(alarmTexts);
  const me = useMe();
  const query = useQuery({
    queryKey: ['alert-channels'],
    queryFn: ({ signal }) => naru.admin.alertChannels.list({ signal }),
    refetchInterval: ({ state }) =>
      state.data?.some((one) => one.lastMessage?.state === 'pending') ? 2_000 : false,
  });
  const [chosen, setChosen] = useState<{ channel: AlertChannelBody; verb: 'test' | 'remove' } | null>(null);
  const may = me.can('admin');
  const columns = useMemo<Column<AlertChannelBody>[]>(
    () => [
      { id: 'name', header: words.channelName, isKey: true, width: 10, cell: (row) => row.name },
      { id: 'kind', header: words.kind, width: 6, cell: (row) => words[row.kind] },
      {
        id: 'targets',
        header: words.targets,
        width: 18,
        cell: (row) => <span title={row.targets.join(', ')}>{row.targets.join(', ')}</span>,
      },
      { id: 'level', header: words.level, width: 8, cell: (row) => words[row.severity] },
      { id: 'last', header: words.lastMessage, width: 20, cell: (row) => <LastMessage channel={row} /> },
      ...(may
        ? [
            {
              id: 'verbs',
              header: '',
              width: 10,
              align: 'end' as const,
              cell: (row: AlertChannelBody) => (
                <span className="inline-flex gap-1">
                  <Button variant="ghost" onPress={() => setChosen({ channel: row, verb: 'test' })}>
                    {words.test}
                  </Button>
                  <Button variant="ghost" onPress={() => setChosen({ channel: row, verb: 'remove' })}>
                    {words.remove}
                  </Button>
                </span>
              ),
            },
          ]
        : []),
    ],
    [words, may],
  );
  return (
    <Page
      title={words.channelsTitle}
      lead={words.channelsLead}
      actions={
        <>
          <Link to="/alarms" className="text-sm text-link underline">
            {words.toAlarms}
          </Link>
          {may ? <AddChannel /> : <span className="text-xs text-muted">{words.noAdmin}</span>}
        </>
      }
    >
      <Card isFlush>
        <QueryView query={query}>
          {(channels) =>
            channels.length === 0 ? (
              <EmptyState title={words.channelsEmpty}>{words.channelsEmptyHint}</EmptyState>
            ) : (
              <DataTable
                label={words.channelsTitle}
                columns={columns}
                rows={channels}
                rowId={(row) => row.id}
              />
            )
          }
        </QueryView>
      </Card>
      <ChannelVerb chosen={chosen} onClose={() => setChosen(null)} />
    </Page>
  );
}

function LastMessage({ channel: { lastMessage } }: { channel: AlertChannelBody }) {
  const words = useTexts(alarmTexts);
  if (lastMessage === null) return <span className="text-muted">{words.nothingSent}</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2" title={lastMessage.error ?? undefined}>
      <StatusChip tone={messageTones[lastMessage.state]}>{words[lastMessage.state]}</StatusChip>
      <Time at={lastMessage.at} />
      {lastMessage.error === null ? null : <span className="text-xs text-bad-text">{lastMessage.error}</span>}
    </span>
  );
}

function ChannelVerb({
  chosen,
  onClose,
}: {
  chosen: { channel: AlertChannelBody; verb: 'test' | 'remove' } | null;
  onClose: () => void;
}) {
  const words = useTexts(alarmTexts);
  const client = useQueryClient();
  if (chosen === null) return null;
  const { id, name } = chosen.channel;
  const onDone = () => void client.invalidateQueries({ queryKey: ['alert-channels'] });
  const shared = { isOpen: true, onClose, reason: 'none', onDone } as const;
  return chosen.verb === 'test' ? (
    <CommandDialog
      {...shared}
      title={`${name}: ${words.testTitle}`}
      consequence={words.testWhat}
      confirmLabel={words.test}
      run={({ idempotencyKey }) => naru.admin.alertChannels.test(id, { idempotencyKey })}
      doneText={words.tested}
    />
  ) : (
    <CommandDialog
      {...shared}
      title={`${name}: ${words.removeTitle}`}
      consequence={words.removeWhat}
      confirmLabel={words.remove}
      tone="danger"
      run={() => naru.admin.alertChannels.remove(id)}
      doneText={words.removed}
    />
  );
}
