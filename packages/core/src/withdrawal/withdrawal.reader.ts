import type { Queryable } from '@naru/db/database.ts';

import { type RawBuilder, sql } from 'kysely';
import { readPendingReviews } from '../approval/approval.reader.ts';
import { BULK_LIST_COUNTED_ROWS_MAX } from './withdrawal.limits.ts';
import type { WithdrawalState } from './withdrawal.machine.ts';
import type { Bulk, ListedBulk, Page, Withdrawal, WithdrawalEvent, WithdrawalFilter } from './withdrawal.ts';

type Row = Omit<Withdrawal, 'transaction' | 'failure' | 'review'> & {
  failureCode: string | null;
  failureMessage: string | null;
  failureRetryable: boolean | null;
  chainTxId: string | null;
  hash: string | null;
  subAccount: string | null;
  nonce: bigint | null;
  blockNumber: bigint | null;
  headNumber: bigint | null;
  requiredConfirmations: number;
  explorerUrl: string | null;
};

/** Those that `where` names. */
async function select(db: Queryable, where: RawBuilder<unknown>, limit: number): Promise<Withdrawal[]> {
  return await describeWithdrawals(db, newest(where, limit));
}

function newest(where: RawBuilder<unknown>, limit: number): RawBuilder<unknown> {
  return sql`(SELECT * FROM withdrawal w WHERE ${where} ORDER BY w.id DESC LIMIT ${limit})`;
}

/** Rows of `withdrawal` (a table or subquery), newest first, each with its transaction as it stands. */
export async function describeWithdrawals(
  db: Queryable,
  withdrawals: RawBuilder<unknown>,
): Promise<Withdrawal[]> {
  const { rows } = await sql<Row>`
    WITH c AS MATERIALIZED (
      SELECT id, explorer_url, coalesce(setting_in_force('finality.confirmations', id)::integer, confirmations) AS confirmations
        FROM chain
    )
    SELECT w.id, w.organisation_id AS "organisationId", w.chain_id AS chain, a.code AS asset, a.decimals,
           w.to_address AS "to", w.amount, w.fee, w.reference, w.priority, w.metadata, w.bulk_id AS "bulkId",
           w.bulk_row AS "bulkRow", w.state, w.created_at AS "createdAt", w.updated_at AS "updatedAt",
           w.confirmed_at AS "confirmedAt", w.failure_code AS "failureCode", w.failure_message AS "failureMessage",
           w.failure_retryable AS "failureRetryable", w.chain_tx_id AS "chainTxId", t.hash, s.address AS "subAccount",
           x.nonce, x.block_number AS "blockNumber", cursor.head_number AS "headNumber",
           c.confirmations AS "requiredConfirmations", c.explorer_url AS "explorerUrl"
      FROM ${withdrawals} w
      JOIN asset a ON a.id = w.asset_id
      JOIN c ON c.id = w.chain_id
      LEFT JOIN chain_cursor cursor ON cursor.chain_id = w.chain_id
      LEFT JOIN chain_tx x ON x.id = w.chain_tx_id
      LEFT JOIN sub_account s ON s.id = x.sub_account_id
      LEFT JOIN LATERAL (
        SELECT hash FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id
         ORDER BY (t.number = x.mined_attempt) DESC NULLS LAST, t.number DESC LIMIT 1) t ON true
     ORDER BY w.id DESC`.execute(db);
  const found = rows.map(toWithdrawal);
  const waiting = found.filter((withdrawal) => withdrawal.state === 'REVIEW');
  if (waiting.length === 0) return found;
  const reviews = await readPendingReviews(
    db,
    waiting.map((withdrawal) => withdrawal.id),
  );
  return found.map((withdrawal) => ({ ...withdrawal, review: reviews.get(withdrawal.id) ?? null }));
}

