/**
 * What a chain transaction is for, and what follows from it for the machinery. Decisions ask this table and never compare
 * with one kind by name, so that a new kind is one entry here and one in `carried-items.ts`.
 */
export const chainTxKinds = {
  /** Pays withdrawals. */
  PAYOUT: { call: 'pay' },
  /** Moves money between our own accounts: top-ups, sweeps, gas money (`../account-manager`). */
  TRANSFER: { call: 'pay' },
  /** Lets the payout contract move a token of the account. */
  APPROVAL: { call: 'approve' },
  /** Sends what deposit addresses hold to the treasury; the factory's logs say what did (`../deposit`). */
  DEPOSIT_SWEEP: { call: 'sweep' },
  /** Hands a Safe what its owners signed (`../treasury`). What became of it, the Safe's own record says. */
  SAFE: { call: 'execute' },
} as const satisfies Record<string, { call: 'pay' | 'approve' | 'sweep' | 'execute' }>;
export type ChainTxKind = keyof typeof chainTxKinds;

/** Its payload calls the payout contract, which records each of its items: that record, and nothing else, ends it. */
export function isRecorded(kind: ChainTxKind): boolean {
  return chainTxKinds[kind].call === 'pay';
}
