import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { VERBS_TOLD_MAX } from './dead-letter.limits.ts';

/** What a person did about a withdrawal. */
export type VerbDone = {
  verb: 'retry' | 'release' | 'bump' | 'try_now';
  at: Date;
  /** `api_key:<uuid>`, or `api_key:key_…` where it was not the audit log that kept it; null: not known any more. */
  actor: string | null;
  reason: string | null;
};

export type Retries = {
  /** The failed withdrawal that this one was made in place of. */
  retryOf: string | null;
  /** What was made in place of this one. */
  retriedAs: string | null;
};

/**
 * Oldest first, up to the newest `VERBS_TOLD_MAX`. From the audit log; a retry and a release of a nonce have rows of
 * their own, which are there when that part of the log was exported long ago.
 */
export async function listVerbsDone(db: Queryable, withdrawalId: string): Promise<VerbDone[]> {
  const { rows } = await sql<VerbDone>`
    WITH done AS (
      SELECT substr(action, length('withdrawal.') + 1) AS verb, at, actor, reason
        FROM audit_event
       WHERE subject = ${`withdrawal ${withdrawalId}`}
         AND action IN ('withdrawal.bump', 'withdrawal.release', 'withdrawal.try_now')
      UNION ALL
      SELECT 'retry', r.created_at,
             (SELECT e.actor FROM audit_event e
               WHERE e.subject = 'withdrawal_retry ' || r.retry_of AND e.action = 'withdrawal_retry.insert' LIMIT 1),
             r.reason
        FROM withdrawal_retry r WHERE r.retry_of = ${withdrawalId}
      UNION ALL
      SELECT 'release', r.at, r.requested_by, r.reason
        FROM withdrawal_release r
       WHERE r.withdrawal_id = ${withdrawalId}
         AND NOT EXISTS (SELECT 1 FROM audit_event e
                          WHERE e.subject = ${`withdrawal ${withdrawalId}`} AND e.action = 'withdrawal.release'))
    SELECT verb, at, actor, reason FROM done ORDER BY at DESC LIMIT ${VERBS_TOLD_MAX}`.execute(db);
  return rows.reverse();
}

export async function readRetries(db: Queryable, withdrawalId: string): Promise<Retries> {
  const { rows } = await sql<Retries>`
    SELECT (SELECT retry_of FROM withdrawal_retry WHERE withdrawal_id = ${withdrawalId}) AS "retryOf",
           (SELECT withdrawal_id FROM withdrawal_retry WHERE retry_of = ${withdrawalId}) AS "retriedAs"`.execute(
    db,
  );
  return rows[0] ?? { retryOf: null, retriedAs: null };
}
