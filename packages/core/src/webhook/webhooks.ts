import type { Database } from '@naru/db/database.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { Caller } from '../access/access.ts';
import {
  type ChangeDeps,
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type EndpointInput,
  pauseEndpoint,
  resumeEndpoint,
} from './change-endpoint.ts';
import type { Origin } from './keyed.ts';
import type { FindUrlProblem } from './ports.ts';
import { type EventFilter, listToldEvents, readToldEvent, type ToldEvent } from './read-events.ts';
import { type ReplayInput, requestReplay, resendDelivery, sendTest } from './redeliver.ts';
import { type Rotated, rotateSecret } from './rotate-secret.ts';
import type { SecretBox } from './secret-box.ts';
import type { WebhookResult } from './webhook.errors.ts';
import { listDeliveries, readDelivery } from './webhook.reader.ts';
import type { Attempt, Delivery, DeliveryFilter, Endpoint, Replay } from './webhook.ts';
import { listEndpoints, readEndpoint } from './webhook-endpoint.store.ts';

/** Webhooks as their owner's calls see them. Ids are UUIDs; another organisation's do not exist. */
export type Webhooks = {
  create(
    caller: Caller,
    key: string,
    input: EndpointInput,
    from: Origin,
  ): Promise<WebhookResult<{ endpoint: Endpoint; secret: Secret | null }>>;
  list(caller: Caller): Promise<Endpoint[]>;
  get(caller: Caller, id: string): Promise<Endpoint | null>;
  change(
    caller: Caller,
    id: string,
    change: Partial<EndpointInput>,
    from: Origin,
  ): Promise<WebhookResult<Endpoint>>;
  remove(caller: Caller, id: string, from: Origin): Promise<WebhookResult<null>>;
  pause(caller: Caller, id: string, from: Origin): Promise<WebhookResult<Endpoint>>;
  resume(
    caller: Caller,
    id: string,
    missed: 'deliver' | 'skip',
    from: Origin,
  ): Promise<WebhookResult<Endpoint>>;
  rotateSecret(
    caller: Caller,
    key: string,
    target: { endpointId: string; overlapMs: number },
    from: Origin,
  ): Promise<WebhookResult<Rotated>>;
  test(caller: Caller, key: string, endpointId: string, from: Origin): Promise<WebhookResult<Delivery>>;
  deliveries(
    caller: Caller,
    endpointId: string,
    filter: DeliveryFilter,
    page: { limit: number; after: string | null },
  ): Promise<{ data: Delivery[]; next: string | null } | null>;
  delivery(
    caller: Caller,
    id: string,
  ): Promise<{ delivery: Delivery; body: string; attempts: Attempt[] } | null>;
  resend(caller: Caller, key: string | null, id: string, from: Origin): Promise<WebhookResult<Delivery>>;
  replay(
    caller: Caller,
    key: string,
    target: { endpointId: string; input: ReplayInput },
    from: Origin,
  ): Promise<WebhookResult<Replay>>;
  events(
    caller: Caller,
    filter: EventFilter,
    page: { limit: number; before: bigint | null },
  ): Promise<{ data: ToldEvent[]; next: bigint | null }>;
  /** As its text. */
  event(caller: Caller, id: { position: bigint } | { uuid: string }): Promise<string | null>;
};

export function createWebhooks(deps: {
  db: Database;
  findUrlProblem: FindUrlProblem;
  secretBox: SecretBox | null;
}): Webhooks {
  const change: ChangeDeps = deps;
  return {
    create: (...args) => createEndpoint(change, ...args),
    list: (caller) => listEndpoints(deps.db, caller.organisationId),
    get: (caller, id) => readEndpoint(deps.db, caller.organisationId, id),
    change: (...args) => changeEndpoint(change, ...args),
    remove: (...args) => deleteEndpoint(change, ...args),
    pause: (...args) => pauseEndpoint(change, ...args),
    resume: (...args) => resumeEndpoint(change, ...args),
    rotateSecret: (...args) => rotateSecret(change, ...args),
    test: (...args) => sendTest(change, ...args),
    async deliveries(caller, endpointId, filter, page) {
      const { organisationId } = caller;
      if ((await readEndpoint(deps.db, organisationId, endpointId)) === null) return null;
      return await listDeliveries(deps.db, { organisationId, endpointId }, filter, page);
    },
    delivery: (caller, id) => readDelivery(deps.db, caller.organisationId, id),
    resend: (...args) => resendDelivery(change, ...args),
    replay: (...args) => requestReplay(change, ...args),
    events: (...args) => listToldEvents(deps, ...args),
    event: (...args) => readToldEvent(deps, ...args),
  };
}
