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
  tier_not_found: 'tier_not_found',
  policy_not_found: 'policy_not_found',
  policy_state_conflict: 'policy_state_conflict',
  address_book_entry_not_found: 'address_book_entry_not_found',
  blocked_address_not_found: 'blocked_address_not_found',
  exchange_rate_pair_not_found: 'exchange_rate_pair_not_found',
  review_not_found: 'review_not_found',
  review_closed: 'review_closed',
  vote_not_allowed: 'vote_not_allowed',
  review_facts_mismatch: 'review_facts_mismatch',
  confirmation_not_due: 'confirmation_not_due',
};

/** Seconds after which a call that met its own twin is worth repeating. */
const IN_FLIGHT_RETRY_SECONDS = 1;

/** The value of a command, or its refusal thrown; with the header that tells a repeat from the first answer. */
export function doneOrThrow<T>(result: CommandResult<T>): { value: T; headers: Record<string, string> } {
  const headers = replayHeaders(result.replayed);
  if (result.kind === 'done') return { value: result.value, headers };
  throw refusalProblem(result.refusal, headers);
}

function replayHeaders(replayed: boolean): Record<string, string> {
  return replayed ? { 'idempotency-replayed': 'true' } : {};
}

function refusalProblem(refusal: Refusal, headers: Record<string, string>): ProblemError {
  const code = problemOfRefusal[refusal.code];
  const retryAfter =
    code === 'idempotency_in_flight' ? { 'retry-after': String(IN_FLIGHT_RETRY_SECONDS) } : {};
  return new ProblemError(code, {
    message: refusal.message,
    messageKo: refusal.messageKo,
    errors: refusal.errors,
    headers: { ...headers, ...retryAfter },
  });
}
