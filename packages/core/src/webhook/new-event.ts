import { toPublicId } from '@naru/kit/ids.ts';
import type { NewOtherEvent } from '../event/event.ts';
import type { LogEntry } from '../withdrawal/event-log.reader.ts';
import { toEvent } from './event-body.ts';
import { uuidOf } from './event-id.ts';
import { type Endpoint, type NewEvent, TEST_EVENT_TYPE } from './webhook.ts';

export function eventOfLog(event: LogEntry): NewEvent {
  const told = toEvent(event);
  const { position, organisationId, at } = event;
  const about =
    event.kind === 'other'
      ? { subject: event.subject, sequence: event.sequence, name: `${event.subject}/${event.sequence}` }
      : {
          subject: toPublicId('withdrawal', event.withdrawalId),
          sequence: event.version,
          name: `withdrawal ${event.withdrawalId}/${event.version}`,
        };
  return {
    id: uuidOf(at, about.name),
    organisationId,
    type: told.type,
    position,
    subject: about.subject,
    sequence: about.sequence,
    at,
    body: JSON.stringify(told),
  };
}

/** Of one endpoint that asked for it, so no part of the log: named by an id of its own instead of a position. */
export function testEvent(endpoint: { id: string; organisationId: string }, id: string, at: Date): NewEvent {
  const subject = toPublicId('event', id);
  const told = {
    id: subject,
    type: TEST_EVENT_TYPE,
    timestamp: at.toISOString(),
    data: {
      id: toPublicId('webhookEndpoint', endpoint.id),
      object: 'webhook_endpoint',
      message: 'This is a test. Nothing happened, and no money moved.',
    },
  };
  const { organisationId } = endpoint;
  const body = JSON.stringify(told);
  return { id, organisationId, type: TEST_EVENT_TYPE, position: null, subject, sequence: 1, at, body };
}

/** Told to the organisation's other endpoints at once, and to the one concerned when it is resumed. */
export function outOfUseEvent(
  endpoint: Pick<Endpoint, 'id' | 'organisationId' | 'url'>,
  became: { state: 'PAUSED' | 'DISABLED'; reason: string },
  sequence: number,
): NewOtherEvent {
  const subject = toPublicId('webhookEndpoint', endpoint.id);
  return {
    organisationId: endpoint.organisationId,
    type: became.state === 'PAUSED' ? 'webhook_endpoint.paused' : 'webhook_endpoint.disabled',
    subjectId: endpoint.id,
    subject,
    sequence,
    data: {
      id: subject,
      object: 'webhook_endpoint',
      sequence,
      url: endpoint.url,
      state: became.state,
      stateReason: became.reason,
    },
  };
}
