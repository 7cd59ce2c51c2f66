import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';

export type AccountCount = { chain: string; state: string; count: number };

/** How many sub-accounts of each enabled chain are in each state; none in a state that no account has. */
export async function countAccounts(db: Queryable): Promise<AccountCount[]> {
  const { rows } = await sql<AccountCount>`
    SELECT s.chain_id AS chain, s.state, count(*)::integer AS count
      FROM sub_account s JOIN chain c ON c.id = s.chain_id
     WHERE c.enabled GROUP BY s.chain_id, s.state`.execute(db);
  return rows;
}
