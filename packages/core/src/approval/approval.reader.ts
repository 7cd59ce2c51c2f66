import type { Queryable } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import type { PendingReview } from '../withdrawal/withdrawal.ts';
import type { Confirmation, ReviewState } from './approval.machine.ts';
import type { Review, Vote } from './approval.ts';

export type ReviewFilter = {
  /** Null: of all organisations, for operators of the installation. */
  organisationId: string | null;
  state?: readonly ReviewState[];
  confirmation?: Confirmation;
  withdrawalId?: string;
};

/** One that is over is EXPIRED at that moment: the row follows when a loop comes by. */
const stateNow = sql`
  CASE WHEN r.state = 'OPEN' AND r.expires_at <= clock_timestamp() THEN 'EXPIRED' ELSE r.state END`;

/** The newest first; `after` is the id of the last one of the page before. */
export async function listReviews(
  db: Queryable,
  filter: ReviewFilter,
  page: { limit: number; after: string | null },
): Promise<{ data: Review[]; next: string | null }> {
  const conditions = [sql`true`];
  if (filter.organisationId !== null) conditions.push(sql`r.organisation_id = ${filter.organisationId}`);
  if (filter.state !== undefined) conditions.push(sql`${stateNow} = ANY (${filter.state}::text[])`);
  // Lets the planner see that the index of waiting reviews has them.
  if (filter.state?.every((state) => state === 'OPEN') === true) conditions.push(sql`r.state = 'OPEN'`);
  if (filter.confirmation !== undefined) conditions.push(sql`r.confirmation = ${filter.confirmation}`);
  if (filter.withdrawalId !== undefined) conditions.push(sql`r.withdrawal_id = ${filter.withdrawalId}`);
  if (page.after !== null) conditions.push(sql`r.id < ${page.after}`);
  const rows = await selectReviews(db, sql.join(conditions, sql` AND `), page.limit + 1);
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

/** `organisationId` null: whichever it belongs to. */
export async function readReview(
  db: Queryable,
  organisationId: string | null,
  id: string,
): Promise<Review | null> {
  const owned = organisationId === null ? sql`true` : sql`r.organisation_id = ${organisationId}`;
  const [review] = await selectReviews(db, sql`r.id = ${id} AND ${owned}`, 1);
  return review ?? null;
}

/** What these withdrawals wait for, those of them that wait. */
export async function readPendingReviews(
  db: Queryable,
  withdrawalIds: readonly string[],
): Promise<Map<string, PendingReview>> {
  const { rows } = await sql<PendingReview & { withdrawalId: string }>`
    SELECT r.id, r.withdrawal_id AS "withdrawalId", r.quorum, r.reasons, r.expires_at AS "expiresAt",
           (SELECT count(DISTINCT v.holder)::integer FROM withdrawal_vote v
             WHERE v.review_id = r.id AND v.decision = 'APPROVE') AS approvals
      FROM withdrawal_review r WHERE r.state = 'OPEN' AND r.withdrawal_id = ANY (${withdrawalIds}::uuid[])`.execute(
    db,
  );
  return new Map(rows.map(({ withdrawalId, ...review }) => [withdrawalId, review]));
}

/** The newest review of each of these withdrawals that has any. */
export async function readLatestReviews(
  db: Queryable,
  withdrawalIds: readonly string[],
): Promise<Map<string, Review>> {
  if (withdrawalIds.length === 0) return new Map();
  const rows = await selectReviews(db, sql`r.withdrawal_id = ANY (${withdrawalIds}::uuid[])`, null);
  // Newest first, so the last one to be set for a withdrawal would be its oldest.
  return new Map(rows.reverse().map((review) => [review.withdrawalId, review]));
}

async function selectReviews(
  db: Queryable,
  where: RawBuilder<unknown>,
  limit: number | null,
): Promise<Review[]> {
  const { rows } = await sql<Omit<Review, 'votes'>>`
    SELECT r.id, r.withdrawal_id AS "withdrawalId", r.organisation_id AS "organisationId", ${stateNow} AS state,
           r.quorum, r.reasons, r.policy_version_id AS "policyVersionId", r.requester,
           r.requester_holder AS "requesterHolder", r.confirmation, r.opened_at AS "openedAt",
           r.expires_at AS "expiresAt", r.closed_at AS "closedAt", w.chain_id AS chain, a.code AS asset, a.decimals,
           w.to_address AS "to", w.amount, w.priority
      FROM withdrawal_review r
      JOIN withdrawal w ON w.id = r.withdrawal_id
      JOIN asset a ON a.id = w.asset_id
     WHERE ${where} ORDER BY r.id DESC LIMIT ${limit}`.execute(db);
  if (rows.length === 0) return [];
  const { rows: votes } = await sql<Vote & { reviewId: string }>`
    SELECT review_id AS "reviewId", holder, api_key_id AS "apiKeyId", decision, reason, at
      FROM withdrawal_vote WHERE review_id = ANY (${rows.map((row) => row.id)}::uuid[]) ORDER BY at, holder`.execute(
    db,
  );
  const byReview = Map.groupBy(votes, (vote) => vote.reviewId);
  return rows.map((row) => ({
    ...row,
    votes: (byReview.get(row.id) ?? []).map(({ reviewId: _, ...vote }) => vote),
  }));
}
