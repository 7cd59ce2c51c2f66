import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import {
  FILL_BLOCKS,
  PRESENCE_KEPT_SECONDS,
  PRESENT_SECONDS,
  PROBLEM_CHARACTERS_MAX,
} from './overview.limits.ts';

/** A process of ours that runs. */
export type Presence = { owner: string; instance: string; roles: readonly string[]; startedAt: Date };

export type ProviderHealth = {
  chainId: string;
  /** A name, never a URL: those carry keys. */
  provider: string;
  usable: boolean;
  breaker: 'closed' | 'open' | 'half_open';
  headNumber: bigint | null;
  lagBlocks: bigint | null;
  latencyMs: number | null;
  /** HTTP requests of the last minute or so, and those without a usable answer. */
  requests: number;
  failures: number;
  problem: string | null;
};

export type BlockFill = { number: bigint; gasUsed: bigint; gasLimit: bigint; at: Date };

/** Says that a process runs and how it finds its nodes; forgets those that have been silent for long. */
export async function sayPresent(
  db: Queryable,
  presence: Presence,
  providers: readonly ProviderHealth[],
): Promise<void> {
  const { owner, instance, roles, startedAt } = presence;
  await sql`
    INSERT INTO role_presence (owner, instance, roles, started_at)
    VALUES (${owner}, ${instance}, ${[...roles]}::text[], ${startedAt})
    ON CONFLICT (owner) DO UPDATE SET seen_at = clock_timestamp()`.execute(db);
  const of = <T>(pick: (one: ProviderHealth) => T) => providers.map(pick);
  await sql`
    INSERT INTO rpc_provider_health (chain_id, provider, owner, usable, breaker, head_number, lag_blocks, latency_ms,
                                     requests, failures, problem)
    SELECT p.chain_id, p.provider, ${owner}, p.usable, p.breaker, p.head_number, p.lag_blocks, p.latency_ms,
           p.requests, p.failures, left(p.problem, ${PROBLEM_CHARACTERS_MAX}::integer)
      FROM unnest(${of((one) => one.chainId)}::text[], ${of((one) => one.provider)}::text[],
                  ${of((one) => one.usable)}::boolean[], ${of((one) => one.breaker)}::text[],
                  ${of((one) => one.headNumber)}::bigint[], ${of((one) => one.lagBlocks)}::bigint[],
                  ${of((one) => one.latencyMs)}::float8[], ${of((one) => one.requests)}::integer[],
                  ${of((one) => one.failures)}::integer[], ${of((one) => one.problem)}::text[])
        AS p (chain_id, provider, usable, breaker, head_number, lag_blocks, latency_ms, requests, failures, problem)
    ON CONFLICT (chain_id, provider, owner) DO UPDATE SET
      usable = excluded.usable, breaker = excluded.breaker, head_number = excluded.head_number,
      lag_blocks = excluded.lag_blocks, latency_ms = excluded.latency_ms, requests = excluded.requests,
      failures = excluded.failures, problem = excluded.problem, seen_at = clock_timestamp()`.execute(db);
  const old = sql`seen_at < now() - ${PRESENCE_KEPT_SECONDS}::integer * interval '1 second'`;
  await sql`DELETE FROM rpc_provider_health WHERE ${old}`.execute(db);
  await sql`DELETE FROM role_presence WHERE ${old}`.execute(db);
}

/** A process that ends in good order is gone at once. */
export async function sayGone(db: Queryable, owner: string): Promise<void> {
  await sql`DELETE FROM rpc_provider_health WHERE owner = ${owner}`.execute(db);
  await sql`DELETE FROM role_presence WHERE owner = ${owner}`.execute(db);
}

const present = sql`seen_at > now() - ${PRESENT_SECONDS}::integer * interval '1 second'`;

/** Processes that said so a moment ago, in the order of their names. */
export async function listPresent(db: Queryable): Promise<(Presence & { seenAt: Date })[]> {
  const { rows } = await sql<Presence & { seenAt: Date }>`
    SELECT owner, instance, roles, started_at AS "startedAt", seen_at AS "seenAt"
      FROM role_presence WHERE ${present} ORDER BY instance, owner`.execute(db);
  return rows;
}

