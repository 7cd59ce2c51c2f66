import { sleep } from '@naru/kit/clock.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import { collectAnnouncements } from './after-commit.ts';
import { createPool, type PoolOptions } from './pool.ts';
import type { DB } from './schema.gen.ts';

export type Database = Kysely<DB>;
/** An open transaction. Store functions take `Tx` when they must run inside one, `Database | Tx` when they need not. */
export type Tx = Transaction<DB>;
export type Queryable = Database | Tx;

export function openDatabase(options: PoolOptions): Database {
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: createPool(options) }) });
}

/** SQLSTATE classes after which the same transaction can simply be run again: nothing of it happened. */
const DEADLOCK_DETECTED = '40P01';
const SERIALIZATION_FAILURE = '40001';
const LOCK_NOT_AVAILABLE = '55P03';
const TRIES_MAX = 5;

/** The SQLSTATE of a database error, or null for anything else. */
export function sqlState(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/**
 * Runs `work` in one transaction (READ COMMITTED) and runs it again after a deadlock or serialization failure,
 * which leave no trace. Any other error rolls back and is thrown. `work` must do nothing but database work:
 * no network call runs while a transaction is open.
 */
export async function withTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let announce: () => void = () => undefined;
    try {
      const result = await db.transaction().execute((tx) => {
        announce = collectAnnouncements(db, tx);
        return work(tx);
      });
      announce();
      return result;
    } catch (error) {
      const state = sqlState(error);
      const transient = state === DEADLOCK_DETECTED || state === SERIALIZATION_FAILURE;
      if (!transient || attempt >= TRIES_MAX) throw error;
      await sleep(backoffMs(attempt, { baseMs: 10, maxMs: 200 }));
    }
  }
}

export function isLockNotAvailable(error: unknown): boolean {
  return sqlState(error) === LOCK_NOT_AVAILABLE;
}
