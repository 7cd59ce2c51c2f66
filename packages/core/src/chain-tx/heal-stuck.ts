import type { Chain } from '../chain/chain.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { BUMP_AFTER_BLOCKS, BUMP_AFTER_MS_MIN } from './chain-tx.limits.ts';
import { listOpen, type OpenChainTx, want } from './chain-tx.store.ts';
import type { FollowDeps } from './follow-chain.ts';

/**
 * Raises the fee of what has waited too long: of each account only the lowest open nonce, since all others wait for
 * it. Returns how many.
 */
export async function healStuck(deps: FollowDeps, chain: Chain): Promise<number> {
  let healed = 0;
  for (const chainTx of selectStuck(await listOpen(deps.db, chain.id), bumpAfterMs(chain))) {
    if (!(await want(deps.db, chainTx.id, 'BUMP'))) continue;
    await signal(deps.db, 'naru_signer');
    healed += 1;
    deps.logger.info(
      { chainTxId: chainTx.id, nonce: String(chainTx.nonce) },
      'waited too long for a block: asking for a higher fee',
    );
  }
  return healed;
}

export function bumpAfterMs(chain: Chain): number {
  return Math.max(BUMP_AFTER_MS_MIN, BUMP_AFTER_BLOCKS * chain.blockTimeMs);
}

/** `open` in the order of account and nonce. */
export function selectStuck(open: readonly OpenChainTx[], afterMs: number): OpenChainTx[] {
  const lowest = new Map<string, OpenChainTx>();
  for (const chainTx of open) {
    if (chainTx.state !== 'MINED' && !lowest.has(chainTx.subAccountId))
      lowest.set(chainTx.subAccountId, chainTx);
  }
  return [...lowest.values()].filter(
    (chainTx) =>
      chainTx.state === 'BROADCASTED' &&
      chainTx.wanted === null &&
      chainTx.newestAttemptAgeMs !== null &&
      chainTx.newestAttemptAgeMs > afterMs,
  );
}
