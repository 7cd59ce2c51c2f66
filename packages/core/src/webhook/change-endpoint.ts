import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { Caller } from '../access/access.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { findPositionAt, readLogEnd } from '../withdrawal/event-log.reader.ts';
import { type Origin, runKeyed } from './keyed.ts';
import type { FindUrlProblem } from './ports.ts';
import { newWebhookSecret, type SecretBox } from './secret-box.ts';
import { endpointNotFound, refuse, type WebhookRefusal, type WebhookResult } from './webhook.errors.ts';
import { ENDPOINTS_MAX, MESSAGES_KEPT_MS } from './webhook.limits.ts';
import { type Endpoint, isEventFilter, WEBHOOK_API_VERSION } from './webhook.ts';
import {
  insertEndpoint,
  insertSecret,
  lockEndpoint,
  lockOrganisationEndpoints,
  moveEndpoint,
  readEndpoint,
  readSecret,
  updateEndpoint,
} from './webhook-endpoint.store.ts';
import { lockCursor } from './webhook-event.store.ts';
import { hurryPending, skipPending } from './webhook-message.store.ts';
import { endReplays, insertReplay } from './webhook-replay.store.ts';

export type ChangeDeps = {
  db: Database;
  findUrlProblem: FindUrlProblem;
  /** Null: no key is configured, so no secret can be kept. */
  secretBox: SecretBox | null;
};
export type EndpointInput = { url: string; events: string[]; description: string | null };

const URL_TEXTS = {
  url_malformed: 'This is not the address of an endpoint: https, a host, and no fragment.',
  url_not_https: 'The address must begin with https: what is sent is for the receiver only.',
  url_credentials: 'The address must not contain a user or a password; verify the signature instead.',
  url_port: 'Only the ports 443 and 8443 are called.',
  url_not_public: 'The address is not one of the public internet.',
} as const;

function findProblems(deps: ChangeDeps, input: EndpointInput): WebhookRefusal['errors'] {
  const errors: { pointer: string; code: string; message: string }[] = [];
  const problem = deps.findUrlProblem(input.url);
  if (problem !== null) errors.push({ pointer: '/url', code: problem, message: URL_TEXTS[problem] });
  for (const [index, filter] of input.events.entries())
    if (!isEventFilter(filter))
      errors.push({
        pointer: `/events/${index}`,
        code: 'event_unknown',
        message: `There are no events "${filter}": name a type, a group as in "withdrawal.*", or "*".`,
      });
  return errors;
}

const invalid = (errors: WebhookRefusal['errors']) =>
  refuse('validation_failed', 'The endpoint has fields that cannot be accepted.', errors);
export const notSetUp = () =>
  refuse(
    'webhooks_not_set_up',
    'This installation has no key to keep webhook secrets with, so it has no webhooks.',
  );

/** Makes an endpoint with its first secret. It is told what happens from now on. */
export async function createEndpoint(
  deps: ChangeDeps,
  caller: Caller,
  key: string,
  input: EndpointInput,
  from: Origin,
): Promise<WebhookResult<{ endpoint: Endpoint; secret: Secret | null }>> {
  const { secretBox } = deps;
  if (secretBox === null) return notSetUp();
  const errors = findProblems(deps, input);
  if (errors !== undefined && errors.length > 0) return invalid(errors);
  const { organisationId } = caller;
  const id = newUuid();
  const command = { name: 'create-webhook-endpoint', key, input, resourceId: id };
  const made = await runKeyed<null>(deps, caller, command, from, async (tx) => {
    if ((await lockOrganisationEndpoints(tx, organisationId)) >= ENDPOINTS_MAX)
      return refuse(
        'webhook_endpoint_limit',
        `Your organisation has ${ENDPOINTS_MAX} webhook endpoints, which is as many as it may have.`,
      );
    const cursor = await lockCursor(tx);
    const end = await readLogEnd(tx);
    const fromPosition = end > cursor ? end : cursor;
    await insertEndpoint(tx, { ...input, id, organisationId, apiVersion: WEBHOOK_API_VERSION, fromPosition });
    // The first secret has the id of its endpoint: so a repeat of this call finds it.
    await insertSecret(tx, { id, endpointId: id, sealed: secretBox.seal(id, newWebhookSecret()) });
    return { kind: 'done', value: null, replayed: false };
  });
  if (made.kind === 'refused') return made;
  const endpointId = made.kind === 'again' ? made.resourceId : id;
  const endpoint = await readEndpoint(deps.db, organisationId, endpointId);
  // Deleted since.
  if (endpoint === null) return endpointNotFound();
  const sealed = await readSecret(deps.db, endpointId);
  const secret = sealed === null ? null : secretBox.open(endpointId, sealed);
  return { kind: 'done', value: { endpoint, secret }, replayed: made.kind === 'again' };
}

