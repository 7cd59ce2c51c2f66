import type { Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { type Failure, failByIds, giveBackUsage } from '../withdrawal/withdrawal.store.ts';

/**
 * REVIEW → FAILED for withdrawals whose reviews have just ended: the day's usage is given back and the hold voided, in
 * the order in which every command takes these locks.
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
  await giveBackUsage(tx, failed);
  await postTransfersOrFail(
    tx,
    failed.map((id) => ({
      id: newUuid(),
      kind: 'VOID',
      pendingId: id,
      amount: null,
      reason: 'WITHDRAWAL',
      referenceId: id,
    })),
  );
}
