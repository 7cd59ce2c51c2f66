import { type Database, withTransaction } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { findCause } from './classify.ts';
import { DETAIL_LENGTH_MAX, LETTERS_FOUND_MAX } from './dead-letter.limits.ts';
import { applyFound, readFailingJobs, readOpenChainTxs, readWaitingQueues } from './dead-letter.store.ts';
import type { Found } from './dead-letter.ts';
import type { ErrorCode } from './taxonomy.ts';

/** Causes that are found by looking, and gone when they are found no more. The others are opened where they happen. */
const SOUGHT: readonly ErrorCode[] = [
  'send_unknown',
  'fee_too_low',
  'fee_ceiling',
  'gas_money_low',
  'send_rejected',
  'signer_unreachable',
  'signer_refused',
  'replacements_exhausted',
  'not_mined',
  'other_trouble',
  'withdrawals_wait',
  'job_failed',
];

/** One search for what a person must look at; opens, refreshes and closes letters. Idempotent. */
export async function findDeadLetters(
  deps: { db: Database },
  jobs: readonly string[],
): Promise<{ found: number; opened: number; closed: number }> {
  const found: Found[] = [];
  for (const row of await readOpenChainTxs(deps.db)) {
    const cause = findCause(row);
    if (cause === null) continue;
    const { id, assetId, amount, itemCount, nonce, address } = row;
    const what = `${itemCount} items by ${address}, nonce ${nonce}, ${row.state}`;
    const detail = `${what}: ${row.lastError ?? 'no error was said'}`.slice(0, DETAIL_LENGTH_MAX);
    found.push({ kind: 'CHAIN_TX', subject: id, cause, detail, atStake: { assetId, amount } });
  }
  for (const { assetId, state, count, amount, oldestId } of await readWaitingQueues(deps.db)) {
    const detail = `${count} wait in ${state}, the oldest is ${toPublicId('withdrawal', oldestId)}`;
    const cause = 'withdrawals_wait';
    found.push({
      kind: 'QUEUE',
      subject: `${assetId} ${state}`,
      cause,
      detail,
      atStake: { assetId, amount },
    });
  }
  for (const { job, error } of await readFailingJobs(deps.db, jobs)) {
    const detail = (error ?? 'it gave no reason').slice(0, DETAIL_LENGTH_MAX);
    found.push({ kind: 'JOB', subject: job, cause: 'job_failed', detail, atStake: null });
  }
  const kept = found.slice(0, LETTERS_FOUND_MAX);
  const { opened, closed } = await withTransaction(deps.db, (tx) => applyFound(tx, SOUGHT, kept));
  return { found: kept.length, opened, closed };
}