/** Changes what is given. Messages that wait go to the new address. */
export async function changeEndpoint(
  deps: ChangeDeps,
  caller: Caller,
  id: string,
  change: Partial<EndpointInput>,
  from: Origin,
): Promise<WebhookResult<Endpoint>> {
  const present = await readEndpoint(deps.db, caller.organisationId, id);
  if (present === null) return endpointNotFound();
  const errors = findProblems(deps, { ...present, ...change });
  if (errors !== undefined && errors.length > 0) return invalid(errors);
  const isThere = await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: null, ...from });
    if ((await lockEndpoint(tx, caller.organisationId, id)) === null) return false;
    const now = assertPresent(await readEndpoint(tx, caller.organisationId, id), 'locked endpoint');
    await updateEndpoint(tx, id, { ...now, ...change });
    return true;
  });
  return isThere ? await readDone(deps, caller, id) : endpointNotFound();
}

async function readDone(deps: ChangeDeps, caller: Caller, id: string): Promise<WebhookResult<Endpoint>> {
  const endpoint = await readEndpoint(deps.db, caller.organisationId, id);
  return endpoint === null ? endpointNotFound() : { kind: 'done', value: endpoint, replayed: false };
}

/** It is sent nothing any more; what waited is skipped. Its deliveries can be looked at as long as they are kept. */
export async function deleteEndpoint(
  deps: ChangeDeps,
  caller: Caller,
  id: string,
  from: Origin,
): Promise<WebhookResult<null>> {
  const isThere = await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: null, ...from });
    const position = await lockCursor(tx);
    const endpoint = await lockEndpoint(tx, caller.organisationId, id);
    if (endpoint === null) return false;
    await moveEndpoint(tx, id, { from: endpoint.state, to: 'DELETED', reason: 'asked', position });
    await endReplays(tx, id);
    await skipPending(tx, id);
    return true;
  });
  return isThere ? { kind: 'done', value: null, replayed: false } : endpointNotFound();
}

/** Nothing is sent until it is resumed. One that is out of use already stays as it is. */
export async function pauseEndpoint(
  deps: ChangeDeps,
  caller: Caller,
  id: string,
  from: Origin,
): Promise<WebhookResult<Endpoint>> {
  const isThere = await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: null, ...from });
    const position = await lockCursor(tx);
    const endpoint = await lockEndpoint(tx, caller.organisationId, id);
    if (endpoint === null) return false;
    if (endpoint.state === 'ACTIVE')
      await moveEndpoint(tx, id, { from: 'ACTIVE', to: 'PAUSED', reason: 'asked', position });
    return true;
  });
  return isThere ? await readDone(deps, caller, id) : endpointNotFound();
}

/**
 * Takes an endpoint into use again. `deliver`: what it missed, as far back as events are told again, and what waited,
 * come now; `skip`: neither does. One that is in use stays as it is.
 */
export async function resumeEndpoint(
  deps: ChangeDeps,
  caller: Caller,
  id: string,
  missed: 'deliver' | 'skip',
  from: Origin,
): Promise<WebhookResult<Endpoint>> {
  const { organisationId } = caller;
  const now = new Date();
  const isThere = await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: null, ...from });
    const cursor = await lockCursor(tx);
    const endpoint = await lockEndpoint(tx, organisationId, id);
    if (endpoint === null) return false;
    if (endpoint.state === 'ACTIVE') return true;
    const { state, missedFrom, missedSince } = endpoint;
    const oldest = new Date(now.getTime() - MESSAGES_KEPT_MS);
    const since = assertPresent(missedSince, 'begin of a pause');
    const firstKept = since < oldest ? await findPositionAt(tx, oldest) : 0n;
    // While no endpoint was in use the log was not handed on: what is not wanted is passed over here.
    const notBefore = missed === 'skip' ? await readLogEnd(tx) : firstKept;
    const step = { from: state, to: 'ACTIVE', reason: null, position: cursor, notBefore } as const;
    assert(await moveEndpoint(tx, id, step), `endpoint ${id} was locked`);
    if (missed === 'skip') await skipPending(tx, id);
    else {
      await hurryPending(tx, id);
      const from = assertPresent(missedFrom, 'place of a pause');
      await insertReplay(tx, {
        id: newUuid(),
        organisationId,
        endpointId: id,
        events: [],
        redeliver: false,
        fromAt: since < oldest ? oldest : since,
        toAt: now,
        isByTime: false,
        position: from > firstKept ? from : firstKept,
        toPosition: cursor,
      });
    }
    await recordAudit(tx, {
      action: 'webhook_endpoint.resume',
      subject: `webhook_endpoint ${id}`,
      after: { missed },
    });
    return true;
  });
  return isThere ? await readDone(deps, caller, id) : endpointNotFound();
}
