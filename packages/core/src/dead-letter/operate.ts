import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { cancelReviews } from '../approval/approval.store.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { runOnce } from '../command/run-once.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import { cancelableWithdrawalStates } from '../withdrawal/withdrawal.machine.ts';
import { readWithdrawalsById } from '../withdrawal/withdrawal.reader.ts';
import { advanceByIds, giveBackUsage, signal } from '../withdrawal/withdrawal.store.ts';
import type { Withdrawal } from '../withdrawal/withdrawal.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { resolveHolds } from '../withdrawal-fee/fee-hold.ts';
import { judgeBump, judgeRelease, judgeTryNow, type Objection } from './judge-verb.ts';
import { dueNow, insertRelease, lockChainTx, lockSubject, type Subject, wish } from './operation.store.ts';

/** Who operates, why, and from where. */
export type Operation = {
  caller: Caller;
  idempotencyKey: string | null;
  reason: string;
  from: { origin: string | null; requestId: string | null };
};

export type Verb = 'bump' | 'release' | 'try_now';

/** One verb on one withdrawal of any organisation: locked, judged, done and audited in one transaction. */
export async function operate(
  deps: { db: Database },
  verb: Verb,
  withdrawalId: string,
  operation: Operation,
  options: { wholeBatch?: boolean } = {},
): Promise<CommandResult<Withdrawal>> {
  const { caller, idempotencyKey, reason, from } = operation;
  const answer = await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason, ...from });
    return await runOnce(
      tx,
      {
        organisationId: caller.organisationId,
        key: idempotencyKey,
        command: `operate-${verb}`,
        input: [withdrawalId, reason, options.wholeBatch === true],
        resourceId: withdrawalId,
      },
      async () => {
        const subject = await lockSubject(tx, withdrawalId);
        if (subject === null) return notFound;
        const refusal = await run(tx, verb, subject, operation, options.wholeBatch === true);
        if (refusal === null)
          await recordAudit(tx, {
            action: `withdrawal.${verb}`,
            subject: `withdrawal ${withdrawalId}`,
            before: { state: subject.state, chain_tx_id: subject.chainTxId },
          });
        return refusal;
      },
    );
  });
  if (answer.kind === 'refused') return answer;
  const value = assertPresent(
    (await readWithdrawalsById(deps.db, [withdrawalId])).get(withdrawalId),
    'withdrawal',
  );
  return { kind: 'done', value, replayed: answer.replayed };
}

async function run(
  tx: Tx,
  verb: Verb,
  subject: Subject,
  operation: Operation,
  wholeBatch: boolean,
): Promise<Refusal | null> {
  switch (verb) {
    case 'bump':
      return await bump(tx, subject);
    case 'release':
      return await release(tx, subject, operation, wholeBatch);
    case 'try_now':
      return await tryNow(tx, subject);
  }
}

/** Asks for a higher fee: one more attempt with the same nonce and the same payload, whatever comes of it. */
async function bump(tx: Tx, subject: Subject): Promise<Refusal | null> {
  const found = subject.chainTxId === null ? null : await lockChainTx(tx, subject.chainTxId);
  const objection = judgeBump(subject, found);
  if (objection !== null) return refusalOf(objection);
  assert(found !== null, `chain transaction of ${subject.id}`);
  // Asked for already: the same wish, and not two attempts.
  if (found.wanted === null) await wish(tx, found.id, 'BUMP');
  await signal(tx, 'naru_signer');
  return null;
}

/**
 * Before it has a nonce: canceled, as its owner could. With a nonce that no block holds: a self-transfer is asked for, and
 * only if the chain proves that this took the nonce is the withdrawal ended; if the payment wins, it is paid.
 */
async function release(
  tx: Tx,
  subject: Subject,
  { caller, reason }: Operation,
  wholeBatch: boolean,
): Promise<Refusal | null> {
  const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
  if (subject.state === 'CANCELED') return null;
  if (cancelableWithdrawalStates.includes(subject.state)) return await cancel(tx, subject, actor, reason);
  const found = subject.chainTxId === null ? null : await lockChainTx(tx, subject.chainTxId);
  const objection = judgeRelease(subject, found, wholeBatch);
  if (objection !== null) return refusalOf(objection);
  assert(found !== null, `chain transaction of ${subject.id}`);
  await insertRelease(tx, { withdrawalId: subject.id, requestedBy: actor, reason });
  if (found.wanted !== 'CANCEL' && found.purpose !== 'CANCEL') await wish(tx, found.id, 'CANCEL');
  await signal(tx, 'naru_signer');
  return null;
}

async function cancel(tx: Tx, subject: Subject, actor: string, why: string): Promise<null> {
  if (subject.state === 'REVIEW') await cancelReviews(tx, [subject.id]);
  const reason = `released by an operator: ${why}`;
  const moved = await advanceByIds(tx, [subject.id], { from: subject.state, to: 'CANCELED', actor, reason });
  assert(moved.length === 1, `release of withdrawal ${subject.id} moved ${moved.length} rows`);
  await giveBackUsage(tx, [subject.id]);
  await postTransfersOrFail(tx, resolveHolds('VOID', [{ id: subject.id, hasFee: subject.fee > 0n }]));
  return null;
}

/** Ends a wait between two tries. It does nothing that would not have been done a little later. */
async function tryNow(tx: Tx, subject: Subject): Promise<Refusal | null> {
  if (subject.state === 'VALIDATING' || subject.state === 'PENDING') {
    await dueNow(tx, { withdrawalId: subject.id });
    await signal(tx, 'naru_processor');
    return null;
  }
  const found = subject.chainTxId === null ? null : await lockChainTx(tx, subject.chainTxId);
  const objection = judgeTryNow(subject, found);
  if (objection !== null) return refusalOf(objection);
  assert(found !== null, `chain transaction of ${subject.id}`);
  await dueNow(tx, { chainTxId: found.id });
  for (const channel of ['naru_signer', 'naru_broadcaster'] as const) await signal(tx, channel);
  return null;
}

export const notFound: Refusal = {
  code: 'withdrawal_not_found',
  message: 'There is no such withdrawal.',
  retryable: false,
};

export function refusalOf({ code, en, ko }: Objection): Refusal {
  return { code, message: en, messageKo: ko, retryable: false };
}
