/**
 * What the chain's count of an account's transactions means for its counter.
 * `open`: the counter is ahead of the chain or level with it, so its next nonce is unused.
 * `doubtful`: a provider says otherwise and another does not: nothing is planned from the account in this round.
 * `ahead`: every provider asked has seen more transactions than the counter gave out. Something else uses the key, or
 * the database is older than the chain.
 */
export type NonceSlot = 'open' | 'doubtful' | 'ahead';

/** `counts`: of the account at the newest block, by every provider asked. */
export function judgeNonceSlot(nextNonce: bigint, counts: readonly bigint[]): NonceSlot {
  const ahead = counts.filter((count) => count > nextNonce).length;
  if (ahead === 0) return 'open';
  return ahead === counts.length ? 'ahead' : 'doubtful';
}
