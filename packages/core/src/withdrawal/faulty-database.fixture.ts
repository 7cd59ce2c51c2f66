import type { Database } from '@naru/db/database.ts';
import { createPool } from '@naru/db/pool.ts';
import type { DB } from '@naru/db/schema.gen.ts';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';

/** Where a connection dies: before the server sees the statement, or after it is done and before its answer arrives. */
export type Fault = { statement: number; when: 'before' | 'after' };

export type FaultyDatabase = {
  db: Database;
  /** Forgets the statements so far; the connection dies at the one with this number, counted from 1. Null: none. */
  arm(fault: Fault | null): void;
  /** Statements since `arm`, BEGIN and COMMIT included. */
  statements(): readonly string[];
  close(): Promise<void>;
};

/** A real pool whose connections the server ends (`pg_terminate_backend`) at a statement that the test names. */
export function openFaultyDatabase(databaseUrl: string, admin: Database): FaultyDatabase {
  const pool = createPool({ databaseUrl, applicationName: 'naru-test-faulty', connectionsMax: 4 });
  let armed: Fault | null = null;
  let statements: string[] = [];

  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<pg.QueryResult>;
    const end = async () => {
      const { rows } = await query('SELECT pg_backend_pid() AS pid');
      await sql`SELECT pg_terminate_backend(${rows[0]?.pid}::integer, 5000)`.execute(admin);
    };
    const faulty = async (...args: unknown[]): Promise<pg.QueryResult> => {
      statements.push(String(args[0]));
      const fault = armed;
      if (fault === null || statements.length !== fault.statement) return await query(...args);
      armed = null;
      if (fault.when === 'before') {
        await end();
        return await query(...args);
      }
      await query(...args);
      await end();
      throw new Error('the connection ended before the answer came');
    };
    Object.defineProperty(client, 'query', { value: faulty });
  });

  return {
    db: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }),
    arm(fault) {
      armed = fault;
      statements = [];
    },
    statements: () => statements,
    close: () => pool.end(),
  };
}
