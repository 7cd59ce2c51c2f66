import type { Caller } from '@naru/core/access/access.ts';
import {
  deliveryNotFound,
  endpointNotFound,
  refuse,
  type WebhookResult,
} from '@naru/core/webhook/webhook.errors.ts';
import type { Delivery, Endpoint } from '@naru/core/webhook/webhook.ts';
import type { Webhooks } from '@naru/core/webhook/webhooks.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { secret } from '@naru/kit/secret.ts';

const done = <T>(value: T): WebhookResult<T> => ({ kind: 'done', value, replayed: false });
const HEALTHY = {
  failureCount: 0,
  failingSince: null,
  successRate: 1,
  lastSuccessAt: null,
  lastFailureAt: null,
  lastError: null,
};

/** A stand-in for the core, for tests of the edge alone: endpoints and deliveries by owner, and nothing is sent. */
export function createInMemoryWebhooks(): Webhooks {
  const endpoints = new Map<string, Endpoint>();
  const deliveries = new Map<string, Delivery & { organisationId: string }>();
  const find = (caller: Caller, id: string) => {
    const found = endpoints.get(id);
    return found?.organisationId === caller.organisationId ? found : undefined;
  };
  const change = (caller: Caller, id: string, values: Partial<Endpoint>): WebhookResult<Endpoint> => {
    const found = find(caller, id);
    if (found === undefined) return endpointNotFound();
    const changed = { ...found, ...values };
    endpoints.set(id, changed);
    return done(changed);
  };
  const deliver = (endpoint: Endpoint): Delivery => {
    const now = new Date();
    const made: Delivery = {
      id: newUuid(),
      endpointId: endpoint.id,
      eventId: newUuid(),
      position: null,
      type: 'webhook.test',
      subject: 'evt_test',
      sequence: 1,
      state: 'PENDING',
      attemptCount: 0,
      nextAttemptAt: now,
      eventAt: now,
      createdAt: now,
      endedAt: null,
      lastStatus: null,
      lastError: null,
    };
    deliveries.set(made.id, { ...made, organisationId: endpoint.organisationId });
    return made;
  };
  return {
    async create(caller, _key, input) {
      if (input.url.includes('not-public'))
        return refuse('validation_failed', 'No.', [
          { pointer: '/url', code: 'url_not_public', message: 'No.' },
        ]);
      const id = newUuid();
      const endpoint: Endpoint = {
        ...input,
        id,
        organisationId: caller.organisationId,
        state: 'ACTIVE',
        stateReason: null,
        apiVersion: '2026-03-01',
        missedSince: null,
        createdAt: new Date(),
        updatedAt: new Date(),
        health: HEALTHY,
      };
      endpoints.set(id, endpoint);
      return done({ endpoint, secret: secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') });
    },
    list: async (caller) =>
      [...endpoints.values()].filter((one) => one.organisationId === caller.organisationId),
    get: async (caller, id) => find(caller, id) ?? null,
    change: async (caller, id, values) => change(caller, id, values),
    async remove(caller, id) {
      if (find(caller, id) === undefined) return endpointNotFound();
      endpoints.delete(id);
      return done(null);
    },
    pause: async (caller, id) =>
      change(caller, id, { state: 'PAUSED', stateReason: 'asked', missedSince: new Date() }),
    resume: async (caller, id) =>
      change(caller, id, { state: 'ACTIVE', stateReason: null, missedSince: null }),
    async rotateSecret(caller, _key, { endpointId }) {
      if (find(caller, endpointId) === undefined) return endpointNotFound();
      return done({ secret: secret('whsec_new'), secrets: [{ createdAt: new Date(), expiresAt: null }] });
    },
    async test(caller, _key, id) {
      const found = find(caller, id);
      return found === undefined ? endpointNotFound() : done(deliver(found));
    },
    async deliveries(caller, id) {
      if (find(caller, id) === undefined) return null;
      return { data: [...deliveries.values()].filter((one) => one.endpointId === id), next: null };
    },
    async delivery(caller, id) {
      const found = deliveries.get(id);
      if (found?.organisationId !== caller.organisationId) return null;
      return { delivery: found, body: '{}', attempts: [] };
    },
    async resend(caller, _key, id) {
      const found = deliveries.get(id);
      return found?.organisationId === caller.organisationId ? done(found) : deliveryNotFound();
    },
    async replay(caller, _key, { endpointId, input }) {
      if (find(caller, endpointId) === undefined) return endpointNotFound();
      const { events, redeliver, from } = input;
      const now = new Date();
      return done({
        id: newUuid(),
        endpointId,
        events,
        redeliver,
        fromAt: from,
        toAt: now,
        queuedCount: 0n,
        createdAt: now,
        endedAt: null,
      });
    },
    events: async () => ({ data: [], next: null }),
    // Events come from a real database: see `test/e2e/webhooks.test.ts`.
    event: async () => null,
  };
}
