import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import type { Caller } from '../access/access.ts';
import { createWorld, doneValue, requestOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { logStreams, readSealingLagMs } from './seal.store.ts';
import { sealHistory } from './seal-history.ts';

/** A world with withdrawals in it, so that every stream has rows. */
export async function createHistoryWorld(): Promise<World & { caller: Caller }> {
  const world = await createWorld();
  const caller = await world.owner();
  return { ...world, caller };
}

/** Accepts withdrawals of one USDC each; returns their ids. */
export async function submit(world: World & { caller: Caller }, count: number): Promise<string[]> {
  const results = await Promise.all(
    Array.from({ length: count }, () =>
      world.withdrawals.request(world.caller, newUuid(), requestOf({ amount: '1' })),
    ),
  );
  return results.map((result) => doneValue(result).id);
}

/**
 * Seals until nothing is left. Returns how many rows that were. A step may find nothing certain while transactions are
 * open, also those of other databases on the server: it is not the last one then.
 */
export async function sealAll(db: Database): Promise<number> {
  let rows = 0;
  for (;;) {
    const step = await sealHistory({ db, locks: db });
    rows += step?.rows ?? 0;
    if (step === null || step.rows > 0) continue;
    const lags = await Promise.all(logStreams.map((stream) => readSealingLagMs(db, stream)));
    if (lags.every((lag) => lag === null)) return rows;
  }
}

/** What somebody with all rights over the database can do: no trigger sees it. */
export async function tamper(db: Database, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  await withTransaction(db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await work(tx);
  });
}
