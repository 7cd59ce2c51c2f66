import type { Queryable, Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { type RawBuilder, sql } from 'kysely';
import { GENESIS_HASH, type Seal, type SealedRow } from './seal.ts';

/** Any constant will do, as long as all versions of the program use the same. */
const SEAL_LOCK_ID = 7_230_101n;

/** The logs that are sealed by their positions. */
export const logStreams = ['withdrawal_event', 'audit_event'] as const;
export type LogStream = (typeof logStreams)[number];
const LEDGER_PREFIX = 'ledger_transfer ';

export function isLogStream(stream: string): stream is LogStream {
  return logStreams.some((one) => one === stream);
}

/** The table that a stream's rows stand in, for people. */
export function tableOf(stream: string): string {
  return stream.split(' ')[0] ?? stream;
}

/**
 * The accounts whose history is sealed: the house's own. Every transfer has one of them on a side, and the versions of
 * an account have no gaps and become visible in their order, since its row is locked until the commit.
 */
export async function listLedgerStreams(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ledger_account WHERE kind <> 'CUSTOMER' ORDER BY created_at, id`.execute(db);
  return rows.map(({ id }) => LEDGER_PREFIX + id);
}

/** Microseconds since 1970, which is all that PostgreSQL keeps of a moment. */
const micros = (column: RawBuilder<unknown>) => sql`(extract(epoch FROM ${column}) * 1000000)::bigint::text`;

/**
 * What is sealed of a row; an accepted withdrawal's event also seals what was asked for. The order is the encoding. They
 * travel as JSON of texts, which takes this process half the work of an array and leaves every text as it is.
 */
function rowsOf(stream: string, range: RawBuilder<unknown>): RawBuilder<SealedRow> {
  if (stream === 'withdrawal_event')
    return sql`
      SELECT e.position, e.withdrawal_id || ' version ' || e.version AS id,
             json_build_array('withdrawal_event', e.position::text, e.withdrawal_id::text, e.version::text, e.from_state,
                   e.to_state, e.actor, e.reason, e.chain_tx_id::text, ${micros(sql`e.at`)}, e.transaction_id::text,
                   w.organisation_id::text, w.chain_id, w.asset_id, w.to_address, w.amount::text, w.priority,
                   ${micros(sql`w.created_at`)}) AS fields
        FROM withdrawal_event e LEFT JOIN withdrawal w ON w.id = e.withdrawal_id AND e.version = 1
       WHERE e.position ${range}`;
  if (stream === 'audit_event')
    return sql`
      SELECT e.position, e.position::text AS id,
             json_build_array('audit_event', e.position::text, e.transaction_id::text, ${micros(sql`e.at`)}, e.actor, e.action,
                   e.subject, e.before::text, e.after::text, e.reason, e.origin, e.application, e.request_id) AS fields
        FROM audit_event e WHERE e.position ${range}`;
  const accountId = stream.slice(LEDGER_PREFIX.length);
  const fields = sql`
    json_build_array('ledger_transfer', t.id::text, t.kind, t.pending_id::text, t.debit_account_id::text,
          t.credit_account_id::text, t.asset_id, t.amount::text, t.debit_version::text, t.credit_version::text,
          t.reason, t.reference_id::text, ${micros(sql`t.created_at`)}) AS fields`;
  return sql`
    SELECT t.debit_version AS position, t.id::text AS id, ${fields} FROM ledger_transfer t
     WHERE t.debit_account_id = ${accountId} AND t.debit_version ${range}
    UNION ALL
    SELECT t.credit_version, t.id::text, ${fields} FROM ledger_transfer t
     WHERE t.credit_account_id = ${accountId} AND t.credit_version ${range}`;
}

/** Rows of a stream after a position, in order, at most `limit`. */
export async function readStream(
  db: Queryable,
  stream: string,
  after: bigint,
  limit: number,
): Promise<SealedRow[]> {
  // Versions of an account have no gaps, so their range is known; both sides of it are then read by their indexes.
  if (!isLogStream(stream)) return await readStreamBetween(db, stream, after, after + BigInt(limit));
  const { rows } = await sql<SealedRow>`
    ${rowsOf(stream, sql`> ${after}`)} ORDER BY position LIMIT ${limit}`.execute(db);
  return rows;
}

/** All rows of a stream after one position up to another. */
export async function readStreamBetween(
  db: Queryable,
  stream: string,
  after: bigint,
  last: bigint,
): Promise<SealedRow[]> {
  const { rows } = await sql<SealedRow>`
    ${rowsOf(stream, sql`BETWEEN ${after + 1n} AND ${last}`)} ORDER BY position`.execute(db);
  return rows;
}

/** A number above that of every transaction that has one now. To be called outside of a transaction. */
export async function takeTransactionNumber(db: Queryable): Promise<bigint> {
  const { rows } = await sql<{ number: bigint }>`SELECT pg_current_xact_id()::text::bigint AS number`.execute(
    db,
  );
  return assertPresent(rows[0], 'transaction number').number;
}

/** Every transaction with this number or a lower one has ended: what they wrote is visible, or never will be. */
export async function haveEnded(db: Queryable, number: bigint): Promise<boolean> {
  const { rows } = await sql<{ ended: boolean }>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > ${number} AS ended`.execute(db);
  return rows[0]?.ended === true;
}

/** The position up to which a stream is sealed; 0 at its beginning. */
export async function readSealedUpTo(db: Queryable, stream: string): Promise<bigint> {
  const { rows } = await sql<{ last: bigint }>`
    SELECT last_position AS last FROM audit_seal WHERE kind = 'ROWS' AND stream = ${stream}
     ORDER BY after_position DESC LIMIT 1`.execute(db);
  return rows[0]?.last ?? 0n;
}

const sealColumns = sql`
  number, kind, stream, after_position AS after, last_position AS last, row_count AS "rowCount", missing, digests, note,
  (extract(epoch FROM sealed_at) * 1000000)::bigint AS "sealedAtMicros", previous_hash AS "previousHash", hash`;

/** Seals from a number on, in order. */
export async function readSeals(db: Queryable, from: bigint, limit: number): Promise<Seal[]> {
  const { rows } = await sql<Seal>`
    SELECT ${sealColumns} FROM audit_seal WHERE number >= ${from} ORDER BY number LIMIT ${limit}`.execute(db);
  return rows;
}

export async function readHead(db: Queryable): Promise<{ number: bigint; hash: Buffer } | null> {
  const { rows } = await sql<{ number: bigint; hash: Buffer }>`
    SELECT number, hash FROM audit_seal ORDER BY number DESC LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

export async function findSealByHash(db: Queryable, hash: Buffer): Promise<bigint | null> {
  const { rows } = await sql<{ number: bigint }>`SELECT number FROM audit_seal WHERE hash = ${hash}`.execute(
    db,
  );
  return rows[0]?.number ?? null;
}

/** Where the chain of seals stands. Whoever appends holds the lock until the commit, so that the chain never forks. */
export async function lockHead(
  tx: Tx,
): Promise<{ number: bigint; hash: Buffer; nowMicros: bigint; nowText: string }> {
  await sql`SELECT pg_advisory_xact_lock(${SEAL_LOCK_ID})`.execute(tx);
  const head = await readHead(tx);
  const { rows } = await sql<{ micros: bigint; text: string }>`
    SELECT (extract(epoch FROM at) * 1000000)::bigint AS micros, at::text AS text
      FROM (SELECT clock_timestamp() AS at) moment`.execute(tx);
  const now = assertPresent(rows[0], 'time');
  return {
    number: head?.number ?? 0n,
    hash: head?.hash ?? GENESIS_HASH,
    nowMicros: now.micros,
    nowText: now.text,
  };
}

export async function insertSeal(tx: Tx, seal: Seal, sealedAt: string): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO audit_seal (number, kind, stream, after_position, last_position, row_count, missing, digests, note,
                            previous_hash, hash, sealed_at)
    VALUES (${seal.number}, ${seal.kind}, ${seal.stream}, ${seal.after}, ${seal.last}, ${seal.rowCount}, ${seal.missing},
            ${seal.digests}, ${seal.note}, ${seal.previousHash}, ${seal.hash}, ${sealedAt}::timestamptz)`.execute(
    tx,
  );
  assert(numAffectedRows === 1n, `seal ${seal.number} was not written`);
}

/** The position up to which a stream's rows were exported, and so may be gone; 0 for none. */
export async function readExportedUpTo(db: Queryable, stream: string): Promise<bigint> {
  const { rows } = await sql<{ last: bigint }>`
    SELECT last_position AS last FROM audit_seal WHERE kind = 'EXPORT' AND stream = ${stream}
     ORDER BY after_position DESC LIMIT 1`.execute(db);
  return rows[0]?.last ?? 0n;
}

/** How long the oldest row of a log that no seal covers has been waiting, in milliseconds; null when none does. */
export async function readSealingLagMs(db: Queryable, stream: LogStream): Promise<number | null> {
  const after = await readSealedUpTo(db, stream);
  const { rows } = await sql<{ lagMs: number }>`
    SELECT (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS "lagMs"
      FROM ${sql.table(stream)} WHERE position > ${after} ORDER BY position LIMIT 1`.execute(db);
  return rows[0]?.lagMs ?? null;
}

export async function readSeal(db: Queryable, number: bigint): Promise<Seal | null> {
  const { rows } = await sql<Seal>`SELECT ${sealColumns} FROM audit_seal WHERE number = ${number}`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Seals of rows of a stream after a position that were made before a moment: all their rows are older still. */
export async function readSealsBefore(
  db: Queryable,
  stream: LogStream,
  range: { after: bigint; sealedBefore: Date },
): Promise<{ number: bigint; last: bigint; rowCount: bigint }[]> {
  const { rows } = await sql<{ number: bigint; last: bigint; rowCount: bigint }>`
    SELECT number, last_position AS last, row_count AS "rowCount" FROM audit_seal
     WHERE kind = 'ROWS' AND stream = ${stream} AND after_position >= ${range.after}
       AND sealed_at < ${range.sealedBefore}
     ORDER BY number`.execute(db);
  return rows;
}

/** Removes rows of a log up to a position. The database refuses rows that were not exported, or are too young. */
export async function removeRows(tx: Tx, stream: LogStream, upTo: bigint, limit: number): Promise<number> {
  await sql`SELECT set_config('naru.removing', ${stream}, true)`.execute(tx);
  const table = sql.table(stream);
  const { numAffectedRows } = await sql`
    DELETE FROM ${table} WHERE position IN (
      SELECT position FROM ${table} WHERE position <= ${upTo} ORDER BY position LIMIT ${limit})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
