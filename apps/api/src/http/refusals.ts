import type { WebhookErrorCode, WebhookResult } from '@naru/core/webhook/webhook.errors.ts';
import type { Refusal, WithdrawalErrorCode } from '@naru/core/withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '@naru/core/withdrawal/withdrawals.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import { ProblemError } from './problem-error.ts';

/** Every refusal of the core and the problem that answers it (whose status is in the catalogue). Exhaustive. */
export const problemOfRefusal: Readonly<Record<WithdrawalErrorCode, ProblemCode>> = {
  validation_failed: 'validation_failed',
  asset_not_supported: 'asset_not_supported',
  chain_not_supported: 'chain_not_supported',
  insufficient_balance: 'insufficient_balance',
  limit_exceeded: 'limit_exceeded',
  idempotency_key_reused: 'idempotency_key_reused',
  idempotency_in_flight: 'idempotency_in_flight',
  withdrawal_not_found: 'withdrawal_not_found',
  withdrawal_not_cancelable: 'withdrawal_not_cancelable',
  bulk_not_found: 'bulk_not_found',
  bulk_invalid: 'bulk_invalid',
  organisation_not_found: 'organisation_not_found',
};

export const problemOfWebhookRefusal: Readonly<Record<WebhookErrorCode, ProblemCode>> = {
  webhook_endpoint_not_found: 'webhook_endpoint_not_found',
  webhook_delivery_not_found: 'webhook_delivery_not_found',
  event_not_found: 'event_not_found',
  webhook_endpoint_limit: 'webhook_endpoint_limit',
  webhook_endpoint_state: 'webhook_endpoint_state',
  webhooks_not_set_up: 'webhooks_not_set_up',
  validation_failed: 'validation_failed',
  idempotency_key_reused: 'idempotency_key_reused',
  idempotency_in_flight: 'idempotency_in_flight',
};

/** Seconds after which a call that met its own twin is worth repeating. */
const IN_FLIGHT_RETRY_SECONDS = 1;

/** The value of a command, or its refusal thrown; with the header that tells a repeat from the first answer. */
export function doneOrThrow<T>(result: CommandResult<T>): { value: T; headers: Record<string, string> } {
  const headers = replayHeaders(result.replayed);
  if (result.kind === 'done') return { value: result.value, headers };
  throw refusalProblem(problemOfRefusal[result.refusal.code], result.refusal, headers);
}

/** The same for webhooks. */
export function webhookDoneOrThrow<T>(result: WebhookResult<T>): {
  value: T;
  headers: Record<string, string>;
} {
  const headers = replayHeaders(result.replayed);
  if (result.kind === 'done') return { value: result.value, headers };
  throw refusalProblem(problemOfWebhookRefusal[result.refusal.code], result.refusal, headers);
}

function replayHeaders(replayed: boolean): Record<string, string> {
  return replayed ? { 'idempotency-replayed': 'true' } : {};
}

function refusalProblem(
  code: ProblemCode,
  refusal: Pick<Refusal, 'message' | 'errors'>,
  headers: Record<string, string>,
): ProblemError {
  const retryAfter =
    code === 'idempotency_in_flight' ? { 'retry-after': String(IN_FLIGHT_RETRY_SECONDS) } : {};
  return new ProblemError(code, {
    message: refusal.message,
    errors: refusal.errors,
    headers: { ...headers, ...retryAfter },
  });
}
