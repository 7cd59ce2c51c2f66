import pg from 'pg';

/** OIDs of the types that JavaScript numbers cannot hold: read as bigint, never as float. Source: PostgreSQL pg_type.dat. */
const INT8_OID = 20;
const NUMERIC_OID = 1700;
const INT8_ARRAY_OID = 1016;
const NUMERIC_ARRAY_OID = 1231;

/** `numeric` columns here hold whole numbers only (amounts in smallest units, wei): a fraction is a bug and throws. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === INT8_OID || oid === NUMERIC_OID) return (text: string) => BigInt(text);
      if (oid === INT8_ARRAY_OID || oid === NUMERIC_ARRAY_OID)
        return (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt));
    }
    return pg.types.getTypeParser(oid, format ?? 'text');
  }) as typeof pg.types.getTypeParser,
};

export type PoolOptions = {
  databaseUrl: string;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  connectionsMax?: number;
  /** A statement that takes longer is a bug or an outage; it is ended by the server. */
  statementTimeoutMs?: number;
  /** A transaction whose process hangs must not hold its locks. */
  idleInTransactionTimeoutMs?: number;
  onError?: (error: Error) => void;
  /** Settings of every session, such as who acts in it. */
  settings?: Readonly<Record<string, string>>;
  /** Sees every new connection before its first use. */
  onConnect?: (client: pg.PoolClient) => void;
};

function applySettings(settings: Readonly<Record<string, string>>) {
  return async (client: pg.ClientBase) => {
    for (const [name, value] of Object.entries(settings))
      await client.query('SELECT set_config($1, $2, false)', [name, value]);
  };
}

/** A pool whose int8 and numeric columns arrive as bigint. A lost idle connection is reported and replaced, never thrown. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 10_000,
    keepAlive: true,
    types,
    ...(options.settings === undefined ? {} : { onConnect: applySettings(options.settings) }),
  });
  pool.on('error', (error) => options.onError?.(error));
  // A connection lost while it is in use fails the statement under way or the next one. The event besides it has no
  // listener of the pool's at that time, and without any it would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (options.onConnect !== undefined) pool.on('connect', options.onConnect);
  return pool;
}
