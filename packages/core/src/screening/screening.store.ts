import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { ScreeningSourceName } from '@naru/wire/policy-document.ts';
import { sql } from 'kysely';
import type { ScreeningAnswer } from './screening.ts';

export type StoredAnswer = ScreeningAnswer & { source: ScreeningSourceName; checkedAt: Date };

/** What is known of addresses, by `chain/address`; the caller decides what is too old. */
export async function readAnswers(
  db: Queryable,
  addresses: readonly { chainId: string; address: string }[],
): Promise<Map<string, StoredAnswer[]>> {
  const answers = new Map<string, StoredAnswer[]>();
  if (addresses.length === 0) return answers;
  const { rows } = await sql<StoredAnswer & { chainId: string; address: string }>`
    SELECT DISTINCT s.chain_id AS "chainId", s.address, s.source, s.listed, s.category, s.detail,
           s.checked_at AS "checkedAt"
      FROM unnest(${addresses.map((one) => one.chainId)}::text[], ${addresses.map((one) => one.address)}::text[])
        AS r (chain_id, address)
      JOIN screening_result s ON s.chain_id = r.chain_id AND s.address = r.address`.execute(db);
  for (const { chainId, address, ...answer } of rows) {
    const name = `${chainId}/${address}`;
    answers.set(name, [...(answers.get(name) ?? []), answer]);
  }
  return answers;
}

/** A PENDING withdrawal that waits for answers about its address, with the sources that have not given one. */
export type WaitingForAnswer = { id: string; address: Hex; missing: ScreeningSourceName[] };

export async function listWaitingForAnswers(
  db: Queryable,
  chainId: string,
  limit: number,
): Promise<WaitingForAnswer[]> {
  const { rows } = await sql<WaitingForAnswer>`
    SELECT w.id, w.to_address AS address, s.missing
      FROM withdrawal w
     CROSS JOIN LATERAL (
             SELECT v.document FROM policy_version v
              WHERE (v.organisation_id = w.organisation_id OR v.organisation_id IS NULL)
                AND v.effective_at <= w.created_at AND (v.ends_at IS NULL OR v.ends_at > w.created_at)
              ORDER BY v.organisation_id IS NULL, v.effective_at DESC LIMIT 1) v
     CROSS JOIN LATERAL (
             SELECT coalesce(array_agg(asked.source) FILTER (WHERE NOT EXISTS (
                      SELECT 1 FROM screening_result r
                       WHERE r.chain_id = w.chain_id AND r.address = w.to_address AND r.source = asked.source
                         AND r.checked_at > now() - (v.document -> 'screening' ->> 'resultHours')::integer
                                                    * interval '1 hour')), '{}') AS missing
               FROM json_array_elements_text(v.document -> 'screening' -> 'sources') AS asked (source)) s
     WHERE w.chain_id = ${chainId} AND w.state = 'PENDING' AND w.not_before > now()
     ORDER BY w.id LIMIT ${limit}`.execute(db);
  return rows;
}

/** Keeps answers in place of older ones. They can be removed after the longest time that a policy may use them for. */
export async function storeAnswers(
  tx: Tx,
  chainId: string,
  source: ScreeningSourceName,
  answers: readonly (ScreeningAnswer & { address: Hex })[],
): Promise<void> {
  if (answers.length === 0) return;
  await sql`
    INSERT INTO screening_result (chain_id, address, source, listed, category, detail, checked_at, expires_at)
    SELECT ${chainId}, r.address, ${source}, r.listed, r.category, r.detail, now(), now() + interval '7 days'
      FROM unnest(${answers.map((one) => one.address)}::text[], ${answers.map((one) => one.listed)}::boolean[],
                  ${answers.map((one) => one.category)}::text[], ${answers.map((one) => one.detail)}::text[])
        AS r (address, listed, category, detail) ORDER BY r.address
    ON CONFLICT (chain_id, address, source) DO UPDATE SET
      listed = excluded.listed, category = excluded.category, detail = excluded.detail,
      checked_at = excluded.checked_at, expires_at = excluded.expires_at`.execute(tx);
}

/** What waited may be taken up now. */
export async function endWaiting(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`UPDATE withdrawal SET not_before = now() WHERE id = ANY (${ids}::uuid[]) AND state || '' = 'PENDING'`.execute(
    tx,
  );
}
