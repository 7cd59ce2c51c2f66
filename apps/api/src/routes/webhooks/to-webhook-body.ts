import type { Rotated } from '@naru/core/webhook/rotate-secret.ts';
import type { Attempt, Delivery, Endpoint, Replay } from '@naru/core/webhook/webhook.ts';
import { assert } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type {
  WebhookDeliveryBody,
  WebhookDeliveryDetailBody,
  WebhookEndpointBody,
  WebhookReplayBody,
  WebhookSecretBody,
} from '@naru/wire/webhook.ts';

const isoOf = (at: Date | null) => at?.toISOString() ?? null;

export function toEndpointBody(endpoint: Endpoint): WebhookEndpointBody {
  const { state, health } = endpoint;
  assert(state !== 'DELETED', 'a deleted endpoint is not read');
  return {
    id: toPublicId('webhookEndpoint', endpoint.id),
    object: 'webhook_endpoint',
    url: endpoint.url,
    events: endpoint.events,
    description: endpoint.description,
    state,
    stateReason: endpoint.stateReason,
    apiVersion: endpoint.apiVersion,
    missedSince: isoOf(endpoint.missedSince),
    health: {
      successRate: Math.round(health.successRate * 1_000) / 1_000,
      failureCount: health.failureCount,
      failingSince: isoOf(health.failingSince),
      lastSuccessAt: isoOf(health.lastSuccessAt),
      lastFailureAt: isoOf(health.lastFailureAt),
      lastError: health.lastError,
    },
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}

export function toSecretBody({ secret, secrets }: Rotated): WebhookSecretBody {
  return {
    object: 'webhook_secret',
    secret: secret?.reveal() ?? null,
    secrets: secrets.map(({ createdAt, expiresAt }) => ({
      createdAt: createdAt.toISOString(),
      expiresAt: isoOf(expiresAt),
    })),
  };
}

export function toDeliveryBody(delivery: Delivery): WebhookDeliveryBody {
  const { position } = delivery;
  return {
    id: toPublicId('webhookMessage', delivery.id),
    object: 'webhook_delivery',
    endpointId: toPublicId('webhookEndpoint', delivery.endpointId),
    eventId: position === null ? toPublicId('event', delivery.eventId) : String(position),
    type: delivery.type,
    subject: delivery.subject,
    sequence: delivery.sequence,
    state: delivery.state,
    attemptCount: delivery.attemptCount,
    nextAttemptAt: isoOf(delivery.nextAttemptAt),
    lastStatus: delivery.lastStatus,
    lastError: delivery.lastError,
    eventAt: delivery.eventAt.toISOString(),
    createdAt: delivery.createdAt.toISOString(),
    endedAt: isoOf(delivery.endedAt),
  };
}

export function toDeliveryDetailBody(found: {
  delivery: Delivery;
  body: string;
  attempts: Attempt[];
}): WebhookDeliveryDetailBody {
  return { ...toDeliveryBody(found.delivery), body: found.body, attempts: found.attempts.map(toAttemptBody) };
}

function toAttemptBody(attempt: Attempt): WebhookDeliveryDetailBody['attempts'][number] {
  const { status, responseHeaders, responseBody } = attempt;
  return {
    number: attempt.number,
    at: attempt.at.toISOString(),
    durationMs: attempt.durationMs,
    outcome: attempt.outcome,
    url: attempt.url,
    address: attempt.address,
    request: { headers: attempt.requestHeaders },
    response: status === null ? null : { status, headers: responseHeaders, body: responseBody },
    error: attempt.error,
  };
}

export function toReplayBody(replay: Replay): WebhookReplayBody {
  return {
    id: toPublicId('webhookReplay', replay.id),
    object: 'webhook_replay',
    endpointId: toPublicId('webhookEndpoint', replay.endpointId),
    events: replay.events,
    redeliver: replay.redeliver,
    from: replay.fromAt.toISOString(),
    to: replay.toAt.toISOString(),
    createdAt: replay.createdAt.toISOString(),
  };
}
