import type { Priority } from '../withdrawal/withdrawal.ts';
import type { Confirmation, Decision, ReviewState } from './approval.machine.ts';

/** Why a person is asked: a rule by its code, and in words for whom decides. */
export type ReviewReason = { code: string; text: string };

export type Vote = {
  /** The person or system behind the key. */
  holder: string;
  apiKeyId: string;
  decision: Decision;
  reason: string | null;
  at: Date;
};

export type Review = {
  /** UUID. */
  id: string;
  withdrawalId: string;
  organisationId: string;
  /** One that is over is EXPIRED from that moment on, whether or not its row says so yet. */
  state: ReviewState;
  /** Different persons that must approve. */
  quorum: number;
  reasons: readonly ReviewReason[];
  policyVersionId: string | null;
  /** `api_key:key_…`, as in the withdrawal's history. */
  requester: string;
  requesterHolder: string | null;
  confirmation: Confirmation;
  openedAt: Date;
  expiresAt: Date;
  closedAt: Date | null;
  votes: readonly Vote[];
  /** What is decided about; none of it can change. */
  chain: string;
  asset: string;
  decimals: number;
  /** EIP-55. */
  to: string;
  /** Smallest unit. */
  amount: bigint;
  priority: Priority;
};
