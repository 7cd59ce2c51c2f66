import type { Queryable, Tx } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import { lowestUuidAt } from '../withdrawal/withdrawal.reader.ts';
import { HISTORY_ROWS_MAX } from './policy.limits.ts';
import type { HistoryRow } from './policy.ts';

/** A withdrawal that is to be judged, with the version that governs it and what it was worth when it was accepted. */
export type Subject = {
  id: string;
  organisationId: string;
  chainId: string;
  assetId: string;
  to: string;
  amount: bigint;
  at: Date;
  /** Null: no version does. */
  policyVersionId: string | null;
  /** It was valued at submit, though perhaps without a result. */
  hasValue: boolean;
  amountKrw: bigint | null;
  rates: { why?: string; staleness?: string; rates?: unknown[] } | null;
};

/** The version in force for the owner of `w` when it was accepted: the owner's own, else the default. */
const acceptedAt = sql`coalesce((SELECT b.created_at FROM bulk_withdrawal b WHERE b.id = w.bulk_id), w.created_at)`;
const governing = sql`(SELECT coalesce(
  (SELECT v.id FROM policy_version v
    WHERE v.organisation_id = w.organisation_id AND v.effective_at <= accepted.at
      AND (v.ends_at IS NULL OR v.ends_at > accepted.at) ORDER BY v.effective_at DESC LIMIT 1),
  (SELECT v.id FROM policy_version v
    WHERE v.organisation_id IS NULL AND v.effective_at <= accepted.at
      AND (v.ends_at IS NULL OR v.ends_at > accepted.at) ORDER BY v.effective_at DESC LIMIT 1))
  FROM (SELECT ${acceptedAt} AS at) accepted)`;

const SUBJECT = sql`w.id, w.organisation_id AS "organisationId", w.chain_id AS "chainId", w.asset_id AS "assetId",
  w.to_address AS "to", w.amount, w.created_at AS at, v.withdrawal_id IS NOT NULL AS "hasValue",
  v.amount_krw AS "amountKrw", v.rates`;

/** Locks PENDING withdrawals of a chain, oldest first, skipping what others hold and what waits for something. */
export async function lockPending(tx: Tx, chainId: string, limit: number): Promise<Subject[]> {
  const { rows } = await sql<Subject>`
    WITH pending AS MATERIALIZED (
      SELECT * FROM withdrawal p WHERE p.chain_id = ${chainId} AND p.state = 'PENDING' AND p.not_before <= now()
       ORDER BY p.id LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    SELECT ${SUBJECT}, ${governing} AS "policyVersionId"
      FROM pending w LEFT JOIN withdrawal_value v ON v.withdrawal_id = w.id ORDER BY w.id`.execute(tx);
  return rows;
}

/** Withdrawals of the past, oldest first, for a dry run. `policyVersionId` is the one that governed each then. */
export async function listSubjects(
  db: Queryable,
  filter: { organisationId: string | null; from: Date; after: string | null },
  limit: number,
): Promise<(Subject & { state: string; verdict: string | null })[]> {
  const { rows } = await sql<Subject & { state: string; verdict: string | null }>`
    SELECT ${SUBJECT}, ${governing} AS "policyVersionId", w.state, d.verdict
      FROM withdrawal w
      LEFT JOIN withdrawal_value v ON v.withdrawal_id = w.id
      LEFT JOIN policy_decision d ON d.withdrawal_id = w.id
     WHERE (${filter.organisationId}::uuid IS NULL OR w.organisation_id = ${filter.organisationId})
       AND w.id >= ${lowestUuidAt(filter.from)}
       AND (${filter.after}::uuid IS NULL OR w.id > ${filter.after})
       -- The default is tried on those that it would govern.
       AND (${filter.organisationId}::uuid IS NOT NULL OR NOT EXISTS (
             SELECT 1 FROM policy_version o WHERE o.organisation_id = w.organisation_id AND o.state = 'ACTIVE'))
     ORDER BY w.id LIMIT ${limit}`.execute(db);
  return rows;
}

