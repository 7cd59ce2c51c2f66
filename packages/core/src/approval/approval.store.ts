import type { Queryable, Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { type RawBuilder, sql } from 'kysely';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import type { Confirmation, Decision } from './approval.machine.ts';
import type { VotingKey } from './judge-vote.ts';

/** A withdrawal that is to be reviewed, locked until the commit, with who asked for it. */
export type Reviewable = { id: string; state: WithdrawalState; version: number; requester: string };

/** In the order of ids, the one order in which a set of withdrawals is locked. */
export async function lockReviewable(tx: Tx, ids: readonly string[]): Promise<Reviewable[]> {
  const { rows } = await sql<Reviewable>`
    SELECT w.id, w.state, w.version, e.actor AS requester
      FROM withdrawal w JOIN withdrawal_event e ON e.withdrawal_id = w.id AND e.version = 1
     WHERE w.id = ANY (${ids}::uuid[]) ORDER BY w.id FOR UPDATE OF w`.execute(tx);
  return rows;
}

export type NewReview = {
  id: string;
  withdrawalId: string;
  /** The withdrawal's version once it is in REVIEW. */
  withdrawalVersion: number;
  quorum: number;
  expiresInMs: number;
  reasons: readonly { code: string; text: string }[];
  policyVersionId: string | null;
  requester: string;
  requesterKeyId: string | null;
};

/** Owner, holder and hash are read where they are true, and checked by the trigger. */
export async function insertReviews(tx: Tx, rows: readonly NewReview[]): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO withdrawal_review (id, withdrawal_id, withdrawal_version, organisation_id, quorum, reasons,
                                   policy_version_id, requester, requester_key_id, requester_holder, facts_hash,
                                   expires_at)
    SELECT r.id, w.id, r.version, w.organisation_id, r.quorum, r.reasons, r.policy_version_id, r.requester,
           r.requester_key_id, k.holder, review_facts_hash(w.id),
           clock_timestamp() + r.expires_in_ms * interval '1 millisecond'
      FROM unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.withdrawalId)}::uuid[],
                  ${rows.map((row) => row.withdrawalVersion)}::integer[], ${rows.map((row) => row.quorum)}::integer[],
                  ${rows.map((row) => row.expiresInMs)}::float8[],
                  ${rows.map((row) => JSON.stringify(row.reasons))}::json[],
                  ${rows.map((row) => row.policyVersionId)}::uuid[], ${rows.map((row) => row.requester)}::text[],
                  ${rows.map((row) => row.requesterKeyId)}::uuid[])
        AS r (id, withdrawal_id, version, quorum, expires_in_ms, reasons, policy_version_id, requester, requester_key_id)
      JOIN withdrawal w ON w.id = r.withdrawal_id
      LEFT JOIN api_key k ON k.id = r.requester_key_id`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/**
 * Ends the open review of each of these withdrawals; the withdrawals themselves are moved after it, in the same
 * transaction. Returns how many reviews that were.
 */
export async function cancelReviews(tx: Tx, withdrawalIds: readonly string[]): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE withdrawal_review SET state = 'CANCELED', closed_at = clock_timestamp()
     WHERE state = 'OPEN' AND withdrawal_id = ANY (${withdrawalIds}::uuid[])`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** The same for withdrawals that a block holds already, as a restored database finds out. `chainTxId`: their batch. */
