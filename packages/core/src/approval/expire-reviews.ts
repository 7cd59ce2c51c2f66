import { type Database, withTransaction } from '@naru/db/database.ts';
import { EXPIRE_ROWS_MAX } from './approval.limits.ts';
import { expireReviews, lockOverdue } from './approval.store.ts';
import { releaseUnpaid } from './release-unpaid.ts';

/**
 * Ends the reviews of a chain that are out of time: → FAILED `approval_expired`, amounts released. Nobody can vote on
 * such a review whether this has run or not; it only gives back what is reserved. Returns whether there may be more.
 */
export async function expireOverdueReviews(deps: { db: Database }, chainId: string): Promise<boolean> {
  const count = await withTransaction(deps.db, async (tx) => {
    const overdue = await lockOverdue(tx, chainId, EXPIRE_ROWS_MAX);
    if (overdue.length === 0) return 0;
    // One whose last vote was committed just before it was locked is no longer open.
    const expired = await expireReviews(tx, overdue);
    const reason = 'the time for its approval is over';
    await releaseUnpaid(tx, expired, { actor: 'system:accounts', reason }, EXPIRED);
    return overdue.length;
  });
  return count === EXPIRE_ROWS_MAX;
}

const EXPIRED = {
  code: 'approval_expired',
  message: 'It was not approved in time. Nothing was paid; ask for it again if it is still wanted.',
  retryable: true,
};
