import { Card } from '@naru/ui/card.tsx';
import type { Column } from '@naru/ui/data-table.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { WebhookDeliveryBody, WebhookEndpointBody } from '@naru/wire/webhook.ts';
import { webhookDeliveryStates } from '@naru/wire/webhook.ts';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatShare } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { type Anomaly, DetailPage } from '../../primitives/detail-page.tsx';
import { List } from '../../primitives/list-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { EndpointVerbs } from './endpoint-verbs.tsx';
import { webhookTexts } from './webhook.texts.ts';
import { deliveryTones, endpointTones } from './webhook-status.ts';

/** No event says that something was delivered. */
const REFRESH_MS = 10_000;
const PENDING_REFRESH_MS = 2_000;

type Words = (typeof webhookTexts)['ko'];

export function WebhookDetailView() {
  const { id } = useParams({ from: '/shell/webhooks/$id' });
  const query = useQuery({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => naru.webhookEndpoints.get(id, { signal }),
    // Others pause it too, and of that no event tells.
    refetchInterval: REFRESH_MS,
  });
  const words = useTexts(webhookTexts);
  const me = useMe();
  return (
    <QueryPage query={query}>
      {(endpoint) => (
        <DetailPage
          title={endpoint.url}
          lead={endpoint.description}
          actions={me.can('webhooks:write') ? <EndpointVerbs endpoint={endpoint} /> : null}
          anomaly={anomalyOf(endpoint, words)}
          aside={<Facts endpoint={endpoint} />}
        >
          <Deliveries id={endpoint.id} />
        </DetailPage>
      )}
    </QueryPage>
  );
}

function anomalyOf(endpoint: WebhookEndpointBody, words: Words): Anomaly | null {
  if (endpoint.state === 'ACTIVE') return null;
  const titles = { failing: words.anomalyFailing, gone: words.anomalyGone, asked: words.anomalyAsked };
  return {
    tone: endpoint.stateReason === 'asked' ? 'info' : 'bad',
    title: titles[endpoint.stateReason ?? 'asked'],
    text: (
      <>
        {endpoint.health.lastError === null ? null : <p>{endpoint.health.lastError}</p>}
        <p>{words.anomalyText}</p>
      </>
    ),
  };
}

function Facts({ endpoint }: { endpoint: WebhookEndpointBody }) {
  const words = useTexts(webhookTexts);
  const { health } = endpoint;
  return (
    <Card title={words.health}>
      <KeyValues
        rows={[
          [
            words.state,
            <StatusChip key="state" tone={endpointTones[endpoint.state]}>
              {words[endpoint.state]}
            </StatusChip>,
          ],
          [
            words.events,
            <code key="events" className="text-xs">
              {endpoint.events.join(', ')}
            </code>,
          ],
          [words.success, formatShare(health.successRate)],
          ...(health.failingSince === null
            ? []
            : [[words.failingSince, <Time key="since" at={health.failingSince} />] as const]),
          ...(health.lastError === null ? [] : [[words.lastError, health.lastError] as const]),
          [words.created, <Time key="created" at={endpoint.createdAt} />],
          ['ID', <ShortId key="id" text={endpoint.id} />],
        ]}
      />
    </Card>
  );
}

function Deliveries({ id }: { id: string }) {
  const words = useTexts(webhookTexts);
  const navigate = useNavigate();
  const { state } = useSearch({ from: '/shell/webhooks/$id' });
  const pages = useInfiniteQuery({
    queryKey: ['webhooks', id, 'deliveries', state ?? ''],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      naru.webhookEndpoints.deliveriesPage(
        id,
        {
          limit: 50,
          ...(state === undefined ? {} : { state }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        { signal },
      ),
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.data.some((one) => one.state === 'PENDING'))
        ? PENDING_REFRESH_MS
        : REFRESH_MS,
  });
  const columns = useMemo<Column<WebhookDeliveryBody>[]>(
    () => [
      {
        id: 'type',
        header: words.type,
        isKey: true,
        width: 14,
        cell: (row) => (
          <Link to="/webhook-deliveries/$id" params={{ id: row.id }} className="font-medium hover:underline">
            {row.type}
          </Link>
        ),
      },
      {
        id: 'state',
        header: words.state,
        cell: (row) => <StatusChip tone={deliveryTones[row.state]}>{words[row.state]}</StatusChip>,
      },
      { id: 'subject', header: words.subject, width: 13, cell: (row) => <ShortId text={row.subject} /> },
      {
        id: 'answer',
        header: words.answer,
        width: 12,
        cell: (row) => row.lastError ?? row.lastStatus ?? '—',
      },
      { id: 'attempts', header: words.attempts, align: 'end', width: 5, cell: (row) => row.attemptCount },
      { id: 'at', header: words.at, width: 12, cell: (row) => <Time at={row.eventAt} /> },
      {
        id: 'next',
        header: words.next,
        width: 12,
        cell: (row) => (row.nextAttemptAt === null ? '—' : <Time at={row.nextAttemptAt} />),
      },
    ],
    [words],
  );
  return (
    <List
      storeKey="deliveries"
      label={words.deliveries}
      pages={pages}
      columns={columns}
      hiddenAtFirst={['next']}
      rowId={(row) => row.id}
      onOpen={(row) => void navigate({ to: '/webhook-deliveries/$id', params: { id: row.id } })}
      isFiltered={state !== undefined}
      onClearFilters={() => void navigate({ to: '.', search: {} })}
      filters={
        <Select
          label={words.state}
          value={state ?? 'all'}
          choices={[
            { value: 'all', label: words.all },
            ...webhookDeliveryStates.map((value) => ({ value, label: words[value] })),
          ]}
          onChange={(value) => void navigate({ to: '.', search: value === 'all' ? {} : { state: value } })}
          className="w-40"
        />
      }
      empty={{ title: words.deliveriesEmpty, hint: words.deliveriesEmptyHint }}
    />
  );
}
