import type { WithdrawalState } from './withdrawal.machine.ts';

/**
 * Whose doing a FAILED withdrawal was. `ours`: we took it and could not pay it. `recipient`: the token or the recipient
 * refused the transfer, and the chain proved it. `decision`: somebody, or a rule, decided against it before a nonce was
 * taken. Only the first says that something is wrong with us: rates of failure count that one.
 */
export const failureCauses = ['ours', 'recipient', 'decision'] as const;
export type FailureCause = (typeof failureCauses)[number];

/** Codes of failures that the recipient or the token caused. A code that nobody has listed is ours. */
const CAUSED_BY_RECIPIENT: ReadonlySet<string> = new Set(['transfer_rejected']);
/** The states in which a withdrawal has no nonce: what ends there was not tried. */
const BEFORE_A_NONCE: ReadonlySet<WithdrawalState> = new Set(['PENDING', 'VALIDATING', 'REVIEW']);

export function failureCauseOf(from: WithdrawalState | null, failureCode: string | null): FailureCause {
  if (from !== null && BEFORE_A_NONCE.has(from)) return 'decision';
  return failureCode !== null && CAUSED_BY_RECIPIENT.has(failureCode) ? 'recipient' : 'ours';
}
