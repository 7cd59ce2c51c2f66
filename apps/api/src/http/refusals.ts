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
  address_not_allowed: 'address_not_allowed',
  address_cooling_off: 'address_cooling_off',
  address_blocked: 'address_blocked',
  idempotency_key_reused: 'idempotency_key_reused',
  idempotency_in_flight: 'idempotency_in_flight',
  withdrawal_not_found: 'withdrawal_not_found',
  withdrawal_not_cancelable: 'withdrawal_not_cancelable',
  bulk_not_found: 'bulk_not_found',
  bulk_invalid: 'bulk_invalid',
  organisation_not_found: 'organisation_not_found',
  setting_not_found: 'setting_not_found',
  setting_changed: 'setting_changed',
  setting_dangerous: 'setting_dangerous',
  asset_exists: 'asset_exists',
  asset_refused: 'asset_refused',
  asset_has_warnings: 'asset_has_warnings',
  probe_not_found: 'probe_not_found',
  probe_not_done: 'probe_not_done',
  probes_exhausted: 'probes_exhausted',
  fee_not_known: 'fee_not_known',
  tier_not_found: 'tier_not_found',
  policy_not_found: 'policy_not_found',
  policy_state_conflict: 'policy_state_conflict',
  address_book_entry_not_found: 'address_book_entry_not_found',
  blocked_address_not_found: 'blocked_address_not_found',
  saved_view_not_found: 'saved_view_not_found',
  exchange_rate_pair_not_found: 'exchange_rate_pair_not_found',
  review_not_found: 'review_not_found',
  review_closed: 'review_closed',
  vote_not_allowed: 'vote_not_allowed',
  review_facts_mismatch: 'review_facts_mismatch',
  confirmation_not_due: 'confirmation_not_due',
  deposits_not_available: 'deposits_not_available',
  deposits_not_ready: 'deposits_not_ready',
  too_many_addresses: 'too_many_addresses',
  deposit_address_not_found: 'deposit_address_not_found',
  deposit_not_found: 'deposit_not_found',
  deposit_not_creditable: 'deposit_not_creditable',
  dead_letter_not_found: 'dead_letter_not_found',
  alarm_not_found: 'alarm_not_found',
  report_not_found: 'report_not_found',
  operation_not_possible: 'operation_not_possible',
  retry_duplicate: 'retry_duplicate',
  release_affects_others: 'release_affects_others',
  alert_channel_not_found: 'alert_channel_not_found',
  alert_channel_exists: 'alert_channel_exists',
  alert_channels_too_many: 'alert_channels_too_many',
  person_not_found: 'person_not_found',
  person_is_member: 'person_is_member',
  people_too_many: 'people_too_many',
  last_admin: 'last_admin',
  own_membership: 'own_membership',
  invitation_not_found: 'invitation_not_found',
  invitation_not_valid: 'invitation_not_valid',
  scope_not_grantable: 'scope_not_grantable',
  api_key_not_found: 'api_key_not_found',
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
  refusal: Pick<Refusal, 'message' | 'errors' | 'messageKo'>,
  headers: Record<string, string>,
): ProblemError {
  const retryAfter =
    code === 'idempotency_in_flight' ? { 'retry-after': String(IN_FLIGHT_RETRY_SECONDS) } : {};
  return new ProblemError(code, {
    message: refusal.message,
    messageKo: refusal.messageKo,
    errors: refusal.errors,
    headers: { ...headers, ...retryAfter },
  });
}
