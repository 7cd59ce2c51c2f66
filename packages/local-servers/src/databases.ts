import { sleep } from '@naru/kit/clock.ts';
import pg from 'pg';

const CONNECT_TIMEOUT_MS = 5_000; // a local server that accepts connections answers in milliseconds
const STATEMENT_TIMEOUT_MS = 60_000; // copying a template writes its whole size
const DUPLICATE_DATABASE = '42P04';
const OBJECT_IN_USE = '55006';
const TEMPLATE_TRIES_MAX = 40;
const TEMPLATE_RETRY_MS = 50; // in all two seconds for the last session on the template to end

/** The same server and user, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.href;
}

/** Creates an empty database and returns its URL. `ifMissing`: one that exists is left as it is. */
export async function createDatabase(
  adminUrl: string,
  name: string,
  options: { ifMissing?: boolean } = {},
): Promise<string> {
  try {
    await runStatement(adminUrl, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    if (!(options.ifMissing === true && codeOf(error) === DUPLICATE_DATABASE)) throw error;
  }
  return withDatabase(adminUrl, name);
}

/** Copies `template`, schema and rows, and returns the URL of the copy. Waits up to two seconds for sessions on the template to end. */
export async function createDatabaseFromTemplate(
  adminUrl: string,
  name: string,
  template: string,
): Promise<string> {
  const statement = `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await runStatement(adminUrl, statement);
      return withDatabase(adminUrl, name);
    } catch (error) {
      if (codeOf(error) !== OBJECT_IN_USE || attempt === TEMPLATE_TRIES_MAX) throw error;
      await sleep(TEMPLATE_RETRY_MS);
    }
  }
}

/** Drops the database if it exists and ends the sessions on it. `adminUrl` must name another database. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await runStatement(adminUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
}

/** Runs one statement in a session of its own, outside a transaction. */
export async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  client.on('error', () => {}); // a session cut by the server also rejects the call at hand
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
