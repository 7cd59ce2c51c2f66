import { CodedError } from '@naru/kit/errors.ts';

/** Everything that the treasury refuses. Nothing was changed and nothing was signed where one of these is thrown. */
export type TreasuryErrorCode =
  | 'treasury_not_found'
  | 'treasury_has_open_proposals'
  | 'safe_not_found'
  | 'proposal_not_found'
  | 'proposal_not_open'
  | 'proposal_is_signed'
  | 'proposal_exists'
  | 'proposals_too_many'
  | 'chain_not_supported'
  | 'asset_not_supported'
  | 'account_not_found'
  | 'amount_malformed'
  | 'booking_not_covered'
  | 'booking_exists'
  | 'idempotency_key_reused'
  | 'idempotency_in_flight'
  | 'signature_malformed'
  | 'signature_not_an_owner';

export class TreasuryError extends CodedError<TreasuryErrorCode> {}