function toWithdrawal(row: Row): Withdrawal {
  const { failureCode, failureMessage, failureRetryable, chainTxId, hash, subAccount, nonce } = row;
  return {
    id: row.id,
    organisationId: row.organisationId,
    chain: row.chain,
    asset: row.asset,
    decimals: row.decimals,
    to: row.to,
    amount: row.amount,
    fee: row.fee,
    reference: row.reference,
    priority: row.priority,
    metadata: row.metadata,
    bulkId: row.bulkId,
    bulkRow: row.bulkRow,
    state: row.state,
    transaction:
      chainTxId === null || subAccount === null || nonce === null
        ? null
        : {
            chainTxId,
            hash,
            subAccount,
            nonce,
            blockNumber: row.blockNumber,
            confirmations: countConfirmations(row),
            requiredConfirmations: row.requiredConfirmations,
            explorerUrl: row.explorerUrl === null || hash === null ? null : `${row.explorerUrl}/tx/${hash}`,
          },
    failure:
      failureCode === null
        ? null
        : { code: failureCode, message: failureMessage ?? '', retryable: failureRetryable ?? false },
    review: null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    confirmedAt: row.confirmedAt,
  };
}

/** The block that holds the transaction counts as the first confirmation. */
function countConfirmations(row: Pick<Row, 'blockNumber' | 'headNumber'>): bigint {
  if (row.blockNumber === null || row.headNumber === null || row.headNumber < row.blockNumber) return 0n;
  return row.headNumber - row.blockNumber + 1n;
}

