import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type PolicyDocument, policyDocument } from '@naru/wire/policy-document.ts';
import { sql } from 'kysely';
import { EFFECTIVE_AFTER_MS, VERSIONS_LISTED_MAX } from './policy.limits.ts';
import type { Decision, PolicyState, PolicyVersion } from './policy.ts';

type VersionRow = Omit<PolicyVersion, 'document'> & { document: unknown };

const COLUMNS = sql`v.id, v.organisation_id AS "organisationId", v.number, v.state, v.document, v.author, v.note,
  v.created_at AS "createdAt", v.effective_at AS "effectiveAt", v.ends_at AS "endsAt"`;

/** A document that was stored was valid: one that is not is a bug, and nothing is decided by it. */
function toVersion({ document, ...row }: VersionRow): PolicyVersion {
  return { ...row, document: policyDocument.parse(document) };
}

export async function insertVersion(
  tx: Tx,
  version: {
    id: string;
    organisationId: string | null;
    document: PolicyDocument;
    author: string;
    note: string | null;
  },
): Promise<void> {
  const { id, organisationId, document, author, note } = version;
  await sql`
    INSERT INTO policy_version (id, organisation_id, number, document, author, note)
    SELECT ${id}, ${organisationId}, 1 + coalesce(max(number), 0), ${JSON.stringify(document)}::json, ${author}, ${note}
      FROM policy_version WHERE organisation_id IS NOT DISTINCT FROM ${organisationId}::uuid`.execute(tx);
}

/** Whoever else writes or switches versions of this organisation (or the default) waits. */
export async function lockVersions(tx: Tx, organisationId: string | null): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`policy/${organisationId ?? 'default'}`}, 11))`.execute(
    tx,
  );
}

export async function countDrafts(tx: Tx, organisationId: string | null): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM policy_version
     WHERE organisation_id IS NOT DISTINCT FROM ${organisationId}::uuid AND state = 'DRAFT'`.execute(tx);
  return rows[0]?.count ?? 0;
}

export async function readVersion(db: Queryable, id: string): Promise<PolicyVersion | null> {
  const { rows } = await sql<VersionRow>`SELECT ${COLUMNS} FROM policy_version v WHERE v.id = ${id}`.execute(
    db,
  );
  return rows[0] === undefined ? null : toVersion(rows[0]);
}

/** The newest first. `organisationId` null: of the default; undefined: all. */
export async function listVersions(
  db: Queryable,
  filter: { organisationId?: string | null | undefined; state?: PolicyState | undefined },
): Promise<PolicyVersion[]> {
  const { organisationId, state } = filter;
  const { rows } = await sql<VersionRow>`
    SELECT ${COLUMNS} FROM policy_version v
     WHERE (${organisationId === undefined} OR v.organisation_id IS NOT DISTINCT FROM ${organisationId ?? null}::uuid)
       AND (${state ?? null}::text IS NULL OR v.state = ${state ?? null})
     ORDER BY v.created_at DESC, v.id DESC LIMIT ${VERSIONS_LISTED_MAX}`.execute(db);
  return rows.map(toVersion);
}

/** What governs now or will, and what ended so lately that something accepted under it may still come. */
export async function readVersionsInForce(db: Queryable): Promise<PolicyVersion[]> {
  const { rows } = await sql<VersionRow>`
    SELECT ${COLUMNS} FROM policy_version v
     WHERE v.effective_at IS NOT NULL AND (v.ends_at IS NULL OR v.ends_at > now() - interval '1 hour')
     ORDER BY v.effective_at DESC`.execute(db);
  return rows.map(toVersion);
}

/** Whether there is anything to judge by, and the database's time. One cheap statement: every process asks each second. */
export async function readPresence(
  db: Queryable,
): Promise<{ hasPolicies: boolean; hasTiers: boolean; hasBlocked: boolean; at: Date }> {
  const { rows } = await sql<{ hasPolicies: boolean; hasTiers: boolean; hasBlocked: boolean; at: Date }>`
    SELECT EXISTS (SELECT 1 FROM policy_version WHERE effective_at IS NOT NULL) AS "hasPolicies",
           EXISTS (SELECT 1 FROM organisation_tier) AS "hasTiers",
           EXISTS (SELECT 1 FROM blocked_address) AS "hasBlocked", clock_timestamp() AS at`.execute(db);
  return assertPresent(rows[0], 'presence of rules');
}

