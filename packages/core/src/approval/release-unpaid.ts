import type { Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { type Failure, failByIds, giveBackUsage } from '../withdrawal/withdrawal.store.ts';
import { resolveHolds } from '../withdrawal-fee/fee-hold.ts';

/**
 * REVIEW → FAILED for withdrawals whose reviews have just ended: the day's usage is given back and what is held for them
 * voided, in the order in which every command takes these locks.
 */
export async function releaseUnpaid(
  tx: Tx,
  withdrawalIds: readonly string[],
  step: { actor: string; reason: string },
  failure: Failure,
): Promise<void> {
  const failed = await failByIds(tx, withdrawalIds, { from: 'REVIEW', ...step }, failure);
  assert(
    failed.length === withdrawalIds.length,
    `failed ${failed.length} of ${withdrawalIds.length} in REVIEW`,
  );
  await giveBackUsage(
    tx,
    failed.map(({ id }) => id),
  );
  await postTransfersOrFail(tx, resolveHolds('VOID', failed));
}
