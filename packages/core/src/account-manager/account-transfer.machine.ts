/**
 * The states of a transfer between two of our accounts. The table `account_transfer_transition` mirrors the steps; the
 * trigger `account_transfer_guard` refuses every other one, and those with a proof while the chain has not given it.
 */
export const accountTransferStates = ['PENDING', 'PLANNED', 'CONFIRMED', 'FAILED', 'CANCELED'] as const;
export type AccountTransferState = (typeof accountTransferStates)[number];

export const accountTransferTransitions: readonly {
  from: AccountTransferState;
  to: AccountTransferState;
  proof: 'PAID' | 'UNPAID' | null;
}[] = [
  { from: 'PENDING', to: 'PLANNED', proof: null },
  { from: 'PENDING', to: 'CANCELED', proof: null },
  { from: 'PLANNED', to: 'CONFIRMED', proof: 'PAID' },
  // There is no way back to PENDING: what is still needed then is decided anew, from balances of then.
  { from: 'PLANNED', to: 'FAILED', proof: 'UNPAID' },
];

export const openAccountTransferStates: readonly AccountTransferState[] = ['PENDING', 'PLANNED'];

/** TOP_UP and GAS put right what their destination holds, SWEEP and DRAIN what their source holds. */
export const transferPurposes = ['TOP_UP', 'SWEEP', 'GAS', 'DRAIN'] as const;
export type TransferPurpose = (typeof transferPurposes)[number];
