import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits } from '@naru/kit/money.ts';

/** A chain's treasury: a Safe whose owners sign each payment to our own accounts. */
export type Treasury = {
  chainId: string;
  /** EIP-55. */
  safe: Hex;
  /** EIP-55, as the providers last agreed on them. */
  owners: Hex[];
  threshold: number;
  /** The Safe's next transaction, newest, and after `finalBlock`. */
  nonce: bigint;
  finalNonce: bigint;
  finalBlock: bigint;
  readAt: Date;
};

/** TOP_UP pays one of our accounts; REJECTION uses up the nonce of another proposal. */
export type ProposalPurpose = 'TOP_UP' | 'REJECTION';

/**
 * OPEN: may be signed and executed. EXECUTED: the Safe's own record says so, at final depth. SUPERSEDED: at final depth
 * its nonce was used by something else, so it can never be executed. CANCELED: taken back before anybody signed.
 */
export const proposalStates = ['OPEN', 'EXECUTED', 'SUPERSEDED', 'CANCELED'] as const;
export type ProposalState = (typeof proposalStates)[number];

export type ProposalSignature = { owner: Hex; signature: Hex; actor: string; addedAt: Date };

export type Proposal = {
  /** UUID. */
  id: string;
  chainId: string;
  evmChainId: bigint;
  safe: Hex;
  purpose: ProposalPurpose;
  asset: { id: string; code: string; decimals: number; token: Hex | null; transferGasMax: bigint } | null;
  /** The account of ours that is paid; the Safe itself for a rejection. EIP-55. */
  to: Hex;
  /** Smallest unit. */
  amount: bigint;
  safeNonce: bigint;
  safeTxHash: Hex;
  actor: string;
  reason: string;
  /** At this block nothing of it was on the chain. */
  fromBlock: bigint;
  state: ProposalState;
  version: number;
  /** Why it cannot be executed now, in the chain's words. */
  problem: string | null;
  executedHash: Hex | null;
  executedBlock: bigint | null;
  createdAt: Date;
  endedAt: Date | null;
  signatures: ProposalSignature[];
};

/** What an open proposal still takes: signatures of more owners, and transactions of the Safe that come before it. */
export type Asked = { signatures: number; earlierTransactions: bigint };

/** `treasury` undefined: its Safe is the treasury no more, so that nothing is asked of anybody. Pure. */
export function askedOf(
  proposal: Pick<Proposal, 'safeNonce' | 'signatures' | 'state'>,
  treasury: Pick<Treasury, 'owners' | 'threshold' | 'nonce'> | undefined,
): Asked {
  if (proposal.state !== 'OPEN' || treasury === undefined) return { signatures: 0, earlierTransactions: 0n };
  const valid = validSignatures(proposal, treasury).length;
  return {
    signatures: Math.max(0, treasury.threshold - valid),
    earlierTransactions: maxUnits(proposal.safeNonce - treasury.nonce, 0n),
  };
}

/** Those of the Safe's present owners: one who was removed since he signed counts no more. */
export function validSignatures(
  proposal: Pick<Proposal, 'signatures'>,
  treasury: Pick<Treasury, 'owners'>,
): ProposalSignature[] {
  const owners = new Set(treasury.owners.map((owner) => owner.toLowerCase()));
  return proposal.signatures.filter(({ owner }) => owners.has(owner.toLowerCase()));
}