/** Ids of those that go to an address which their organisation had paid before they were asked for. */
export async function findKnownDestinations(
  db: Queryable,
  subjects: readonly Subject[],
): Promise<Set<string>> {
  if (subjects.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    SELECT r.id FROM ${subjectsTable(subjects)}
     WHERE EXISTS (SELECT 1 FROM withdrawal x
                    WHERE x.organisation_id = r.organisation_id AND x.to_address = r.to_address AND x.id < r.id
                      AND x.chain_id = r.chain_id AND x.state = 'CONFIRMED' AND x.confirmed_at < r.at)`.execute(
    db,
  );
  return new Set(rows.map((row) => row.id));
}

function subjectsTable(subjects: readonly Subject[]): RawBuilder<unknown> {
  return sql`unnest(${subjects.map((one) => one.id)}::uuid[], ${subjects.map((one) => one.organisationId)}::uuid[],
                    ${subjects.map((one) => one.chainId)}::text[], ${subjects.map((one) => one.to)}::text[],
                    ${subjects.map((one) => one.at.toISOString())}::timestamptz[])
             AS r (id, organisation_id, chain_id, to_address, at)`;
}

export type History = { rows: HistoryRow[]; isCut: boolean };

/** Withdrawals of an organisation between `from` and its last subject, or those of them to one place. */
export type Span = {
  /** Names its history. */
  key: string;
  organisationId: string;
  place: { chainId: string; to: string } | null;
  from: Date;
  lastId: string;
  subjects: number;
};

/** Of each span newest first: its subjects, and `HISTORY_ROWS_MAX` before them. */
export async function readHistories(db: Queryable, spans: readonly Span[]): Promise<Map<string, History>> {
  if (spans.length === 0) return new Map();
  const { rows } = await sql<HistoryRow & { key: string }>`
    SELECT s.key, ${HISTORY_ROW}
      FROM ${spansTable(spans)}
     CROSS JOIN LATERAL (SELECT * FROM withdrawal w
                          WHERE w.organisation_id = s.organisation_id AND w.id >= s.first_id AND w.id <= s.last_id
                          ORDER BY w.id DESC LIMIT s.row_max) x
      LEFT JOIN withdrawal_value v ON v.withdrawal_id = x.id
     ORDER BY x.id DESC`.execute(db);
  return sortIntoHistories(spans, rows);
}

/** The same of spans that have a place: what an organisation asked for elsewhere costs nothing. */
export async function readAddressHistories(
  db: Queryable,
  spans: readonly Span[],
): Promise<Map<string, History>> {
  if (spans.length === 0) return new Map();
  const { rows } = await sql<HistoryRow & { key: string }>`
    SELECT s.key, ${HISTORY_ROW}
      FROM ${spansTable(spans)}
     CROSS JOIN LATERAL (SELECT * FROM withdrawal w
                          WHERE w.organisation_id = s.organisation_id AND w.to_address = s.to_address
                            AND w.chain_id = s.chain_id AND w.id >= s.first_id AND w.id <= s.last_id
                          ORDER BY w.id DESC LIMIT s.row_max) x
      LEFT JOIN withdrawal_value v ON v.withdrawal_id = x.id
     ORDER BY x.id DESC`.execute(db);
  return sortIntoHistories(spans, rows);
}

const HISTORY_ROW = sql`x.id, x.created_at AS at, x.to_address AS "to", x.chain_id AS "chainId", x.asset_id AS "assetId",
  x.amount, v.amount_krw AS "amountKrw", x.confirmed_at AS "confirmedAt",
  CASE WHEN x.state = 'FAILED' THEN x.updated_at END AS "failedAt"`;

function spansTable(spans: readonly Span[]): RawBuilder<unknown> {
  return sql`unnest(${spans.map((span) => span.key)}::text[], ${spans.map((span) => span.organisationId)}::uuid[],
                    ${spans.map((span) => span.place?.chainId ?? null)}::text[],
                    ${spans.map((span) => span.place?.to ?? null)}::text[],
                    ${spans.map((span) => lowestUuidAt(span.from))}::uuid[], ${spans.map((span) => span.lastId)}::uuid[],
                    ${spans.map((span) => span.subjects + HISTORY_ROWS_MAX)}::integer[])
             AS s (key, organisation_id, chain_id, to_address, first_id, last_id, row_max)`;
}

function sortIntoHistories(
  spans: readonly Span[],
  rows: readonly (HistoryRow & { key: string })[],
): Map<string, History> {
  const histories = new Map<string, History>(spans.map(({ key }) => [key, { rows: [], isCut: false }]));
  for (const { key, ...row } of rows) histories.get(key)?.rows.push(row);
  for (const { key, subjects } of spans) {
    const history = histories.get(key);
    if (history !== undefined) history.isCut = history.rows.length >= subjects + HISTORY_ROWS_MAX;
  }
  return histories;
}

/** Not before `until`: withdrawals that wait for an answer about their address. They stay PENDING. */
export async function deferPending(tx: Tx, waiting: readonly { id: string; until: Date }[]): Promise<void> {
  if (waiting.length === 0) return;
  await sql`
    UPDATE withdrawal w SET not_before = r.until
      FROM unnest(${waiting.map((one) => one.id)}::uuid[], ${waiting.map((one) => one.until.toISOString())}::timestamptz[])
        AS r (id, until)
     WHERE w.id = r.id AND w.state || '' = 'PENDING'`.execute(tx);
}