export async function readWithdrawal(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<Withdrawal | null> {
  const [row] = await select(db, sql`w.id = ${id} AND w.organisation_id = ${organisationId}`, 1);
  return row ?? null;
}

/** By ids of one or more organisations: for the answers of a batch of requests. */
export async function readWithdrawalsById(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, Withdrawal>> {
  if (ids.length === 0) return new Map();
  const rows = await select(db, sql`w.id = ANY (${ids}::uuid[])`, ids.length);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function listWithdrawals(
  db: Queryable,
  organisationId: string,
  filter: WithdrawalFilter,
  page: Page,
): Promise<{ data: Withdrawal[]; next: string | null }> {
  const conditions = [sql`w.organisation_id = ${organisationId}`];
  if (filter.chain !== undefined) conditions.push(sql`w.chain_id = ${filter.chain}`);
  if (filter.asset !== undefined)
    conditions.push(sql`w.asset_id IN (SELECT id FROM asset WHERE code = ${filter.asset})`);
  if (filter.to !== undefined) conditions.push(sql`w.to_address = ${filter.to}`);
  if (filter.reference !== undefined) conditions.push(sql`w.reference = ${filter.reference}`);
  if (filter.priority !== undefined) conditions.push(sql`w.priority = ${filter.priority}`);
  if (filter.bulkId !== undefined) conditions.push(sql`w.bulk_id = ${filter.bulkId}`);
  // Ids begin with the millisecond of their making, which is also created_at: one index serves both.
  if (filter.createdFrom !== undefined) conditions.push(sql`w.id >= ${lowestUuidAt(filter.createdFrom)}`);
  if (filter.createdTo !== undefined) conditions.push(sql`w.id < ${lowestUuidAt(filter.createdTo)}`);
  if (page.after !== null) conditions.push(sql`w.id < ${page.after}`);
  const where = sql.join(conditions, sql` AND `);
  const limit = page.limit + 1;
  const rows = await describeWithdrawals(db, newestOf(filter, where, limit));
  const data = rows.slice(0, page.limit);
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

function newestOf(
  { bulkId, state }: WithdrawalFilter,
  where: RawBuilder<unknown>,
  limit: number,
): RawBuilder<unknown> {
  if (bulkId !== undefined)
    return newestOfBulk(state === undefined ? where : sql`${where} AND w.state = ANY (${state})`, limit);
  return state === undefined ? newest(where, limit) : newestInStates(where, state, limit);
}

/**
 * All that the file has, by its index, and then the newest. In one step the planner goes through the owner's list from
 * its end, until it has found enough of them or has read all of it.
 */
function newestOfBulk(where: RawBuilder<unknown>, limit: number): RawBuilder<unknown> {
  return sql`(SELECT * FROM (SELECT w.* FROM withdrawal w WHERE ${where} OFFSET 0) w ORDER BY w.id DESC LIMIT ${limit})`;
}

/**
 * Each state by itself, by the index that holds it in order of ids. With all of them in one condition the planner reads
 * the owner's whole list when what it knows of the states is old: how many are PENDING changes faster than statistics.
 */
function newestInStates(
  where: RawBuilder<unknown>,
  states: readonly WithdrawalState[],
  limit: number,
): RawBuilder<unknown> {
  if (states.length === 0) return newest(sql`false`, limit);
  // As literals: only so can the planner see that a partial index holds the state.
  const each = [...new Set(states)].map((state) =>
    newest(sql`${where} AND w.state = ${sql.lit(state)}`, limit),
  );
  return sql`(SELECT * FROM (${sql.join(each, sql` UNION ALL `)}) w ORDER BY w.id DESC LIMIT ${limit})`;
}

/** The smallest UUIDv7 of a millisecond. Source: RFC 9562, 5.7. */
export function lowestUuidAt(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

export async function listEvents(
  db: Queryable,
  organisationId: string,
  id: string,
): Promise<(WithdrawalEvent & { chainTxId: string | null })[] | null> {
  const { rows } = await sql<WithdrawalEvent & { chainTxId: string | null }>`
    SELECT e.from_state AS "from", e.to_state AS "to", e.actor, e.reason, e.at, e.chain_tx_id AS "chainTxId"
      FROM withdrawal_event e
      JOIN withdrawal w ON w.id = e.withdrawal_id
     WHERE w.id = ${id} AND w.organisation_id = ${organisationId} ORDER BY e.version`.execute(db);
  return rows.length === 0 ? null : rows;
}

export async function readBulk(db: Queryable, organisationId: string, id: string): Promise<Bulk | null> {
  const { rows } = await sql<{ id: string; total: number; createdAt: Date }>`
    SELECT id, total, created_at AS "createdAt" FROM bulk_withdrawal
     WHERE id = ${id} AND organisation_id = ${organisationId}`.execute(db);
  const bulk = rows[0];
  if (bulk === undefined) return null;
  const { rows: counts } = await sql<{ state: WithdrawalState; count: number }>`
    SELECT state, count(*)::integer AS count FROM withdrawal WHERE bulk_id = ${id} GROUP BY state`.execute(
    db,
  );
  return { ...bulk, counts: Object.fromEntries(counts.map((row) => [row.state, row.count])) };
}

/** Newest first. The newest files are counted by state, as long as they are short enough together. */
export async function listBulks(
  db: Queryable,
  organisationId: string,
  page: Page,
): Promise<{ data: ListedBulk[]; next: string | null }> {
  const { rows } = await sql<Omit<ListedBulk, 'counts'>>`
    SELECT id, total, created_at AS "createdAt", completed_at AS "completedAt" FROM bulk_withdrawal
     WHERE organisation_id = ${organisationId} AND (${page.after}::uuid IS NULL OR id < ${page.after})
     ORDER BY id DESC LIMIT ${page.limit + 1}`.execute(db);
  const data = rows.slice(0, page.limit);
  let left = BULK_LIST_COUNTED_ROWS_MAX;
  const counted = data.filter(({ total }) => {
    if (total > left) return false;
    left -= total;
    return true;
  });
  const ids = counted.map(({ id }) => id);
  const { rows: counts } = await sql<{ id: string; state: WithdrawalState; count: number }>`
    SELECT bulk_id AS id, state, count(*)::integer AS count FROM withdrawal
     WHERE bulk_id = ANY (${ids}::uuid[]) GROUP BY bulk_id, state`.execute(db);
  const byFile = Map.groupBy(counts, ({ id }) => id);
  const countsOf = (id: string) =>
    Object.fromEntries((byFile.get(id) ?? []).map(({ state, count }) => [state, count]));
  return {
    data: data.map((bulk) => ({ ...bulk, counts: ids.includes(bulk.id) ? countsOf(bulk.id) : null })),
    next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null,
  };
}

/** All rows of a bulk file in the order of the file, in chunks. */
export async function* readBulkRows(
  db: Queryable,
  organisationId: string,
  bulkId: string,
  chunkRows: number,
): AsyncGenerator<Withdrawal[]> {
  for (let first = 1; ; first += chunkRows) {
    const rows = await select(
      db,
      sql`w.bulk_id = ${bulkId} AND w.organisation_id = ${organisationId}
          AND w.bulk_row BETWEEN ${first} AND ${first + chunkRows - 1}`,
      chunkRows,
    );
    if (rows.length === 0) return;
    yield rows.sort((one, other) => (one.bulkRow ?? 0) - (other.bulkRow ?? 0));
  }
}
