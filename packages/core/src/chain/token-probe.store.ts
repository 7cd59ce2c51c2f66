import type { Database, Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { TokenFacts } from './judge-token.ts';
import {
  decodeFacts,
  type EncodedFacts,
  encodeFacts,
  PROBE_LEASE_MS,
  PROBES_REQUESTED_MAX,
  type TokenProbe,
} from './token-probe.ts';

/** False: as many wait as may. Whoever else asks for one waits, so that the count holds. */
export async function insertProbe(
  tx: Tx,
  probe: { id: string; chainId: string; address: Hex; holder: Hex | null; requestedBy: string },
): Promise<boolean> {
  await sql`LOCK TABLE token_probe IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    INSERT INTO token_probe (id, chain_id, address, holder, requested_by)
    SELECT ${probe.id}, ${probe.chainId}, ${probe.address}, ${probe.holder}, ${probe.requestedBy}
     WHERE (SELECT count(*) FROM token_probe WHERE state = 'REQUESTED') < ${PROBES_REQUESTED_MAX}
    RETURNING id`.execute(tx);
  return rows.length === 1;
}

/** The oldest that waits on a chain and that nobody is asking about; null: there is none. */
export async function claimProbe(
  db: Queryable,
  chainId: string,
): Promise<{ id: string; address: Hex; holder: Hex | null } | null> {
  const { rows } = await sql<{ id: string; address: Hex; holder: Hex | null }>`
    UPDATE token_probe SET lease_until = now() + ${PROBE_LEASE_MS} * interval '1 millisecond'
     WHERE id = (SELECT id FROM token_probe
                  WHERE chain_id = ${chainId} AND state = 'REQUESTED' AND coalesce(lease_until < now(), true)
                  ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, address, holder`.execute(db);
  return rows[0] ?? null;
}

/** What came of it; the first that records stays. */
export async function recordProbe(
  db: Database,
  id: string,
  ended: { facts: TokenFacts } | { error: string },
): Promise<void> {
  const facts = 'facts' in ended ? encodeFacts(ended.facts) : null;
  const error = 'error' in ended ? ended.error : null;
  await sql`
    UPDATE token_probe SET state = ${facts === null ? 'FAILED' : 'DONE'}, facts = ${facts}::json, error = ${error},
           ended_at = clock_timestamp()
     WHERE id = ${id} AND state = 'REQUESTED'`.execute(db);
}

type Row = {
  id: string;
  chainId: string;
  address: Hex;
  holder: Hex | null;
  state: TokenProbe['state'];
  requestedBy: string;
  requestedAt: Date;
  facts: EncodedFacts | null;
  error: string | null;
  endedAt: Date | null;
};

export async function findProbe(db: Queryable, id: string): Promise<TokenProbe | null> {
  const { rows } = await sql<Row>`
    SELECT id, chain_id AS "chainId", address, holder, state, requested_by AS "requestedBy",
           requested_at AS "requestedAt", facts, error, ended_at AS "endedAt"
      FROM token_probe WHERE id = ${id}`.execute(db);
  const [row] = rows;
  if (row === undefined) return null;
  const { facts, error, endedAt, state, ...probe } = row;
  switch (state) {
    case 'REQUESTED':
      return { ...probe, state };
    case 'DONE':
      return {
        ...probe,
        state,
        facts: decodeFacts(assertPresent(facts, 'facts of a probe')),
        endedAt: assertPresent(endedAt, 'end of a probe'),
      };
    case 'FAILED':
      return {
        ...probe,
        state,
        error: assertPresent(error, 'error of a probe'),
        endedAt: assertPresent(endedAt, 'end of a probe'),
      };
  }
}
