import type { Chain } from '../../chain/chain.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';

export function bumpAfterMs({ blockTimeMs, operation }: Pick<Chain, 'blockTimeMs' | 'operation'>): number {
  return Math.max(operation.bumpAfterMsMin, operation.bumpAfterBlocks * blockTimeMs);
}

/**
 * What has waited too long for its block: of each account only the lowest open nonce, since all others wait for it.
 * `open` in the order of account and nonce.
 */
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
