import { createHash } from 'node:crypto';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';

/** What a voter agrees to. A withdrawal cannot change any of it. */
export type ReviewFacts = {
  withdrawalId: string;
  chain: string;
  asset: string;
  /** EIP-55. */
  to: string;
  /** Smallest unit. */
  amount: bigint;
  decimals: number;
};

/**
 * SHA-256 over the facts as a person reads them, one on a line. The voter's program makes it of what it has shown; the
 * server and, by `review_facts_hash`, the database make it of what will be paid. A console that shows one thing and has
 * another approved sends a hash that fits only one of them.
 */
export function hashReviewFacts(facts: ReviewFacts): Buffer {
  return createHash('sha256')
    .update(
      [
        'naru review facts 1',
        toPublicId('withdrawal', facts.withdrawalId),
        facts.chain,
        facts.asset,
        facts.to,
        formatAmount(facts.amount, facts.decimals),
      ].join('\n'),
    )
    .digest();
}
