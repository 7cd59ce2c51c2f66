import { CodedError } from '@naru/kit/errors.ts';

/** Everything that an operator can be refused here. Nothing was changed and nothing moved. */
export type AccountErrorCode =
  | 'account_unknown'
  | 'account_exists'
  | 'account_state'
  | 'chain_not_supported'
  | 'asset_not_supported'
  | 'amount_malformed'
  | 'threshold_invalid'
  | 'no_reserve'
  | 'booking_exists'
  | 'transfer_under_way'
  | 'idempotency_key_reused'
  | 'idempotency_in_flight';

export class AccountError extends CodedError<AccountErrorCode> {}
