/** What rules refuse at submit, and what can go wrong with rules, rates and lists themselves. */
export type PolicyErrorCode =
  | 'address_not_allowed'
  | 'address_cooling_off'
  | 'address_blocked'
  | 'tier_not_found'
  | 'policy_not_found'
  | 'policy_state_conflict'
  | 'address_book_entry_not_found'
  | 'blocked_address_not_found'
  | 'exchange_rate_pair_not_found';
