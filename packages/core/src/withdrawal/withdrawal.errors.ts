import { CodedError } from '@naru/kit/errors.ts';
import type { ApprovalErrorCode } from '../approval/approval.errors.ts';
import type { OperationErrorCode } from '../dead-letter/operation.errors.ts';
import type { PersonErrorCode } from '../person/person.errors.ts';
import type { PolicyErrorCode } from '../policy/policy.errors.ts';
import type { SavedViewErrorCode } from '../saved-view/saved-view.ts';

/** Everything the withdrawals domain refuses. The API maps each to a status; a missing one does not compile. */
export type WithdrawalErrorCode =
  | 'validation_failed'
  | 'asset_not_supported'
  | 'chain_not_supported'
  | 'insufficient_balance'
  | 'limit_exceeded'
  | 'idempotency_key_reused'
  | 'idempotency_in_flight'
  | 'withdrawal_not_found'
  | 'withdrawal_not_cancelable'
  | 'bulk_not_found'
  | 'bulk_invalid'
  | 'organisation_not_found'
  | 'setting_not_found'
  | 'setting_changed'
  | 'setting_dangerous'
  | 'asset_exists'
  | 'asset_refused'
  | 'asset_has_warnings'
  | 'probe_not_found'
  | 'probe_not_done'
  | 'probes_exhausted'
  | 'fee_not_known'
  | ApprovalErrorCode
  | 'deposits_not_available'
  | 'deposits_not_ready'
  | 'too_many_addresses'
  | 'deposit_address_not_found'
  | 'deposit_not_found'
  | 'deposit_not_creditable'
  | OperationErrorCode
  | 'alert_channel_not_found'
  | 'alert_channel_exists'
  | 'alert_channels_too_many'
  | PersonErrorCode
  | PolicyErrorCode
  | SavedViewErrorCode;

export class WithdrawalError extends CodedError<WithdrawalErrorCode> {}

/** A refusal that points at one field of the request, by JSON pointer (RFC 6901) as in `/amount`. */
export type FieldProblem = { pointer: string; code: string; message: string };

export type Refusal = {
  code: WithdrawalErrorCode;
  /** For the caller, in English. */
  message: string;
  /** The same in Korean, where it says more than the catalogue's text. */
  messageKo?: string;
  retryable: boolean;
  errors?: FieldProblem[];
};

/** A row of a bulk file that cannot be accepted. `row` counts from 1, the header not included. */
export type BulkRowProblem = { row: number; field: string; code: string; message: string };
