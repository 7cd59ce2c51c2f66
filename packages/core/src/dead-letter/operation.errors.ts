/** What operators' verbs refuse; part of `WithdrawalErrorCode`. */
export type OperationErrorCode =
  | 'dead_letter_not_found'
  | 'alarm_not_found'
  | 'report_not_found'
  /** Not in the state that the withdrawal, or its transaction, is in. */
  | 'operation_not_possible'
  /** It was retried already, or something just like it was asked for since. */
  | 'retry_duplicate'
  /** The transaction pays others as well, who would be planned again. */
  | 'release_affects_others';
