import { type Database, withTransaction } from '@naru/db/database.ts';
import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import type { Chain } from '../chain/chain.ts';
import { pause } from '../sub-account/sub-account.store.ts';
import { advanceWithChainTxs } from '../withdrawal/withdrawal.store.ts';
import {
  BLOCKED_RETRY_MS,
  CLAIM_LEASE_MS,
  RESEND_INTERVAL_MS,
  SEND_CLAIM_MAX,
  UNKNOWN_RETRY_BASE_MS,
  UNKNOWN_RETRY_MS_MAX,
} from './chain-tx.limits.ts';
import { GAS_MONEY_LOW } from './chain-tx.pauses.ts';
import { claimToSend, recordAccepted, recordSend, release, type Sendable } from './chain-tx.store.ts';
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
  await Promise.all(claimed.map((sendable) => sendOne(deps, sendable)));
  return claimed.length === SEND_CLAIM_MAX;
}

async function sendOne(deps: BroadcastDeps, sendable: Sendable): Promise<void> {
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
  const next = decideNext(outcome, sendable.failureCount);
  if (outcome.kind === 'insufficient_funds' && (await pause(deps.db, sendable.subAccountId, GAS_MONEY_LOW)))
    deps.logger.error(
      { chainTxId: sendable.id, subAccountId: sendable.subAccountId },
      `account paused: ${GAS_MONEY_LOW}`,
    );
  if (next.error !== null)
    deps.logger.warn(
      { chainTxId: sendable.id, hash: sendable.hash, outcome: describe(outcome) },
      'not accepted by a node yet',
    );
  await release(deps.db, { owner: deps.owner, id: sendable.id }, next);
}

type Next = { delayMs: number; error: string | null; failed: boolean; wanted?: 'BUMP' | 'CANCEL' };

/**
 * What an answer to a send means for the row. Nothing here frees a nonce or a hold: whatever a node says, the bytes may
 * still be mined, so the row stays open until the chain has decided.
 */
export function decideNext(outcome: SendOutcome, failures: number): Next {
  const error = describe(outcome);
  switch (outcome.kind) {
    case 'accepted':
      return { delayMs: RESEND_INTERVAL_MS, error: null, failed: false };
    case 'nonce_consumed':
      // Ours or foreign: the monitor finds out from the chain.
      return { delayMs: RESEND_INTERVAL_MS, error: null, failed: false };
    case 'replacement_underpriced':
    case 'underpriced':
      return { delayMs: BLOCKED_RETRY_MS, error, failed: true, wanted: 'BUMP' };
    case 'insufficient_funds':
      return { delayMs: BLOCKED_RETRY_MS, error, failed: true };
    case 'rejected':
      // These bytes will never do. A self-transfer with the same nonce frees it, and what it carried is planned again.
      return { delayMs: 0, error, failed: true, wanted: 'CANCEL' };
    case 'unknown':
      return {
        delayMs: backoffMs(failures + 1, { baseMs: UNKNOWN_RETRY_BASE_MS, maxMs: UNKNOWN_RETRY_MS_MAX }),
        error,
        failed: true,
      };
  }
}

function describe(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return `accepted (${outcome.how})`;
    case 'rejected':
      return `rejected: ${outcome.cause}`;
    case 'unknown':
      return `unknown: ${outcome.reason}`;
    default:
      return outcome.kind;
  }
}
