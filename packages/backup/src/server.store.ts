import pg from 'pg';
import { CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './backup.limits.ts';

export type ServerFacts = {
  user: string;
  database: string;
  postgresVersion: string;
  archiveMode: string;
  archiveCommand: string | null;
  segmentBytes: number;
  pageChecksums: boolean;
  tablespaces: string[];
};

/** What the server says of its own archiving since its counters were last reset. */
export type ArchiverState = {
  archiveMode: string;
  archived: number;
  lastArchivedName: string | null;
  lastArchivedAt: Date | null;
  failed: number;
  lastFailedName: string | null;
  lastFailedAt: Date | null;
  /** Segments that are full and not archived. Null: the user may not know (it needs pg_monitor). */
  waiting: number | null;
};

/** One at a time for a cluster; the number has no meaning but to be always the same. */
const BACKUP_LOCK = 7_352_001;
const INSUFFICIENT_PRIVILEGE = '42501';

/** `replication`: for commands of the replication protocol, which know no statement limit. */
export async function connect(databaseUrl: string, options: { replication: boolean }): Promise<pg.Client> {
  const config: pg.ClientConfig & { replication?: string } = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'naru-backup',
    ...(options.replication ? { replication: 'database' } : { statement_timeout: STATEMENT_TIMEOUT_MS }),
  };
  const client = new pg.Client(config);
  client.on('error', () => undefined); // a lost connection also fails the call at hand
  await client.connect();
  return client;
}

export async function readServerFacts(client: pg.Client): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(`
    SELECT current_user AS "user", current_database() AS database,
           current_setting('server_version') AS "postgresVersion",
           current_setting('archive_mode') AS "archiveMode",
           current_setting('archive_command', true) AS "archiveCommand",
           (SELECT setting::integer FROM pg_settings WHERE name = 'wal_segment_size') AS "segmentBytes",
           current_setting('data_checksums') = 'on' AS "pageChecksums",
           (SELECT coalesce(array_agg(spcname::text), '{}') FROM pg_tablespace
             WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces`);
  return one(rows);
}

/** In replication mode. */
export async function readSystemIdentifier(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ systemid: string }>('IDENTIFY_SYSTEM');
  return one(rows).systemid;
}

/** Held until the connection ends; it also says that the connection of the lock still stands when asked again. */
export async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_lock(${BACKUP_LOCK}) AS locked`,
  );
  return one(rows).locked;
}

export async function readServerTime(client: pg.Client): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return one(rows).now;
}

export async function readArchiver(client: pg.Client): Promise<ArchiverState> {
  const { rows } = await client.query<Omit<ArchiverState, 'waiting'>>(`
    SELECT current_setting('archive_mode') AS "archiveMode",
           archived_count::integer AS archived, last_archived_wal AS "lastArchivedName",
           last_archived_time AS "lastArchivedAt",
           failed_count::integer AS failed, last_failed_wal AS "lastFailedName",
           last_failed_time AS "lastFailedAt"
      FROM pg_stat_archiver`);
  return { ...one(rows), waiting: await countWaiting(client) };
}

/** The restored server's own account of the last commit that it has replayed. Null: there was none. */
export async function readLastReplayed(client: pg.Client): Promise<Date | null> {
  const { rows } = await client.query<{ at: Date | null }>('SELECT pg_last_xact_replay_timestamp() AS at');
  return one(rows).at;
}

async function countWaiting(client: pg.Client): Promise<number | null> {
  try {
    const { rows } = await client.query<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`,
    );
    return one(rows).waiting;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE) return null;
    throw error;
  }
}

function one<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the server answered without a row');
  return row;
}
