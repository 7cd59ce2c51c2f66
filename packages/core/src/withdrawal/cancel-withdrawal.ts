import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { cancelReviews } from '../approval/approval.store.ts';
import { runOnce } from '../command/run-once.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { resolveHolds } from '../withdrawal-fee/fee-hold.ts';
import type { Refusal } from './withdrawal.errors.ts';
import { cancelableWithdrawalStates } from './withdrawal.machine.ts';
import { advanceByIds, giveBackUsage, lockWithdrawal } from './withdrawal.store.ts';

export type CancelAnswer =
  | { kind: 'canceled'; replayed: boolean }
  | { kind: 'refused'; refusal: Refusal; replayed: boolean };

const COMMAND = 'cancel-withdrawal';

/**
 * Calls a withdrawal back while it has no nonce: state CANCELED, the hold released, its usage given back, all in one
 * transaction. Canceling a canceled withdrawal is answered as done. The key is optional: canceling twice is harmless.
 */
export async function cancelWithdrawal(
  deps: { db: Database },
  caller: Caller,
  idempotencyKey: string | null,
  id: string,
): Promise<CancelAnswer> {
  const { organisationId } = caller;
  const once = { organisationId, key: idempotencyKey, command: COMMAND, input: id, resourceId: id };
  const answer = await withTransaction(deps.db, (tx) =>
    runOnce(tx, once, () => cancelLocked(tx, caller, id)),
  );
  return answer.kind === 'refused' ? answer : { kind: 'canceled', replayed: answer.replayed };
}

async function cancelLocked(tx: Tx, caller: Caller, id: string): Promise<Refusal | null> {
  const found = await lockWithdrawal(tx, caller.organisationId, id);
  if (found === null) return refusal('withdrawal_not_found');
  if (found.state === 'CANCELED') return null;
  if (!cancelableWithdrawalStates.includes(found.state)) return refusal('withdrawal_not_cancelable');
  if (found.state === 'REVIEW') await cancelReviews(tx, [id]);
  const moved = await advanceByIds(tx, [id], {
    from: found.state,
    to: 'CANCELED',
    actor: `api_key:${toPublicId('apiKey', caller.apiKeyId)}`,
    reason: 'canceled by its owner',
  });
  assert(moved.length === 1, `cancel of withdrawal ${id} moved ${moved.length} rows`);
  // Usage before ledger, the order in which requests take these locks.
  await giveBackUsage(tx, [id]);
  await postTransfersOrFail(tx, resolveHolds('VOID', [{ id, hasFee: found.fee > 0n }]));
  return null;
}

const messages = {
  withdrawal_not_found: 'There is no such withdrawal.',
  withdrawal_not_cancelable: 'Signing has begun; a withdrawal can be canceled only before that.',
} as const;

function refusal(code: keyof typeof messages): Refusal {
  return { code, message: messages[code], retryable: false };
}
