import type { WithdrawalState } from './withdrawal.machine.ts';

export const priorities = ['STANDARD', 'VIP', 'EMERGENCY'] as const;
export type Priority = (typeof priorities)[number];

/** What a caller asks for, shapes already checked at the edge: `to` is any-case 0x + 40 hex, `amount` a decimal string. */
export type WithdrawalRequest = {
  chain: string;
  asset: string;
  to: string;
  amount: string;
  reference: string | null;
  priority: Priority;
  metadata: Record<string, string>;
};

/** The chain's side of a withdrawal, once it is planned. */
export type WithdrawalTransaction = {
  chainTxId: string;
  /** The attempt in the block, or the newest one; null until the signer has answered. */
  hash: string | null;
  /** EIP-55. */
  subAccount: string;
  nonce: bigint;
  blockNumber: bigint | null;
  confirmations: bigint;
  requiredConfirmations: number;
  explorerUrl: string | null;
};

export type PendingReview = {
  id: string;
  quorum: number;
  /** Different persons that have approved. */
  approvals: number;
  reasons: readonly { code: string; text: string }[];
  expiresAt: Date;
};

export type Withdrawal = {
  /** UUID. */
  id: string;
  organisationId: string;
  chain: string;
  asset: string;
  decimals: number;
  /** EIP-55. */
  to: string;
  /** Smallest unit. */
  amount: bigint;
  /** On top of it, smallest unit; fixed when it was accepted. */
  fee: bigint;
  reference: string | null;
  priority: Priority;
  metadata: Record<string, string>;
  bulkId: string | null;
  bulkRow: number | null;
  state: WithdrawalState;
  transaction: WithdrawalTransaction | null;
  failure: { code: string; message: string; retryable: boolean } | null;
  /** In REVIEW: what it waits for. */
  review: PendingReview | null;
  createdAt: Date;
  updatedAt: Date;
  confirmedAt: Date | null;
};

export type WithdrawalEvent = {
  from: WithdrawalState | null;
  to: WithdrawalState;
  /** `api_key:key_…`, `system:processor`, `operator:…`. */
  actor: string;
  reason: string;
  at: Date;
};

export type WithdrawalFilter = {
  state?: WithdrawalState[];
  chain?: string;
  asset?: string;
  to?: string;
  reference?: string;
  priority?: Priority;
  bulkId?: string;
  createdFrom?: Date;
  createdTo?: Date;
};

/** Newest first. `after` is the id (UUID) of the last row of the page before. */
export type Page = { limit: number; after: string | null };

export type Bulk = {
  id: string;
  total: number;
  counts: Partial<Record<WithdrawalState, number>>;
  createdAt: Date;
};

/** A file as a list has it. `counts` null: it is too long to be counted for a list; read it by its id. */
export type ListedBulk = Omit<Bulk, 'counts'> & { counts: Bulk['counts'] | null; completedAt: Date | null };