export async function readVersionsById(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, PolicyVersion>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<VersionRow>`
    SELECT ${COLUMNS} FROM policy_version v WHERE v.id = ANY (${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, toVersion(row)]));
}

/** To the millisecond, which is all that a program sees of it. */
const soon = sql`date_trunc('milliseconds', clock_timestamp() + ${EFFECTIVE_AFTER_MS} * interval '1 millisecond')`;

/**
 * ACTIVE → RETIRED for the version in force of an organisation, which ends `EFFECTIVE_AFTER_MS` from now. Returns when;
 * null: none was in force.
 */
export async function endActive(tx: Tx, organisationId: string | null): Promise<Date | null> {
  const { rows } = await sql<{ endsAt: Date }>`
    UPDATE policy_version SET state = 'RETIRED', ends_at = greatest(effective_at, ${soon})
     WHERE organisation_id IS NOT DISTINCT FROM ${organisationId}::uuid AND state = 'ACTIVE'
    RETURNING ends_at AS "endsAt"`.execute(tx);
  return rows[0]?.endsAt ?? null;
}

/**
 * DRAFT → ACTIVE, in force from `at` on, when the one before it ends; null: soon, and not before any other has ended.
 * False: it is no draft.
 */
export async function beginActive(tx: Tx, id: string, at: Date | null): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE policy_version v
       SET state = 'ACTIVE',
           effective_at = coalesce(${at}::timestamptz, greatest(${soon},
             (SELECT max(o.ends_at) FROM policy_version o WHERE o.organisation_id IS NOT DISTINCT FROM v.organisation_id)))
     WHERE v.id = ${id} AND v.state = 'DRAFT'`.execute(tx);
  return numAffectedRows === 1n;
}

/** DRAFT → RETIRED. False: it is no draft. */
export async function discardDraft(tx: Tx, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE policy_version SET state = 'RETIRED' WHERE id = ${id} AND state = 'DRAFT'`.execute(tx);
  return numAffectedRows === 1n;
}

export async function insertDecisions(
  tx: Tx,
  decisions: readonly Omit<Decision, 'decidedAt' | 'policyNumber'>[],
): Promise<void> {
  if (decisions.length === 0) return;
  await sql`
    INSERT INTO policy_decision (withdrawal_id, organisation_id, policy_version_id, verdict, score, reasons, inputs,
                                 approvals_required)
    SELECT * FROM unnest(${decisions.map((one) => one.withdrawalId)}::uuid[],
                         ${decisions.map((one) => one.organisationId)}::uuid[],
                         ${decisions.map((one) => one.policyVersionId)}::uuid[],
                         ${decisions.map((one) => one.verdict)}::text[],
                         ${decisions.map((one) => one.score)}::smallint[],
                         ${decisions.map((one) => JSON.stringify(one.reasons))}::json[],
                         ${decisions.map((one) => JSON.stringify(one.inputs))}::json[],
                         ${decisions.map((one) => one.approvalsRequired)}::integer[])`.execute(tx);
}

/** `organisationId` null: whoever owns it, for operators. */
export async function readDecision(
  db: Queryable,
  organisationId: string | null,
  withdrawalId: string,
): Promise<Decision | null> {
  const { rows } = await sql<Decision>`
    SELECT d.withdrawal_id AS "withdrawalId", d.organisation_id AS "organisationId",
           d.policy_version_id AS "policyVersionId", v.number AS "policyNumber", d.verdict, d.score, d.reasons, d.inputs,
           d.approvals_required AS "approvalsRequired", d.decided_at AS "decidedAt"
      FROM policy_decision d LEFT JOIN policy_version v ON v.id = d.policy_version_id
     WHERE d.withdrawal_id = ${withdrawalId}
       AND (${organisationId}::uuid IS NULL OR d.organisation_id = ${organisationId})`.execute(db);
  return rows[0] ?? null;
}