export type ProviderOverview = Omit<ProviderHealth, 'breaker'> & {
  /** Processes that ask it, and those of them that can use it now. */
  askedBy: number;
  usableBy: number;
  seenAt: Date;
};

/** Each provider as the processes see it together: its best head, all their requests, the problem of one of them. */
export async function listProviders(db: Queryable): Promise<ProviderOverview[]> {
  const { rows } = await sql<ProviderOverview>`
    SELECT chain_id AS "chainId", provider, bool_or(usable) AS usable, count(*)::integer AS "askedBy",
           count(*) FILTER (WHERE usable)::integer AS "usableBy", max(head_number) AS "headNumber",
           greatest(0, max(max(head_number)) OVER (PARTITION BY chain_id) - max(head_number)) AS "lagBlocks",
           avg(latency_ms)::float8 AS "latencyMs", sum(requests)::integer AS requests,
           sum(failures)::integer AS failures,
           (array_agg(problem ORDER BY seen_at DESC) FILTER (WHERE problem IS NOT NULL AND NOT usable))[1] AS problem,
           max(seen_at) AS "seenAt"
      FROM rpc_provider_health WHERE ${present} GROUP BY chain_id, provider ORDER BY chain_id, provider`.execute(
    db,
  );
  return rows;
}

/** Keeps how full these blocks were; the newest word on a number stands. */
export async function saveFill(db: Queryable, chainId: string, blocks: readonly BlockFill[]): Promise<void> {
  if (blocks.length === 0) return;
  const of = <T>(pick: (one: BlockFill) => T) => blocks.map(pick);
  await sql`
    INSERT INTO chain_block_fill (chain_id, number, gas_used, gas_limit, at)
    SELECT ${chainId}, b.number, b.gas_used, b.gas_limit, b.at
      FROM unnest(${of((one) => one.number)}::bigint[], ${of((one) => one.gasUsed)}::bigint[],
                  ${of((one) => one.gasLimit)}::bigint[], ${of((one) => one.at)}::timestamptz[])
        AS b (number, gas_used, gas_limit, at)
    ON CONFLICT (chain_id, number) DO UPDATE SET gas_used = excluded.gas_used, gas_limit = excluded.gas_limit,
      at = excluded.at`.execute(db);
  await sql`
    DELETE FROM chain_block_fill
     WHERE chain_id = ${chainId}
       AND number <= (SELECT max(number) FROM chain_block_fill WHERE chain_id = ${chainId}) - ${FILL_BLOCKS}`.execute(
    db,
  );
}

export type FilledBlock = BlockFill & {
  chainId: string;
  /** Gas of our transactions in it; null: some of them are not final, and what they used is not known for certain. */
  ours: bigint | null;
};

/** The last blocks of each chain, oldest first. Our transactions are those that are open or became final lately. */
export async function listFill(db: Queryable): Promise<FilledBlock[]> {
  const { rows } = await sql<FilledBlock>`
    WITH mined AS (
      SELECT x.chain_id, x.block_number, x.gas_used, true AS open FROM chain_tx x
       WHERE x.state = 'MINED' AND x.chain_id IN (SELECT id FROM chain)
      UNION ALL
      SELECT x.chain_id, x.block_number, x.gas_used, false
        FROM chain c JOIN LATERAL (SELECT min(at) AS since FROM chain_block_fill f WHERE f.chain_id = c.id) f ON true
        JOIN chain_tx x ON x.chain_id = c.id AND x.final_at IS NOT NULL AND x.final_at >= f.since
       WHERE x.block_number IS NOT NULL
    )
    SELECT f.chain_id AS "chainId", f.number, f.gas_used AS "gasUsed", f.gas_limit AS "gasLimit", f.at,
           CASE WHEN bool_or(m.open) THEN NULL ELSE coalesce(sum(m.gas_used), 0)::bigint END AS ours
      FROM chain_block_fill f LEFT JOIN mined m ON m.chain_id = f.chain_id AND m.block_number = f.number
     GROUP BY f.chain_id, f.number ORDER BY f.chain_id, f.number`.execute(db);
  return rows;
}
