/**
 * The states of a deposit: one log of the chain that paid one of our addresses. The table `deposit_transition` mirrors this
 * one; a trigger refuses every other step, and CREDITED without the ledger's transfer.
 */
export const depositStates = ['DETECTED', 'CREDITED', 'UNCREDITED', 'ORPHANED'] as const;
export type DepositState = (typeof depositStates)[number];

export const depositTransitions: readonly { from: DepositState; to: DepositState }[] = [
  { from: 'DETECTED', to: 'CREDITED' },
  { from: 'DETECTED', to: 'UNCREDITED' },
  { from: 'DETECTED', to: 'ORPHANED' },
  // A reorganised transaction may stand in a block again.
  { from: 'ORPHANED', to: 'DETECTED' },
  // By an operator's command.
  { from: 'UNCREDITED', to: 'CREDITED' },
];
