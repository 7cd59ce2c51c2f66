import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { Finding } from './invariants.ts';

/**
 * Replays the rows of each ledger account since its checkpoint, at most `versionsMax` of an account, in one statement
 * and so in one snapshot; compares every account with where the replay ends, and the totals of all accounts with zero.
 * The checkpoint of an account moves on when nothing was found. What is before it is the matter of `ledger_check()`.
 */
export async function replayLedger(
  db: Queryable,
  versionsMax: bigint,
): Promise<{ findings: Finding[]; accounts: number; behind: number }> {
  const { rows } = await sql<{ findings: Finding[]; accounts: number; behind: number }>`
    WITH account AS (
      SELECT a.*, coalesce(c.version, 0) AS from_version,
             least(a.version, coalesce(c.version, 0) + ${versionsMax}) AS to_version,
             coalesce(c.debits_pending, 0) AS base_debits_pending, coalesce(c.debits_posted, 0) AS base_debits_posted,
             coalesce(c.credits_pending, 0) AS base_credits_pending,
             coalesce(c.credits_posted, 0) AS base_credits_posted,
             a.kind || ' ' || a.asset_id || coalesce(' ' || a.organisation_id::text, '') AS label
        FROM ledger_account a LEFT JOIN ledger_checkpoint c ON c.account_id = a.id
    ), side AS (
      -- From the rows of an account by its index on each side; no scan of the table, however large it is.
      SELECT account.id AS account_id, l.*
        FROM account CROSS JOIN LATERAL (
          SELECT t.debit_version AS version, true AS is_debit, t.*
            FROM ledger_transfer t
           WHERE t.debit_account_id = account.id
             AND t.debit_version > account.from_version AND t.debit_version <= account.to_version
          UNION ALL
          SELECT t.credit_version, false, t.*
            FROM ledger_transfer t
           WHERE t.credit_account_id = account.id
             AND t.credit_version > account.from_version AND t.credit_version <= account.to_version) l
       WHERE account.to_version > account.from_version
    ), step AS (
      SELECT s.*, h.kind AS hold_kind, h.amount AS held, h.debit_version AS hold_version,
             h.debit_account_id AS hold_debit, h.credit_account_id AS hold_credit,
             CASE s.kind WHEN 'PENDING' THEN s.amount WHEN 'SINGLE' THEN 0 ELSE -coalesce(h.amount, 0) END AS pending,
             CASE WHEN s.kind IN ('SINGLE', 'POST') THEN s.amount ELSE 0 END AS posted
        FROM side s LEFT JOIN LATERAL (SELECT * FROM ledger_transfer WHERE id = s.pending_id LIMIT 1) h ON true
    ), history AS (
      SELECT s.account_id, s.version,
             sum(CASE WHEN s.is_debit THEN -s.posted - s.pending ELSE s.posted END)
               OVER (PARTITION BY s.account_id ORDER BY s.version) AS gained
        FROM step s
    ), replay AS (
      SELECT a.id, a.from_version, a.to_version, a.version, a.label,
             a.base_debits_pending + coalesce(sum(s.pending) FILTER (WHERE s.is_debit), 0) AS debits_pending,
             a.base_debits_posted + coalesce(sum(s.posted) FILTER (WHERE s.is_debit), 0) AS debits_posted,
             a.base_credits_pending + coalesce(sum(s.pending) FILTER (WHERE NOT s.is_debit), 0) AS credits_pending,
             a.base_credits_posted + coalesce(sum(s.posted) FILTER (WHERE NOT s.is_debit), 0) AS credits_posted,
             (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)::text AS booked,
             count(s.id) AS steps, count(DISTINCT s.version) AS versions
        FROM account a LEFT JOIN step s ON s.account_id = a.id
       GROUP BY a.id, a.kind, a.asset_id, a.organisation_id, a.from_version, a.to_version, a.version, a.label,
                a.base_debits_pending, a.base_debits_posted, a.base_credits_pending, a.base_credits_posted,
                a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted
    ), finding AS (
      SELECT NULL::uuid AS account_id, a.asset_id AS subject,
             format('balances of the asset do not sum to zero: posted %s, pending %s',
                    sum(a.credits_posted - a.debits_posted), sum(a.credits_pending - a.debits_pending)) AS detail
        FROM account a GROUP BY a.asset_id
      HAVING sum(a.credits_posted - a.debits_posted) <> 0 OR sum(a.credits_pending - a.debits_pending) <> 0
      UNION ALL
      SELECT r.id, r.id::text, format('%s: balances %s, replay of its rows (%s,%s,%s,%s)', r.label, r.booked,
                                      r.debits_pending, r.debits_posted, r.credits_pending, r.credits_posted)
        FROM replay r
       WHERE r.to_version = r.version
         AND r.booked <> (r.debits_pending, r.debits_posted, r.credits_pending, r.credits_posted)::text
      UNION ALL
      SELECT r.id, r.id::text, format('%s: %s rows and %s versions after version %s up to %s', r.label, r.steps,
                                      r.versions, r.from_version, r.to_version)
        FROM replay r
       WHERE (r.steps, r.versions) IS DISTINCT FROM (r.to_version - r.from_version, r.to_version - r.from_version)
      UNION ALL
      SELECT a.id, a.id::text, format('%s: overdrawn at version %s', a.label, min(h.version))
        FROM history h JOIN account a ON a.id = h.account_id
       WHERE NOT a.may_overdraw
         AND a.base_credits_posted - a.base_debits_posted - a.base_debits_pending + h.gained < 0
       GROUP BY a.id, a.label
      UNION ALL
      SELECT a.id, a.id::text, format('%s: transfer %s is of %s', a.label, s.id, s.asset_id)
        FROM step s JOIN account a ON a.id = s.account_id WHERE s.asset_id <> a.asset_id
      UNION ALL
      SELECT s.account_id, s.account_id::text,
             format('transfer %s does not repeat its hold: %s %s of %s', s.id, s.kind, s.amount,
                    coalesce(s.held::text, 'a hold that is missing'))
        FROM step s
       WHERE s.pending_id IS NOT NULL
         AND (s.hold_kind IS DISTINCT FROM 'PENDING' OR s.amount > s.held
              OR (s.kind = 'VOID' AND s.amount <> s.held) OR s.debit_version <= s.hold_version
              OR (s.debit_account_id, s.credit_account_id) IS DISTINCT FROM (s.hold_debit, s.hold_credit))
    ), moved AS (
      INSERT INTO ledger_checkpoint (account_id, version, debits_pending, debits_posted, credits_pending, credits_posted)
      SELECT r.id, r.to_version, r.debits_pending, r.debits_posted, r.credits_pending, r.credits_posted
        FROM replay r
       WHERE r.to_version > r.from_version AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.account_id = r.id)
      ON CONFLICT (account_id) DO UPDATE
         SET version = excluded.version, debits_pending = excluded.debits_pending,
             debits_posted = excluded.debits_posted, credits_pending = excluded.credits_pending,
             credits_posted = excluded.credits_posted, checked_at = now()
      RETURNING 1
    )
    SELECT (SELECT count(*)::integer FROM moved) AS accounts,
           (SELECT count(*)::integer FROM replay WHERE to_version < version) AS behind,
           (SELECT coalesce(json_agg(json_build_object('subject', subject, 'detail', detail)), '[]') FROM finding)
             AS findings`.execute(db);
  return rows[0] ?? { findings: [], accounts: 0, behind: 0 };
}
