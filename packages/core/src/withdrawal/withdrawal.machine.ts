/**
 * The states of a withdrawal and the only steps between them. The table `withdrawal_transition` mirrors this one,
 * a test holds the two equal, and a trigger refuses every other step.
 */
export const withdrawalStates = [
  'PENDING',
  'VALIDATING',
  'REVIEW',
  'SIGNING',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'CONFIRMING',
  'CONFIRMED',
  'FAILED',
  'CANCELED',
] as const;
export type WithdrawalState = (typeof withdrawalStates)[number];

/**
 * What must be there before the step is taken, from the chain or from people.
 * `PAID`: the payout contract recorded this item as paid, at final depth.
 * `UNPAID`: at final depth the nonce was consumed by something that did not pay this item.
 * `OPENED`: a review of this stay in REVIEW is open (`../approval`).
 * `APPROVED`: enough persons have approved it there, or a restored database finds it in a block.
 * `CLOSED`: the review ended without that.
 */
export type Proof = 'PAID' | 'UNPAID' | 'OPENED' | 'APPROVED' | 'CLOSED' | null;

export const withdrawalTransitions: readonly {
  from: WithdrawalState;
  to: WithdrawalState;
  proof: Proof;
}[] = [
  { from: 'PENDING', to: 'VALIDATING', proof: null },
  { from: 'PENDING', to: 'CANCELED', proof: null },
  { from: 'VALIDATING', to: 'REVIEW', proof: 'OPENED' },
  { from: 'VALIDATING', to: 'SIGNING', proof: null },
  { from: 'VALIDATING', to: 'FAILED', proof: null },
  { from: 'VALIDATING', to: 'CANCELED', proof: null },
  { from: 'REVIEW', to: 'VALIDATING', proof: 'APPROVED' },
  { from: 'REVIEW', to: 'FAILED', proof: 'CLOSED' },
  { from: 'REVIEW', to: 'CANCELED', proof: 'CLOSED' },
  { from: 'SIGNING', to: 'SIGNED', proof: null },
  { from: 'SIGNED', to: 'BROADCASTING', proof: null },
  { from: 'BROADCASTING', to: 'BROADCASTED', proof: null },
  // The chain may show a transaction before we have recorded that a node took it.
  { from: 'SIGNING', to: 'CONFIRMING', proof: null },
  { from: 'SIGNED', to: 'CONFIRMING', proof: null },
  { from: 'BROADCASTING', to: 'CONFIRMING', proof: null },
  { from: 'BROADCASTED', to: 'CONFIRMING', proof: null },
  // A reorganisation took the block away: the same bytes are sent again.
  { from: 'CONFIRMING', to: 'BROADCASTED', proof: null },
  { from: 'CONFIRMING', to: 'CONFIRMED', proof: 'PAID' },
  { from: 'CONFIRMING', to: 'FAILED', proof: 'UNPAID' },
  // The nonce is gone and nothing was paid: the only way to be planned again.
  { from: 'CONFIRMING', to: 'VALIDATING', proof: 'UNPAID' },
];

export const finalWithdrawalStates: readonly WithdrawalState[] = ['CONFIRMED', 'FAILED', 'CANCELED'];
/** The others. The index `withdrawal_open` has exactly these. */
export const openWithdrawalStates: readonly WithdrawalState[] = withdrawalStates.filter(
  (state) => !finalWithdrawalStates.includes(state),
);

/** A withdrawal can be called back until it has a nonce. */
export const cancelableWithdrawalStates: readonly WithdrawalState[] = ['PENDING', 'VALIDATING', 'REVIEW'];
