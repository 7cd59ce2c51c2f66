import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Chain } from '../chain/chain.ts';
import { pause } from '../sub-account/sub-account.store.ts';
import { advanceWithChainTxs } from '../withdrawal/withdrawal.store.ts';
import { CLAIM_LEASE_MS, SEND_CLAIM_MAX } from './chain-tx.limits.ts';
import { claimToSend, recordAccepted, recordSend, release, type Sendable } from './chain-tx.store.ts';
import { decideNext, describe } from './decisions/after-send.ts';
import type { ChainPort } from './ports.ts';

export type BroadcastDeps = {
  db: Database;
  chainPort: ChainPort;
  logger: Logger;
  owner: string;
  leaseMs?: number;
};

/**
 * Sends signed bytes that are due: first sends, sends whose answer was lost, and the regular repeats of what no block
 * holds yet. The same bytes may be sent any number of times. True: there may be more.
 */
export async function broadcastChainTxs(deps: BroadcastDeps, chain: Chain): Promise<boolean> {
  const leaseMs = deps.leaseMs ?? CLAIM_LEASE_MS;
  const claimed = await withTransaction(deps.db, async (tx) => {
    const rows = await claimToSend(tx, {
      chainId: chain.id,
      owner: deps.owner,
      leaseMs,
      limit: SEND_CLAIM_MAX,
    });
    const first = rows.filter((row) => row.state === 'BROADCASTING').map((row) => row.id);
    await advanceWithChainTxs(tx, first, [
      { from: 'SIGNED', to: 'BROADCASTING', actor: 'system:broadcaster', reason: 'being sent' },
    ]);
    return rows;
  });
  // Side by side: a slow answer for one must not hold up the others. Nodes queue a nonce that arrives early.
  await Promise.all(claimed.map((sendable) => sendOne(deps, chain, sendable)));
  return claimed.length === SEND_CLAIM_MAX;
}

async function sendOne(deps: BroadcastDeps, chain: Chain, sendable: Sendable): Promise<void> {
  const outcome = await deps.chainPort.send(sendable.raw);
  await recordSend(deps.db, { chainTxId: sendable.id, number: sendable.attempt, outcome: describe(outcome) });
  if (outcome.kind === 'accepted' && sendable.state === 'BROADCASTING')
    await withTransaction(deps.db, async (tx) => {
      if (await recordAccepted(tx, sendable.id))
        await advanceWithChainTxs(
          tx,
          [sendable.id],
          [
            {
              from: 'BROADCASTING',
              to: 'BROADCASTED',
              actor: 'system:broadcaster',
              reason: 'accepted by a node',
            },
          ],
        );
    });
  const next = decideNext(outcome, sendable.failureCount, Math.random, chain.operation);
  if (next.pauseReason !== null && (await pause(deps.db, sendable.subAccountId, next.pauseReason)))
    deps.logger.error(
      { chainTxId: sendable.id, subAccountId: sendable.subAccountId },
      `account paused: ${next.pauseReason}`,
    );
  if (next.error !== null)
    deps.logger.warn(
      { chainTxId: sendable.id, hash: sendable.hash, outcome: describe(outcome) },
      'not accepted by a node yet',
    );
  await release(deps.db, { owner: deps.owner, id: sendable.id }, next);
}
