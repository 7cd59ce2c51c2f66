import { AccountError, type AccountErrorCode } from '@naru/core/account-manager/account-manager.errors.ts';
import { fieldProblems } from '@naru/wire/field-problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import { ProblemError } from '../../../http/problem-error.ts';

/** Every refusal of the account manager and the problem that answers it; null: of a command that the API has not. */
const problemOf: Readonly<Record<AccountErrorCode, ProblemCode | null>> = {
  account_unknown: 'sub_account_not_found',
  account_exists: 'sub_account_exists',
  account_state: 'sub_account_state',
  chain_not_supported: 'chain_not_supported',
  asset_not_supported: 'asset_not_supported',
  amount_malformed: 'validation_failed',
  threshold_invalid: 'account_threshold_invalid',
  booking_exists: null,
  no_reserve: 'account_reserve_missing',
  transfer_under_way: 'account_transfer_under_way',
  idempotency_key_reused: 'idempotency_key_reused',
  idempotency_in_flight: 'idempotency_in_flight',
};

/** What the account manager answers; what it refuses as a problem. */
export async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    const code = problemOf[error.code];
    if (code === null) throw error;
    const retryAfter = error.code === 'idempotency_in_flight' ? { headers: { 'retry-after': '1' } } : {};
    const { pointer } = error.details;
    const field =
      typeof pointer === 'string'
        ? { errors: [{ pointer, code: 'amount_malformed', message: fieldProblems.amount_malformed.en }] }
        : {};
    throw new ProblemError(code, { message: error.message, ...retryAfter, ...field });
  }
}
