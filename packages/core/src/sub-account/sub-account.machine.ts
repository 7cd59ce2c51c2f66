/** What an account is for. PAYOUT pays withdrawals, MAIN holds the reserve that tops them up, GAS holds gas money. */
export const accountRoles = ['PAYOUT', 'MAIN', 'GAS'] as const;
export type AccountRole = (typeof accountRoles)[number];

/**
 * The states of a sub-account. The table `sub_account_transition` mirrors the steps; the trigger `sub_account_guard`
 * refuses every other one, and DRAINED and RETIRED while a transaction of the account is not final.
 * That an account is being drained is no state: it may be paused meanwhile, and then goes on being drained.
 */
export const subAccountStates = ['JOINING', 'ACTIVE', 'PAUSED', 'DRAINED', 'RETIRED'] as const;
export type SubAccountState = (typeof subAccountStates)[number];

export const subAccountTransitions: readonly { from: SubAccountState; to: SubAccountState }[] = [
  // A processor has seen its key at the signer and its transaction count on the chain.
  { from: 'JOINING', to: 'ACTIVE' },
  { from: 'JOINING', to: 'RETIRED' },
  { from: 'ACTIVE', to: 'PAUSED' },
  { from: 'PAUSED', to: 'ACTIVE' },
  // It was drained, and holds nothing worth a transaction.
  { from: 'ACTIVE', to: 'DRAINED' },
  { from: 'DRAINED', to: 'ACTIVE' },
  { from: 'ACTIVE', to: 'RETIRED' },
  { from: 'PAUSED', to: 'RETIRED' },
  { from: 'DRAINED', to: 'RETIRED' },
];
