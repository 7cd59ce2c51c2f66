import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Database } from '@naru/db/database.ts';
import { findStartProblem } from '@naru/db/schema-version.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';

/** What this process needs to do its work. A check that throws says what the database answered. */
export function createReadiness(db: Database): Record<string, ReadinessCheck> {
  return {
    async database() {
      // Whatever the schema is: it could be asked.
      await findStartProblem(db);
      return { ok: true };
    },
    async schema() {
      const problem = await findStartProblem(db);
      return problem === null ? { ok: true } : { ok: false, problem };
    },
    async chains() {
      const { chains } = await readCatalogue(db);
      if ([...chains.values()].some((chain) => chain.enabled)) return { ok: true };
      return { ok: false, problem: 'no chain is enabled: give one RPC URLs and a payout contract' };
    },
  };
}
