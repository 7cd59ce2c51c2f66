import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import type { LogEvent } from '../withdrawal/event-log.reader.ts';
import { toEvent } from './event-body.ts';
import { uuidOf } from './event-id.ts';
import { type Endpoint, type NewEvent, TEST_EVENT_TYPE } from './webhook.ts';
import type { DoneBulk } from './webhook-event.store.ts';

/** Anything but a withdrawal: its event is named by an id of its own instead of a position in the log. */
type OtherEvent = {
  organisationId: string;
  type: string;
  subject: string;
  at: Date;
  data: Readonly<Record<string, unknown>>;
};

export function eventOfLog(event: LogEvent): NewEvent {
  const told = toEvent(event);
  return {
    id: uuidOf(event.at, `withdrawal ${event.withdrawalId}/${event.version}`),
    organisationId: event.organisationId,
    type: told.type,
    position: event.position,
    subject: told.data.id,
    sequence: event.version,
    at: event.at,
    body: JSON.stringify(told),
  };
}

function otherEvent(id: string, { organisationId, type, subject, at, data }: OtherEvent): NewEvent {
  const told = { id: toPublicId('event', id), type, timestamp: at.toISOString(), data };
  return { id, organisationId, type, position: null, subject, sequence: 1, at, body: JSON.stringify(told) };
}

/** The same at each look: a file is done once. */
export function eventOfBulk(bulk: DoneBulk): NewEvent {
  const subject = toPublicId('bulk', bulk.id);
  return otherEvent(uuidOf(bulk.endedAt, `bulk ${bulk.id}`), {
    organisationId: bulk.organisationId,
    type: 'bulk.completed',
    subject,
    at: bulk.endedAt,
    data: {
      id: subject,
      object: 'bulk_withdrawal',
      total: bulk.total,
      counts: bulk.counts,
      createdAt: bulk.createdAt.toISOString(),
      completedAt: bulk.endedAt.toISOString(),
    },
  });
}

export function testEvent(endpoint: { id: string; organisationId: string }, id: string, at: Date): NewEvent {
  return otherEvent(id, {
    organisationId: endpoint.organisationId,
    type: TEST_EVENT_TYPE,
    subject: toPublicId('event', id),
    at,
    data: {
      id: toPublicId('webhookEndpoint', endpoint.id),
      object: 'webhook_endpoint',
      message: 'This is a test. Nothing happened, and no money moved.',
    },
  });
}

/** Told to the other endpoints of the same organisation: the one concerned cannot be told. */
export function outOfUseEvent(
  endpoint: Pick<Endpoint, 'id' | 'organisationId' | 'url'>,
  became: { state: 'PAUSED' | 'DISABLED'; reason: string },
  at: Date,
): NewEvent {
  const id = newUuid();
  return otherEvent(id, {
    organisationId: endpoint.organisationId,
    type: became.state === 'PAUSED' ? 'webhook_endpoint.paused' : 'webhook_endpoint.disabled',
    subject: toPublicId('event', id),
    at,
    data: {
      id: toPublicId('webhookEndpoint', endpoint.id),
      object: 'webhook_endpoint',
      url: endpoint.url,
      state: became.state,
      stateReason: became.reason,
    },
  });
}
