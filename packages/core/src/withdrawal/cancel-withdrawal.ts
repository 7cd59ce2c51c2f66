import { createHash } from 'node:crypto';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { cancelReviews } from '../approval/approval.store.ts';
import { claimKey, recordRefusals } from '../command/idempotency.store.ts';
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
  return await withTransaction(deps.db, async (tx) => {
    const { organisationId } = caller;
    if (idempotencyKey !== null) {
      const inputHash = createHash('sha256').update(`${COMMAND}/${id}`).digest();
      const claim = await claimKey(tx, {
        organisationId,
        key: idempotencyKey,
        command: COMMAND,
        inputHash,
        resourceId: id,
      });
      if (claim.kind === 'in_flight') return refuse('idempotency_in_flight');
      if (claim.kind === 'reused') return refuse('idempotency_key_reused');
      if (claim.kind === 'done')
        return claim.refusal === null
          ? { kind: 'canceled', replayed: true }
          : { kind: 'refused', refusal: claim.refusal, replayed: true };
    }
    const answer = await cancelLocked();
    if (answer.kind === 'refused' && idempotencyKey !== null)
      await recordRefusals(tx, [{ organisationId, key: idempotencyKey, refusal: answer.refusal }]);
    return answer;

    async function cancelLocked(): Promise<CancelAnswer> {
      const found = await lockWithdrawal(tx, organisationId, id);
      if (found === null) return refuse('withdrawal_not_found');
      if (found.state === 'CANCELED') return { kind: 'canceled', replayed: false };
      if (!cancelableWithdrawalStates.includes(found.state)) return refuse('withdrawal_not_cancelable');
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
      return { kind: 'canceled', replayed: false };
    }
  });
}

const messages = {
  withdrawal_not_found: 'There is no such withdrawal.',
  withdrawal_not_cancelable: 'Signing has begun; a withdrawal can be canceled only before that.',
  idempotency_in_flight:
    'The same key is being worked on at this moment. Try again in a second, with the same key.',
  idempotency_key_reused:
    'This idempotency key was used for another request. Use a new key for a new request.',
} as const;

function refuse(code: keyof typeof messages): CancelAnswer {
  const retryable = code === 'idempotency_in_flight';
  return { kind: 'refused', replayed: false, refusal: { code, message: messages[code], retryable } };
}
