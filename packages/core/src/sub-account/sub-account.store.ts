import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import type { AccountLease } from './account-lease.store.ts';
import type { AccountRole, SubAccountState } from './sub-account.machine.ts';

export type SubAccount = {
  id: string;
  chainId: string;
  /** EIP-55. */
  address: Hex;
  nextNonce: bigint;
  role: AccountRole;
  state: SubAccountState;
  pauseReason: string | null;
  /** Since when it pays no more withdrawals and is being emptied; null: it is not. */
  drainAt: Date | null;
};

const columns = sql`
  id, chain_id AS "chainId", address, next_nonce AS "nextNonce", role, state, pause_reason AS "pauseReason",
  drain_at AS "drainAt"`;

/** Active accounts of a chain that `owner` holds. */
export async function listHeldAccounts(
  db: Queryable,
  held: { chainId: string; owner: string },
): Promise<(SubAccount & { epoch: bigint })[]> {
  const { rows } = await sql<SubAccount & { epoch: bigint }>`
    SELECT ${columns}, epoch FROM sub_account
     WHERE chain_id = ${held.chainId} AND state = 'ACTIVE' AND lease_owner = ${held.owner} AND lease_until > now()
     ORDER BY address`.execute(db);
  return rows;
}

export async function listSubAccounts(db: Queryable, chainId: string): Promise<SubAccount[]> {
  const { rows } = await sql<SubAccount>`
    SELECT ${columns} FROM sub_account WHERE chain_id = ${chainId} ORDER BY address`.execute(db);
  return rows;
}

/**
 * Adds an account whose key the signer holds. `nextNonce` is the chain's transaction count at this moment. One that is
 * JOINING gives no nonces until a processor has found its key and the chain's count (`join-accounts.ts`).
 */
