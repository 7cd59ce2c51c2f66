/**
 * The states of a review. The table `withdrawal_review_transition` mirrors the steps, a test holds the two equal, and a
 * trigger refuses every other step, and each step that lacks what must be there for it.
 */
export const reviewStates = ['OPEN', 'APPROVED', 'DENIED', 'EXPIRED', 'CANCELED', 'OVERTAKEN'] as const;
export type ReviewState = (typeof reviewStates)[number];

export const reviewTransitions: readonly { from: ReviewState; to: ReviewState }[] = [
  // Enough persons have approved, or in an emergency one who may do so alone.
  { from: 'OPEN', to: 'APPROVED' },
  { from: 'OPEN', to: 'DENIED' },
  { from: 'OPEN', to: 'EXPIRED' },
  // The owner called the withdrawal back.
  { from: 'OPEN', to: 'CANCELED' },
  // A restored database was older than the approval, and the chain holds what was approved.
  { from: 'OPEN', to: 'OVERTAKEN' },
];

/** What a second person said after an emergency approval by one alone. `NONE`: nobody has to. */
export const confirmations = ['NONE', 'DUE', 'CONFIRMED', 'OBJECTED'] as const;
export type Confirmation = (typeof confirmations)[number];

/** BEFORE the money goes: the first three. AFTER an emergency approval: the others. */
export const decisions = ['APPROVE', 'APPROVE_ALONE', 'DENY', 'CONFIRM', 'OBJECT'] as const;
export type Decision = (typeof decisions)[number];
