import { TreasuryError, type TreasuryErrorCode } from '@naru/core/treasury/treasury.errors.ts';
import { fieldProblems } from '@naru/wire/field-problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import { ProblemError } from '../../../http/problem-error.ts';

/** Every refusal of the treasury and the problem that answers it; null: of commands that the API has not. */
const problemOf: Readonly<Record<TreasuryErrorCode, ProblemCode | null>> = {
  treasury_not_found: 'treasury_not_found',
  treasury_has_open_proposals: null,
  safe_not_found: null,
  proposal_not_found: 'treasury_proposal_not_found',
  proposal_not_open: 'treasury_proposal_not_open',
  proposal_is_signed: 'treasury_proposal_signed',
  proposal_exists: 'treasury_proposal_exists',
  proposals_too_many: 'treasury_proposals_too_many',
  chain_not_supported: 'chain_not_supported',
  asset_not_supported: 'asset_not_supported',
  account_not_found: 'treasury_account_not_found',
  amount_malformed: 'validation_failed',
  booking_not_covered: null,
  booking_exists: null,
  idempotency_key_reused: 'idempotency_key_reused',
  idempotency_in_flight: 'idempotency_in_flight',
  signature_malformed: 'treasury_signature_malformed',
  signature_not_an_owner: 'treasury_signer_not_an_owner',
};

/** What the treasury answers; what it refuses as a problem. */
export async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TreasuryError)) throw error;
    const code = problemOf[error.code];
    if (code === null) throw error;
    const { pointer } = error.details;
    throw new ProblemError(code, {
      message: error.message,
      ...(error.code === 'idempotency_in_flight' ? { headers: { 'retry-after': '1' } } : {}),
      ...(typeof pointer === 'string'
        ? { errors: [{ pointer, code: 'amount_malformed', message: fieldProblems.amount_malformed.en }] }
        : {}),
    });
  }
}
