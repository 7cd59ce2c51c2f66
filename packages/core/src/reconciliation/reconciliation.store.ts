import type { Queryable } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { openWithdrawalStates } from '../withdrawal/withdrawal.machine.ts';

export type Mismatch = { subject: string; expected: bigint; found: bigint };

/** What open withdrawals and their fees should reserve against what the ledger holds, for each organisation and asset that differs. */
export async function findReserveMismatches(db: Queryable): Promise<Mismatch[]> {
  const { rows } = await sql<Mismatch>`
    WITH open AS (
      SELECT organisation_id, asset_id, sum(amount + fee) AS amount FROM withdrawal
       WHERE state = ANY (${openWithdrawalStates}::text[]) GROUP BY 1, 2
    )
    SELECT coalesce(a.organisation_id, o.organisation_id)::text || ' ' || coalesce(a.asset_id, o.asset_id) AS subject,
           coalesce(o.amount, 0) AS expected, coalesce(a.debits_pending, 0) AS found
      FROM (SELECT * FROM ledger_account WHERE kind = 'CUSTOMER') a
      FULL JOIN open o ON o.organisation_id = a.organisation_id AND o.asset_id = a.asset_id
     WHERE coalesce(o.amount, 0) <> coalesce(a.debits_pending, 0)`.execute(db);
  return rows;
}

/**
 * The same from the indexes of open withdrawals: those that wait by their state, the others by the open transaction that
 * carries them. What it cannot see, an open withdrawal of a transaction that has ended, is found by the other.
 */
export async function findReserveMismatchesFast(db: Queryable): Promise<Mismatch[]> {
  const { rows } = await sql<Mismatch>`
    WITH open AS (
      SELECT w.organisation_id, w.asset_id, w.amount + w.fee AS amount FROM withdrawal w WHERE w.state = 'PENDING'
      UNION ALL
      SELECT w.organisation_id, w.asset_id, w.amount + w.fee AS amount FROM withdrawal w WHERE w.state = 'VALIDATING'
      UNION ALL
      SELECT w.organisation_id, w.asset_id, w.amount + w.fee AS amount
        FROM organisation o
       CROSS JOIN LATERAL (SELECT * FROM withdrawal WHERE organisation_id = o.id AND state = 'REVIEW') w
      UNION ALL
      SELECT w.organisation_id, w.asset_id, w.amount + w.fee AS amount
        FROM chain_tx x JOIN withdrawal w ON w.chain_tx_id = x.id
       WHERE x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
         AND w.state IN ('SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING')
    ), total AS (SELECT organisation_id, asset_id, sum(amount) AS amount FROM open GROUP BY 1, 2)
    SELECT coalesce(a.organisation_id, o.organisation_id)::text || ' ' || coalesce(a.asset_id, o.asset_id) AS subject,
           coalesce(o.amount, 0) AS expected, coalesce(a.debits_pending, 0) AS found
      FROM (SELECT * FROM ledger_account WHERE kind = 'CUSTOMER') a
      FULL JOIN total o ON o.organisation_id = a.organisation_id AND o.asset_id = a.asset_id
     WHERE coalesce(o.amount, 0) <> coalesce(a.debits_pending, 0)`.execute(db);
  return rows;
}

export type HotWallet = {
  assetId: string;
  decimals: number;
  token: Hex | null;
  /** What the ledger says the sub-accounts hold, payments that are not final left in. */
  ledger: bigint;
  /**
   * What transactions under way may have moved already: payouts of the asset, and gas for the coin. A transfer between
   * our own accounts leaves what they hold together as it is.
   */
  inFlight: bigint;
  /**
   * What may have come already: all that deposit addresses hold, since anyone may sweep them, what is seen there and not
   * final, and what open proposals of the treasury pay, since anyone who has their signatures may execute them.
   */
  arriving: bigint;
};

/** One row for each asset of a chain, all in one snapshot, with the number of transactions under way. */
export async function readHotWallets(
  db: Queryable,
  chainId: string,
): Promise<{ wallets: HotWallet[]; openCount: number }> {
  const { rows } = await sql<HotWallet & { openCount: number }>`
    WITH open AS (
      SELECT x.*, (SELECT max(fee_per_gas_wei_max) FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id) AS fee
        FROM chain_tx x
       WHERE x.chain_id = ${chainId} AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
    )
    SELECT a.id AS "assetId", a.decimals, a.address AS token,
           coalesce((SELECT l.debits_posted - l.credits_posted FROM ledger_account l
                      WHERE l.kind = 'HOT_WALLET' AND l.asset_id = a.id), 0) AS ledger,
           coalesce((SELECT sum(amount) FROM open WHERE open.asset_id = a.id AND open.kind <> 'TRANSFER'), 0)
             + CASE WHEN a.address IS NULL THEN coalesce((SELECT sum(gas * fee) FROM open), 0) ELSE 0 END AS "inFlight",
           greatest(coalesce((SELECT l.debits_posted - l.credits_posted FROM ledger_account l
                      WHERE l.kind = 'DEPOSIT_WALLET' AND l.asset_id = a.id), 0), 0)
             + coalesce((SELECT sum(d.amount) FROM deposit d
                          WHERE d.chain_id = ${chainId} AND d.state = 'DETECTED' AND d.asset_id = a.id), 0)
             + coalesce((SELECT sum(p.amount) FROM treasury_proposal p
                          WHERE p.chain_id = ${chainId} AND p.state = 'OPEN' AND p.asset_id = a.id), 0) AS arriving,
           (SELECT count(*)::integer FROM open) AS "openCount"
      FROM asset a WHERE a.chain_id = ${chainId} ORDER BY a.id`.execute(db);
  return { wallets: rows.map(({ openCount: _, ...wallet }) => wallet), openCount: rows[0]?.openCount ?? 0 };
}
