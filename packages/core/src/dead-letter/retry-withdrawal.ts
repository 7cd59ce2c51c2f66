import { createHash } from 'node:crypto';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { readRules } from '../policy/rules.ts';
import { requestWithdrawals } from '../withdrawal/request-withdrawals.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import { readWithdrawalsById } from '../withdrawal/withdrawal.reader.ts';
import type { Withdrawal } from '../withdrawal/withdrawal.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { closeLettersOf } from './dead-letter.store.ts';
import { judgeRetry } from './judge-verb.ts';
import { notFound, type Operation, operate, refusalOf } from './operate.ts';
import { findLookalike, insertRetry, lockSubject, readRequest, type Subject } from './operation.store.ts';

/**
 * A FAILED withdrawal: a new one in its place, with its own id, hold, limits, checks and history; the old one stays as it
 * is. Refused unless the chain proves that the old one is unpaid, and once for each: called again, it answers with the
 * withdrawal that was made at first. One that still waits is tried now instead.
 */
export async function retryWithdrawal(
  deps: { db: Database },
  withdrawalId: string,
  operation: Operation,
  options: { acceptDuplicate?: boolean } = {},
): Promise<CommandResult<Withdrawal>> {
  const seen = await withTransaction(deps.db, (tx) => lockSubject(tx, withdrawalId));
  if (seen === null) return refused(notFound);
  if (seen.state !== 'FAILED') return await operate(deps, 'try_now', withdrawalId, operation);
  if (seen.retriedAs !== null) return await answerOf(deps.db, seen.retriedAs, true);
  const refusal = await judge(deps.db, seen, options.acceptDuplicate === true);
  if (refusal !== null) return refused(refusal);
  return await requestAgain(deps, seen, operation);
}

async function judge(db: Database, seen: Subject, acceptDuplicate: boolean): Promise<Refusal | null> {
  const lookalike = acceptDuplicate ? null : await findLookalike(db, seen.id);
  const objection = judgeRetry(seen, lookalike === null ? null : toPublicId('withdrawal', lookalike));
  return objection === null ? null : refusalOf(objection);
}

async function requestAgain(
  deps: { db: Database },
  seen: Subject,
  { caller, idempotencyKey, reason, from }: Operation,
): Promise<CommandResult<Withdrawal>> {
  const { decimals, units, ...request } = await readRequest(deps.db, seen.id);
  const command = {
    caller: { ...caller, organisationId: seen.organisationId },
    idempotencyKey: keyOf(seen.id, idempotencyKey ?? newUuid()),
    request: { ...request, amount: formatAmount(units, decimals) },
  };
  const link = async (tx: Tx, ids: readonly string[]) => {
    const [made] = ids;
    if (made === undefined) return;
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason, ...from });
    const now = assertPresent(await lockSubject(tx, seen.id), 'withdrawal to retry');
    assert(now.isFinallyUnpaid, `withdrawal ${seen.id} is not unpaid any more`);
    // Two operators at once: the lock lets one of them through first, and the other takes its answer.
    if (now.retriedAs !== null) throw new RetriedMeanwhile(now.retriedAs);
    await insertRetry(tx, { withdrawalId: made, retryOf: seen.id, reason });
    const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
    await closeLettersOf(tx, seen.id, {
      actor,
      reason: `retried as ${toPublicId('withdrawal', made)}: ${reason}`,
    });
  };
  const catalogue = await readCatalogue(deps.db);
  const rules = await readRules(deps.db);
  const [answer] = await requestWithdrawals(deps, catalogue, [command], rules, link).catch(
    (error: unknown) => {
      if (error instanceof RetriedMeanwhile) return [error];
      throw error;
    },
  );
  if (answer instanceof RetriedMeanwhile) return await answerOf(deps.db, answer.withdrawalId, true);
  const result = assertPresent(answer, 'answer of a retry');
  if (result.kind === 'in_flight') return refused(inFlight);
  if (result.kind === 'refused') return result;
  return await answerOf(deps.db, result.value.id, result.replayed);
}

/** Ends the transaction of the one that came second. */
class RetriedMeanwhile extends Error {
  readonly withdrawalId: string;
  constructor(withdrawalId: string) {
    super(`retried meanwhile as ${withdrawalId}`);
    this.withdrawalId = withdrawalId;
  }
}

/** Of its own for each call: a refusal of today, for want of balance say, is not one of tomorrow. */
function keyOf(id: string, key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `retry-${toPublicId('withdrawal', id)}-${hash}`;
}

async function answerOf(db: Database, id: string, replayed: boolean): Promise<CommandResult<Withdrawal>> {
  const value = assertPresent((await readWithdrawalsById(db, [id])).get(id), 'withdrawal of a retry');
  return { kind: 'done', value, replayed };
}

function refused(refusal: Refusal): CommandResult<Withdrawal> {
  return { kind: 'refused', refusal, replayed: false };
}

const inFlight: Refusal = {
  code: 'idempotency_in_flight',
  message: 'Somebody retries it at this moment. Try again in a second.',
  retryable: true,
};