export async function addSubAccount(
  db: Queryable,
  account: {
    chainId: string;
    address: Hex;
    nextNonce: bigint;
    role?: AccountRole;
    state?: 'JOINING' | 'ACTIVE';
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO sub_account (id, chain_id, address, next_nonce, role, state)
    VALUES (${newUuid()}, ${account.chainId}, ${account.address}, ${account.nextNonce}, ${account.role ?? 'PAYOUT'},
            ${account.state ?? 'ACTIVE'})
    ON CONFLICT (chain_id, address) DO NOTHING`.execute(db);
  return numAffectedRows === 1n;
}

/** Accounts that a processor has not let in yet. */
export async function listJoining(db: Queryable, chainId: string): Promise<SubAccount[]> {
  const { rows } = await sql<SubAccount>`
    SELECT ${columns} FROM sub_account WHERE chain_id = ${chainId} AND state = 'JOINING' ORDER BY address`.execute(
    db,
  );
  return rows;
}

/** JOINING → ACTIVE, with the chain's count as its next nonce. */
export async function letIn(db: Queryable, id: string, nextNonce: bigint): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE sub_account SET state = 'ACTIVE', pause_reason = NULL, next_nonce = greatest(next_nonce, ${nextNonce})
     WHERE id = ${id} AND state = 'JOINING'`.execute(db);
  return numAffectedRows === 1n;
}

/** What an account that joins still lacks. */
export async function noteJoinProblem(db: Queryable, id: string, problem: string): Promise<void> {
  await sql`
    UPDATE sub_account SET pause_reason = ${problem}
     WHERE id = ${id} AND state = 'JOINING' AND pause_reason IS DISTINCT FROM ${problem}`.execute(db);
}

export async function setRole(tx: Tx, id: string, role: AccountRole): Promise<void> {
  await sql`UPDATE sub_account SET role = ${role} WHERE id = ${id}`.execute(tx);
}

export async function beginDrain(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE sub_account SET drain_at = coalesce(drain_at, now()) WHERE id = ${id}`.execute(tx);
}

/** Takes back a drain, whether it has ended or not. */
export async function endDrain(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE sub_account SET drain_at = NULL WHERE id = ${id}`.execute(tx);
}

/**
 * Takes the account's next nonce, in the transaction that writes the chain transaction. Null: the lease is lost, another
 * step has the account at this moment, or it is not active.
 */
export async function takeNonce(tx: Tx, lease: AccountLease): Promise<bigint | null> {
  const { rows } = await sql<{ nonce: bigint }>`
    UPDATE sub_account SET next_nonce = next_nonce + 1
     WHERE id = (SELECT id FROM sub_account
                  WHERE id = ${lease.accountId} AND state = 'ACTIVE' AND lease_owner = ${lease.owner}
                    AND epoch = ${lease.epoch} AND lease_until > now()
                  FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING next_nonce - 1 AS nonce`.execute(tx);
  return rows[0]?.nonce ?? null;
}

export type AccountLoad = {
  id: string;
  address: Hex;
  /** Of the lease under which it was read. */
  epoch: bigint;
  nextNonce: bigint;
  inFlight: number;
  amountInFlight: bigint;
  gasInFlightWei: bigint;
  /** Coin that is gas money and nothing else, by its threshold; 0 when the asset is a token. */
  gasKeptWei: bigint;
};

/** Those that pay withdrawals, or accounts by their ids whatever they are for. */
export type AccountChoice = 'payout' | readonly string[];

/**
 * Active accounts of a chain that `owner` holds, with what they have in flight: how many transactions, how much of the
 * asset, and how much coin they may still burn as gas at the chain's fee ceiling.
 */
export async function readLoads(
  db: Queryable,
  held: { chainId: string; owner: string },
  assetId: string,
  choice: AccountChoice = 'payout',
): Promise<AccountLoad[]> {
  const chosen =
    choice === 'payout'
      ? sql`s.role = 'PAYOUT' AND s.drain_at IS NULL`
      : sql`s.id = ANY (${[...choice]}::uuid[])`;
  const { rows } = await sql<AccountLoad>`
    SELECT s.id, s.address, s.epoch, s.next_nonce AS "nextNonce", count(x.id)::integer AS "inFlight",
           coalesce(sum(x.amount) FILTER (WHERE x.asset_id = ${assetId}), 0) AS "amountInFlight",
           coalesce(sum(x.gas * t.fee), 0) AS "gasInFlightWei",
           coalesce((SELECT k.target FROM account_threshold k
                      WHERE k.asset_id = ${assetId} AND k.purpose = 'GAS'
                        AND (k.sub_account_id = s.id OR k.role = s.role)
                      ORDER BY k.sub_account_id NULLS LAST LIMIT 1), 0) AS "gasKeptWei"
      FROM sub_account s
      LEFT JOIN chain_tx x ON x.sub_account_id = s.id
       AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')
      LEFT JOIN LATERAL (SELECT max(fee_per_gas_wei_max) AS fee FROM chain_tx_attempt WHERE chain_tx_id = x.id) t ON true
     WHERE s.chain_id = ${held.chainId} AND s.state = 'ACTIVE' AND s.lease_owner = ${held.owner}
       AND s.lease_until > now() AND ${chosen}
     GROUP BY s.id ORDER BY s.address`.execute(db);
  return rows;
}

export async function pause(db: Queryable, id: string, reason: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE sub_account SET state = 'PAUSED', pause_reason = ${reason} WHERE id = ${id} AND state = 'ACTIVE'`.execute(
    db,
  );
  return numAffectedRows === 1n;
}

/** Nothing more is planned on the chain until a person has looked. Returns how many accounts it stopped. */
export async function pauseAll(db: Queryable, chainId: string, reason: string): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE sub_account SET state = 'PAUSED', pause_reason = ${reason}
     WHERE chain_id = ${chainId} AND state = 'ACTIVE'`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Only what was paused for this very reason goes on: a person's pause stays. */
export async function resume(db: Queryable, id: string, reason: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE sub_account SET state = 'ACTIVE', pause_reason = NULL
     WHERE id = ${id} AND state = 'PAUSED' AND pause_reason = ${reason}`.execute(db);
  return numAffectedRows === 1n;
}

/** Is there a main account besides this one that takes what another holds? */
export async function hasOtherMain(
  db: Queryable,
  account: { id: string; chainId: string },
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM sub_account WHERE chain_id = ${account.chainId} AND id <> ${account.id} AND role = 'MAIN'
       AND state IN ('JOINING', 'ACTIVE', 'PAUSED') AND drain_at IS NULL LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** The account of this address, locked, with how many of its transactions are not final. */
export async function lockByAddress(
  tx: Tx,
  chainId: string,
  address: Hex,
): Promise<{ account: SubAccount; openCount: number } | null> {
  const { rows } = await sql<SubAccount>`
    SELECT ${columns} FROM sub_account WHERE chain_id = ${chainId} AND address = ${address} FOR UPDATE`.execute(
    tx,
  );
  const [account] = rows;
  if (account === undefined) return null;
  const { rows: open } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM chain_tx
     WHERE chain_id = ${chainId} AND sub_account_id = ${account.id}
       AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')`.execute(tx);
  return { account, openCount: open[0]?.count ?? 0 };
}

export async function setState(
  tx: Tx,
  id: string,
  state: SubAccount['state'],
  pauseReason: string | null,
): Promise<void> {
  await sql`UPDATE sub_account SET state = ${state}, pause_reason = ${pauseReason} WHERE id = ${id}`.execute(
    tx,
  );
}

export async function saveBalances(
  db: Queryable,
  rows: readonly { subAccountId: string; assetId: string; balance: bigint; blockNumber: bigint }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO sub_account_balance (sub_account_id, asset_id, balance, block_number)
    SELECT * FROM unnest(${rows.map((row) => row.subAccountId)}::uuid[], ${rows.map((row) => row.assetId)}::text[],
                         ${rows.map((row) => row.balance.toString())}::numeric[],
                         ${rows.map((row) => row.blockNumber.toString())}::bigint[])
    ON CONFLICT (sub_account_id, asset_id) DO UPDATE
       SET balance = excluded.balance, block_number = excluded.block_number, updated_at = now()`.execute(db);
}