export async function overtakeReviews(
  tx: Tx,
  withdrawalIds: readonly string[],
  chainTxId: string,
): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE withdrawal_review SET state = 'OVERTAKEN', chain_tx_id = ${chainTxId}, closed_at = clock_timestamp()
     WHERE state = 'OPEN' AND withdrawal_id = ANY (${withdrawalIds}::uuid[])`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Locks the review itself; its withdrawal is locked before it. */
export async function lockReview(tx: Tx, id: string): Promise<ReviewFacts> {
  return await selectFacts(tx, id, sql`FOR UPDATE OF r`);
}

/** As it stands, for people. */
export async function readReviewFacts(db: Queryable, id: string): Promise<ReviewFacts> {
  return await selectFacts(db, id, sql``);
}

type ReviewFacts = { requesterKeyId: string | null; factsHash: Buffer; network: 'local' | 'test' | 'main' };

async function selectFacts(db: Queryable, id: string, lock: RawBuilder<unknown>): Promise<ReviewFacts> {
  const { rows } = await sql<ReviewFacts>`
    SELECT r.requester_key_id AS "requesterKeyId", review_facts_hash(w.id) AS "factsHash", c.network
      FROM withdrawal_review r
      JOIN withdrawal w ON w.id = r.withdrawal_id
      JOIN chain c ON c.id = w.chain_id
     WHERE r.id = ${id} ${lock}`.execute(db);
  return assertPresent(rows[0], `review ${id}`);
}

/** The key of a vote, as it stands now and not as a cache has it. */
export async function readVotingKey(tx: Queryable, apiKeyId: string): Promise<VotingKey | null> {
  const { rows } = await sql<VotingKey>`
    SELECT id AS "apiKeyId", organisation_id AS "organisationId", holder, scopes, network,
           (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())) AS "isValid"
      FROM api_key WHERE id = ${apiKeyId}`.execute(tx);
  return rows[0] ?? null;
}

export async function insertVote(
  tx: Tx,
  vote: {
    reviewId: string;
    holder: string;
    apiKeyId: string;
    decision: Decision;
    factsHash: Buffer;
    reason: string | null;
  },
): Promise<void> {
  await sql`
    INSERT INTO withdrawal_vote (review_id, holder, api_key_id, decision, facts_hash, reason)
    VALUES (${vote.reviewId}, ${vote.holder}, ${vote.apiKeyId}, ${vote.decision}, ${vote.factsHash}, ${vote.reason})`.execute(
    tx,
  );
}

/** OPEN → what its votes have made of it. */
export async function closeReview(
  tx: Tx,
  id: string,
  to: { state: 'APPROVED' | 'DENIED'; confirmation: Confirmation },
): Promise<void> {
  const { numAffectedRows } = await sql`
    UPDATE withdrawal_review
       SET state = ${to.state}, confirmation = ${to.confirmation}, closed_at = clock_timestamp()
     WHERE id = ${id} AND state = 'OPEN'`.execute(tx);
  assert(numAffectedRows === 1n, `review ${id} did not become ${to.state}`);
}

export async function recordConfirmation(
  tx: Tx,
  id: string,
  confirmation: 'CONFIRMED' | 'OBJECTED',
): Promise<void> {
  const { numAffectedRows } = await sql`
    UPDATE withdrawal_review SET confirmation = ${confirmation} WHERE id = ${id} AND confirmation = 'DUE'`.execute(
    tx,
  );
  assert(numAffectedRows === 1n, `review ${id} was not to be confirmed`);
}

/** Withdrawals of a chain whose review is out of time, locked, the longest waiting first. */
export async function lockOverdue(tx: Tx, chainId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT w.id
      FROM withdrawal_review r JOIN withdrawal w ON w.id = r.withdrawal_id
     WHERE r.state = 'OPEN' AND r.expires_at <= clock_timestamp() AND w.chain_id = ${chainId}
     ORDER BY w.id LIMIT ${limit} FOR UPDATE OF w SKIP LOCKED`.execute(tx);
  return rows.map((row) => row.id);
}

/** OPEN → EXPIRED for those that are out of time. Returns their withdrawals. */
export async function expireReviews(tx: Tx, withdrawalIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    UPDATE withdrawal_review SET state = 'EXPIRED', closed_at = clock_timestamp()
     WHERE state = 'OPEN' AND expires_at <= clock_timestamp() AND withdrawal_id = ANY (${withdrawalIds}::uuid[])
    RETURNING withdrawal_id AS id`.execute(tx);
  return rows.map((row) => row.id);
}
