import type { Span } from '@naru/telemetry/otlp.ts';
import { isSampled, spanIdOf, traceIdOf } from '@naru/telemetry/trace-ids.ts';
import { finalWithdrawalStates } from '../withdrawal/withdrawal.machine.ts';
import type { TracedEvent } from './trace.store.ts';

/** The name of the span that holds a withdrawal from its request to its end. */
export const ROOT = 'withdrawal';

/**
 * The spans that an event ends: that of the state before it, in the name of the role that ended it, and of the last event
 * the whole. Told again they are the same spans.
 */
export function toSpans(event: TracedEvent, ratio: number): Span[] {
  const traceId = traceIdOf(event.withdrawalId);
  if (!isSampled(traceId, ratio)) return [];
  const root = spanIdOf(traceId, ROOT);
  const isFailed = event.to === 'FAILED';
  const attributes = {
    'naru.withdrawal.id': event.withdrawalId,
    'naru.chain': event.chain,
    'naru.asset': event.asset,
    'naru.state.to': event.to,
    'naru.reason': event.reason,
    'naru.chain_tx.id': event.chainTxId,
    // A decimal text: a nonce is 64 bits wide.
    'naru.nonce': event.nonce === null ? null : String(event.nonce),
    'naru.transaction.hash': event.hash,
  };
  const common = { traceId, kind: 'internal', links: [], attributes, isError: isFailed } as const;
  const step: Span = {
    ...common,
    spanId: spanIdOf(traceId, `version ${event.version}`),
    parentSpanId: root,
    service: serviceOf(event.actor),
    name: event.from ?? 'accepted',
    startedAt: event.since,
    endedAt: event.at,
  };
  if (!finalWithdrawalStates.includes(event.to)) return [step, ...signerSpan(event, step)];
  const whole: Span = {
    ...common,
    spanId: root,
    parentSpanId: null,
    service: 'naru-api',
    name: ROOT,
    startedAt: event.createdAt,
    endedAt: event.at,
  };
  return [step, whole];
}

/**
 * The signer's part of SIGNING, below it: from the call that it read to its signature. Its clock is another one, so what
 * it says is kept within the step that it is a part of.
 */
function signerSpan(event: TracedEvent, step: Span): Span[] {
  const { signerBeganAt, signerMs, keyMs, keyBackend, since, at } = event;
  if (signerBeganAt === null || signerMs === null) return [];
  const within = (ms: number) => new Date(Math.min(Math.max(ms, since.getTime()), at.getTime()));
  const startedAt = within(signerBeganAt.getTime());
  return [
    {
      ...step,
      spanId: spanIdOf(step.traceId, `signer of version ${event.version}`),
      parentSpanId: step.spanId,
      service: 'naru-signer',
      name: 'sign',
      startedAt,
      endedAt: within(startedAt.getTime() + signerMs),
      attributes: {
        'naru.withdrawal.id': event.withdrawalId,
        'naru.chain': event.chain,
        'naru.chain_tx.id': event.chainTxId,
        'naru.signer.backend': keyBackend,
        'naru.signer.ms': signerMs,
        'naru.signer.key_ms': keyMs,
      },
    },
  ];
}

/** `system:monitor` → `naru-monitor`; whoever calls with a key does it through the API. */
function serviceOf(actor: string): string {
  const [kind, name] = actor.split(':');
  return kind === 'system' && name !== undefined && name !== '' ? `naru-${name}` : 'naru-api';
}
