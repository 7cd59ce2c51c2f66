import type { ErrorCode } from './taxonomy.ts';

export const deadLetterKinds = ['WITHDRAWAL', 'CHAIN_TX', 'QUEUE', 'REVIEW', 'JOB'] as const;
export type DeadLetterKind = (typeof deadLetterKinds)[number];

/** Something that a person must look at, as it was found. */
export type Found = {
  kind: DeadLetterKind;
  /** UUID of a withdrawal, chain transaction or review; `<asset> <state>` of a queue; name of a job. */
  subject: string;
  cause: ErrorCode;
  detail: string;
  /** What is at stake, smallest unit; null: no money. */
  atStake: { assetId: string; amount: bigint } | null;
};

export type Note = { author: string; text: string; at: Date };

export type DeadLetter = {
  /** UUID. */
  id: string;
  kind: DeadLetterKind;
  subject: string;
  cause: ErrorCode;
  detail: string;
  chain: string | null;
  asset: string | null;
  decimals: number | null;
  /** Smallest unit. */
  amount: bigint | null;
  state: 'OPEN' | 'CLOSED';
  /** Whether it is still so. */
  present: boolean;
  seenCount: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  closedAt: Date | null;
  closedBy: string | null;
  closeReason: string | null;
  notes: readonly Note[];
};
