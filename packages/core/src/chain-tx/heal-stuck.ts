import type { Chain } from '../chain/chain.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { listOpen, want } from './chain-tx.store.ts';
import { bumpAfterMs, selectStuck } from './decisions/stuck.ts';
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
