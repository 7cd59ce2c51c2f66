import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import type { Withdrawal, WithdrawalFilter } from '../withdrawal/withdrawal.ts';

/** What an operator looks for among the withdrawals of all organisations. All that is given must hold. */
export type OperatorFilter = WithdrawalFilter & {
  organisationId?: string;
  /** Whole units of each asset, as decimal text; inclusive. */
  amountMin?: string;
  amountMax?: string;
  failureCode?: string;
  /** Address of the account that pays, in any case. */
  subAccount?: string;
  /** Whether a dead letter about it, its transaction or its review is open. */
  hasDeadLetter?: boolean;
  /** An id, a hash, an address, or how a reference begins. */
  q?: string;
};

export type OperatorPage = {
  limit: number;
  /** UUID of the last row of the page before. */
  after: string | null;
  order: 'newest' | 'oldest';
};

export type OwnedWithdrawal = Withdrawal & { organisationName: string };

/** `isExact` false: there are more. */
export type StateCount = { state: WithdrawalState; count: number; isExact: boolean };
