import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';

export type DatabaseCounters = {
  walBytes: bigint;
  commits: bigint;
  rowsInserted: bigint;
  rowsUpdated: bigint;
};

/** What this database's server has written so far. Nobody else may use the server meanwhile. */
export async function readCounters(db: Database): Promise<DatabaseCounters> {
  // Sessions report what they did when they rest; a moment later it stands in the view.
  await sql`SELECT pg_stat_force_next_flush()`.execute(db);
  await sql`SELECT pg_sleep(1.5)`.execute(db);
  const { rows } = await sql<DatabaseCounters>`
    SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS "walBytes", xact_commit AS commits,
           tup_inserted AS "rowsInserted", tup_updated AS "rowsUpdated"
      FROM pg_stat_database WHERE datname = current_database()`.execute(db);
  return assertPresent(rows[0], 'counters of the database');
}

export type TableSize = { table: string; rows: number; heapBytes: bigint; indexBytes: bigint };

/** Every table of ours with its size and that of its indexes; TOAST counts to the table. */
export async function readTableSizes(db: Database): Promise<TableSize[]> {
  const { rows } = await sql<TableSize>`
    SELECT c.relname AS "table", s.n_live_tup::integer AS rows, pg_table_size(c.oid) AS "heapBytes",
           pg_indexes_size(c.oid) AS "indexBytes"
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
      JOIN pg_stat_user_tables s ON s.relid = c.oid
     WHERE c.relkind = 'r' ORDER BY pg_total_relation_size(c.oid) DESC`.execute(db);
  return rows;
}

/** So that a figure begins without pages that are logged as a whole because they were not touched since the last one. */
export async function checkpoint(db: Database): Promise<void> {
  await sql`CHECKPOINT`.execute(db);
}

/** As autovacuum leaves the tables: dead versions are free again, and rows are counted. */
export async function vacuum(db: Database): Promise<void> {
  await sql`VACUUM (ANALYZE)`.execute(db);
}
