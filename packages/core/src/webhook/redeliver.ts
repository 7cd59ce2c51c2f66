import { newUuid } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { recordAudit } from '../audit/audit.store.ts';
import { findPositionAt } from '../withdrawal/event-log.reader.ts';
import { type ChangeDeps, notSetUp } from './change-endpoint.ts';
import { type Origin, runKeyed } from './keyed.ts';
import { testEvent } from './new-event.ts';
import { deliveryNotFound, endpointNotFound, refuse, type WebhookResult } from './webhook.errors.ts';
import { MESSAGES_KEPT_MS, REPLAYS_OPEN_MAX } from './webhook.limits.ts';
import { readDelivery, readMessageOfEvent, readReplay } from './webhook.reader.ts';
import { type Delivery, isEventFilter, type Replay, TEST_EVENT_TYPE } from './webhook.ts';
import { lockEndpoint } from './webhook-endpoint.store.ts';
import { insertEvents, lockCursor } from './webhook-event.store.ts';
import { requeueMessage } from './webhook-message.store.ts';
import { countOpenReplays, insertReplay } from './webhook-replay.store.ts';

const notInUse = (state: string) =>
  refuse('webhook_endpoint_state', `The endpoint is ${state}, so nothing is sent to it. Resume it first.`);

/** Sends an event that says that it is a test, whatever the endpoint asks for. Gives its delivery. */
export async function sendTest(
  deps: ChangeDeps,
  caller: Caller,
  key: string,
  endpointId: string,
  from: Origin,
): Promise<WebhookResult<Delivery>> {
  if (deps.secretBox === null) return notSetUp();
  const { organisationId } = caller;
  const eventId = newUuid();
  const command = { name: 'test-webhook-endpoint', key, input: { endpointId }, resourceId: eventId };
  const made = await runKeyed<null>(deps, caller, command, from, async (tx) => {
    const endpoint = await lockEndpoint(tx, organisationId, endpointId);
    if (endpoint === null) return endpointNotFound();
    if (endpoint.state !== 'ACTIVE') return notInUse(endpoint.state);
    const event = testEvent({ id: endpointId, organisationId }, eventId, new Date());
    await insertEvents(tx, [event], { endpointId, filter: ['*'], redeliver: false });
    await recordAudit(tx, {
      action: 'webhook_endpoint.test',
      subject: `webhook_endpoint ${endpointId}`,
      after: { type: TEST_EVENT_TYPE },
    });
    return { kind: 'done', value: null, replayed: false };
  });
  if (made.kind === 'refused') return made;
  const id = await readMessageOfEvent(deps.db, endpointId, made.kind === 'again' ? made.resourceId : eventId);
  const found = id === null ? null : await readDelivery(deps.db, organisationId, id);
  if (found === null) return deliveryNotFound();
  return { kind: 'done', value: found.delivery, replayed: made.kind === 'again' };
}

/** Sends a message once more, under its id, wherever it stands. */
export async function resendDelivery(
  deps: ChangeDeps,
  caller: Caller,
  key: string | null,
  id: string,
  from: Origin,
): Promise<WebhookResult<Delivery>> {
  const { organisationId } = caller;
  const found = await readDelivery(deps.db, organisationId, id);
  if (found === null) return deliveryNotFound();
  const { endpointId } = found.delivery;
  const command = { name: 'resend-webhook-delivery', key, input: { id }, resourceId: id };
  const done = await runKeyed<null>(deps, caller, command, from, async (tx) => {
    const endpoint = await lockEndpoint(tx, organisationId, endpointId);
    if (endpoint === null) return endpointNotFound();
    if (endpoint.state !== 'ACTIVE') return notInUse(endpoint.state);
    if (!(await requeueMessage(tx, organisationId, id))) return deliveryNotFound();
    await recordAudit(tx, { action: 'webhook_delivery.resend', subject: `webhook_message ${id}` });
    return { kind: 'done', value: null, replayed: false };
  });
  if (done.kind === 'refused') return done;
  const now = await readDelivery(deps.db, organisationId, id);
  if (now === null) return deliveryNotFound();
  return { kind: 'done', value: now.delivery, replayed: done.kind === 'again' };
}

export type ReplayInput = { from: Date; to: Date | null; events: string[]; redeliver: boolean };

/** Tells an endpoint the events of a time: those that it was never told or never took, or all of them. */
export async function requestReplay(
  deps: ChangeDeps,
  caller: Caller,
  key: string,
  target: { endpointId: string; input: ReplayInput },
  from: Origin,
): Promise<WebhookResult<Replay>> {
  const { organisationId } = caller;
  const { endpointId, input } = target;
  const now = new Date();
  const toAt = input.to === null || input.to > now ? now : input.to;
  const errors = findReplayProblems(input, toAt, now);
  if (errors.length > 0)
    return refuse('validation_failed', 'The replay has fields that cannot be accepted.', errors);
  const id = newUuid();
  const keyInput = {
    endpointId,
    ...input,
    from: input.from.toISOString(),
    to: input.to?.toISOString() ?? null,
  };
  const command = { name: 'replay-webhook-events', key, input: keyInput, resourceId: id };
  const made = await runKeyed<null>(deps, caller, command, from, async (tx) => {
    // What comes after this place is handed on as usual.
    const toPosition = await lockCursor(tx);
    const endpoint = await lockEndpoint(tx, organisationId, endpointId);
    if (endpoint === null) return endpointNotFound();
    if (endpoint.state !== 'ACTIVE') return notInUse(endpoint.state);
    if ((await countOpenReplays(tx, endpointId)) >= REPLAYS_OPEN_MAX)
      return refuse(
        'webhook_endpoint_limit',
        `${REPLAYS_OPEN_MAX} replays of this endpoint are under way already.`,
      );
    const position = await findPositionAt(tx, input.from);
    await insertReplay(tx, {
      id,
      organisationId,
      endpointId,
      events: input.events,
      redeliver: input.redeliver,
      fromAt: input.from,
      toAt,
      isByTime: true,
      position,
      toPosition: toPosition > position ? toPosition : position,
    });
    await recordAudit(tx, {
      action: 'webhook_endpoint.replay',
      subject: `webhook_endpoint ${endpointId}`,
      after: { from: input.from.toISOString(), to: toAt.toISOString(), redeliver: String(input.redeliver) },
    });
    return { kind: 'done', value: null, replayed: false };
  });
  if (made.kind === 'refused') return made;
  const replay = await readReplay(deps.db, organisationId, made.kind === 'again' ? made.resourceId : id);
  if (replay === null) return endpointNotFound();
  return { kind: 'done', value: replay, replayed: made.kind === 'again' };
}

function findReplayProblems(input: ReplayInput, toAt: Date, now: Date) {
  const errors: { pointer: string; code: string; message: string }[] = [];
  if (input.from.getTime() < now.getTime() - MESSAGES_KEPT_MS)
    errors.push({
      pointer: '/from',
      code: 'range_too_old',
      message: 'Events can be told again for 30 days.',
    });
  if (input.from >= toAt)
    errors.push({ pointer: '/to', code: 'range_empty', message: 'The end must be after the beginning.' });
  for (const [index, filter] of input.events.entries())
    if (!isEventFilter(filter))
      errors.push({
        pointer: `/events/${index}`,
        code: 'event_unknown',
        message: `There are no events "${filter}".`,
      });
  return errors;
}
