import type { Queryable } from '@naru/db/database.ts';
import { sql } from 'kysely';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';
import type { ReserveFigures } from './forecast.ts';

/**
 * What main and gas accounts hold, as last read from the chain, and what left our accounts lately: for each asset of a main
 * account what payouts executed, for gas accounts what all transactions burnt. Reads one row for each batch of a week.
 */
export async function readReserveFigures(db: Queryable, chainId: string | null): Promise<ReserveFigures[]> {
  const { rows } = await sql<ReserveFigures>`
    WITH recent AS (
      SELECT x.chain_id, x.asset_id, x.kind, x.state, x.amount, coalesce(x.gas_used * x.gas_price_wei, 0) AS burnt, x.final_at
        FROM chain c JOIN chain_tx x ON x.chain_id = c.id AND x.final_at > now() - interval '7 days'
       WHERE ${chainId}::text IS NULL OR c.id = ${chainId}
    ), outflow AS (
      SELECT asset_id, 'MAIN' AS role,
             coalesce(sum(amount) FILTER (WHERE final_at > now() - interval '1 hour'), 0) AS hour,
             coalesce(sum(amount) FILTER (WHERE final_at > now() - interval '1 day'), 0) AS day, sum(amount) AS week
        FROM recent WHERE kind = 'PAYOUT' AND state = 'EXECUTED' GROUP BY 1
      UNION ALL
      SELECT a.id, 'GAS', coalesce(sum(r.burnt) FILTER (WHERE r.final_at > now() - interval '1 hour'), 0),
             coalesce(sum(r.burnt) FILTER (WHERE r.final_at > now() - interval '1 day'), 0), sum(r.burnt)
        FROM recent r JOIN asset a ON a.chain_id = r.chain_id AND a.address IS NULL GROUP BY 1
    )
    SELECT a.chain_id AS "chainId", a.id AS "assetId", a.code AS asset, a.decimals, s.role,
           count(*)::integer AS accounts, sum(b.balance) AS holds, min(b.updated_at) AS "readAt",
           coalesce(max(k.low), 0) AS low, max(k.low) IS NOT NULL AS "hasThreshold",
           coalesce(max(o.hour), 0) AS hour, coalesce(max(o.day), 0) AS day, coalesce(max(o.week), 0) AS week
      FROM sub_account s
      JOIN sub_account_balance b ON b.sub_account_id = s.id
      JOIN asset a ON a.id = b.asset_id AND (s.role = 'MAIN' OR a.address IS NULL)
      LEFT JOIN account_threshold k ON k.asset_id = a.id AND k.role = s.role
       AND k.purpose = CASE s.role WHEN 'GAS' THEN 'GAS' ELSE 'BALANCE' END
      LEFT JOIN outflow o ON o.asset_id = a.id AND o.role = s.role
     WHERE s.role IN ('MAIN', 'GAS') AND s.state IN ('ACTIVE', 'PAUSED') AND s.drain_at IS NULL AND a.enabled
       AND (${chainId}::text IS NULL OR s.chain_id = ${chainId})
     GROUP BY a.id, s.role ORDER BY a.chain_id, s.role DESC, a.code`.execute(db);
  return rows;
}

/** The account of a role that holds most of an asset, as last read; null: there is none that is active. */
export async function readRichest(
  db: Queryable,
  wanted: { chainId: string; assetId: string; role: AccountRole; except: string },
): Promise<{ id: string; balance: bigint } | null> {
  const { rows } = await sql<{ id: string; balance: bigint }>`
    SELECT s.id, coalesce(b.balance, 0) AS balance
      FROM sub_account s
      LEFT JOIN sub_account_balance b ON b.sub_account_id = s.id AND b.asset_id = ${wanted.assetId}
     WHERE s.chain_id = ${wanted.chainId} AND s.role = ${wanted.role} AND s.state = 'ACTIVE' AND s.drain_at IS NULL
       AND s.id <> ${wanted.except}
     ORDER BY 2 DESC, s.address LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

export type TransferTrouble = {
  assetId: string;
  address: string;
  purpose: string;
  state: string;
  failures: number;
  ageSeconds: number;
  message: string | null;
};

/** The newest transfers that failed more than once in a row, and open ones that are old. */
export async function listTransferTroubles(db: Queryable, oldSeconds: number): Promise<TransferTrouble[]> {
  const { rows } = await sql<TransferTrouble>`
    SELECT t.asset_id AS "assetId", s.address, t.purpose, t.state, t.failures_before + 1 AS failures,
           extract(epoch FROM now() - t.created_at)::float8 AS "ageSeconds",
           coalesce(t.failure_message, x.last_error) AS message
      FROM sub_account s
      JOIN asset a ON a.chain_id = s.chain_id
     CROSS JOIN unnest(ARRAY['TOP_UP', 'SWEEP', 'GAS', 'DRAIN']) AS p (purpose)
      JOIN LATERAL (SELECT * FROM account_transfer t WHERE t.subject_account_id = s.id AND t.asset_id = a.id
                       AND t.purpose = p.purpose ORDER BY t.number DESC LIMIT 1) t ON true
      LEFT JOIN chain_tx x ON x.id = t.chain_tx_id
     WHERE s.state IN ('ACTIVE', 'PAUSED')
       AND ((t.state = 'FAILED' AND t.failures_before > 0)
            OR (t.state IN ('PENDING', 'PLANNED') AND t.created_at < now() - ${oldSeconds} * interval '1 second'))
     ORDER BY 1, 2, 3`.execute(db);
  return rows;
}

/** Accounts that were added and that no processor has let in for so long. */
export async function listLateJoiners(
  db: Queryable,
  lateSeconds: number,
): Promise<{ chainId: string; address: string; problem: string | null }[]> {
  const { rows } = await sql<{ chainId: string; address: string; problem: string | null }>`
    SELECT chain_id AS "chainId", address, pause_reason AS problem FROM sub_account
     WHERE state = 'JOINING' AND created_at < now() - ${lateSeconds} * interval '1 second' ORDER BY 1, 2`.execute(
    db,
  );
  return rows;
}
