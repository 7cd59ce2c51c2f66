/** What the approval domain refuses; part of `WithdrawalErrorCode`. */
export type ApprovalErrorCode =
  | 'review_not_found'
  /** Approved, denied, expired or canceled already. */
  | 'review_closed'
  /** Not this person, or not with this key. */
  | 'vote_not_allowed'
  /** What the voter was shown is not what will be paid. */
  | 'review_facts_mismatch'
  /** No emergency approval waits for a second person. */
  | 'confirmation_not_due';
