import type { Queryable } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { AccountRole, SubAccountState } from '../sub-account/sub-account.machine.ts';

/** A sub-account as an operator looks at it. */
export type AccountOverview = {
  id: string;
  chainId: string;
  /** EIP-55. */
  address: Hex;
  role: AccountRole;
  state: SubAccountState;
  pauseReason: string | null;
  /** Since when it is being emptied; null: it is not. */
  drainAt: Date | null;
  nextNonce: bigint;
  /** Chain transactions whose nonce is taken and not final. */
  inFlight: number;
  /** As last read from the chain by the accounts role, smallest unit. */
  balances: { asset: string; decimals: number; balance: bigint; updatedAt: Date }[];
};

/** All sub-accounts, or those of one chain, in the order of chain, role and address. */
export async function listAccountOverviews(
  db: Queryable,
  chainId: string | null,
): Promise<AccountOverview[]> {
  const accounts = await sql<Omit<AccountOverview, 'balances'>>`
    SELECT s.id, s.chain_id AS "chainId", s.address, s.role, s.state, s.pause_reason AS "pauseReason",
           s.drain_at AS "drainAt", s.next_nonce AS "nextNonce",
           (SELECT count(*)::integer FROM chain_tx x
             WHERE x.sub_account_id = s.id AND x.chain_id = s.chain_id
               AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')) AS "inFlight"
      FROM sub_account s
     WHERE ${chainId}::text IS NULL OR s.chain_id = ${chainId}
     ORDER BY s.chain_id, array_position(ARRAY['MAIN', 'GAS', 'PAYOUT'], s.role), s.address`.execute(db);
  const balances = await sql<AccountOverview['balances'][number] & { subAccountId: string }>`
    SELECT b.sub_account_id AS "subAccountId", a.code AS asset, a.decimals, b.balance, b.updated_at AS "updatedAt"
      FROM sub_account_balance b JOIN asset a ON a.id = b.asset_id
     WHERE b.sub_account_id = ANY (${accounts.rows.map((account) => account.id)}::uuid[])
     ORDER BY a.address IS NULL DESC, a.code`.execute(db);
  return accounts.rows.map((account) => ({
    ...account,
    balances: balances.rows
      .filter((row) => row.subAccountId === account.id)
      .map(({ subAccountId: _, ...balance }) => balance),
  }));
}
