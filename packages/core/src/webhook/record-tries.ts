import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { takeOutOfUse } from './take-out-of-use.ts';
import { PAUSE_AFTER_FAILURES, PAUSE_AFTER_MS } from './webhook.limits.ts';
import { type HealthChange, recordHealth } from './webhook-endpoint.store.ts';
import { recordTries, type TryRecord } from './webhook-message.store.ts';

/** A try that has ended. */
export type EndedTry = TryRecord & { endpointId: string; holdMs: number | null; isGone: boolean };

/**
 * Writes down how tries went, with what they say of their endpoints, in one transaction. Then endpoints that answered
 * 410 are disabled, and those that have failed for long are paused. A try whose claim was lost is not recorded: whoever
 * took the message over has written it down as interrupted.
 */
export async function recordEndedTries(
  deps: { db: Database; logger: Logger; pauseAfterMs?: number },
  tries: readonly EndedTry[],
): Promise<void> {
  const standing = await withTransaction(deps.db, async (tx) => {
    const recorded = await recordTries(tx, tries);
    return await recordHealth(tx, sumUp(tries.filter(({ id }) => recorded.has(id))));
  });
  const gone = new Set(tries.filter(({ isGone }) => isGone).map(({ endpointId }) => endpointId));
  for (const endpointId of gone) await takeOutOfUse(deps, endpointId, { to: 'DISABLED', reason: 'gone' });
  for (const { endpointId, failureCount, failingForMs } of standing) {
    const isOver =
      failureCount >= PAUSE_AFTER_FAILURES && failingForMs >= (deps.pauseAfterMs ?? PAUSE_AFTER_MS);
    if (isOver && !gone.has(endpointId))
      await takeOutOfUse(deps, endpointId, { to: 'PAUSED', reason: 'failing' });
  }
}

/** In the order in which they ended: what counts is whether the last ones failed. */
function sumUp(tries: readonly EndedTry[]): HealthChange[] {
  const changes = new Map<string, HealthChange>();
  for (const { endpointId, outcome, error, holdMs } of tries) {
    const change = changes.get(endpointId) ?? {
      endpointId,
      taken: 0,
      failed: 0,
      failedLast: 0,
      error: null,
      holdMs: null,
    };
    if (outcome === 'DELIVERED') {
      change.taken += 1;
      change.failedLast = 0;
    } else {
      change.failed += 1;
      change.failedLast += 1;
      change.error = error;
      change.holdMs = Math.max(change.holdMs ?? 0, holdMs ?? 0) || null;
    }
    changes.set(endpointId, change);
  }
  return [...changes.values()];
}
