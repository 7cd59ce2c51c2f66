import type { Queryable } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { ChainTxKind } from '../chain-tx/chain-tx.kinds.ts';
import type { ChainTxState } from '../chain-tx/chain-tx.machine.ts';
import type { AttemptPurpose } from '../chain-tx/chain-tx.ts';
import { type LedgerRow, listTransfersOf } from '../ledger/ledger.store.ts';
import type { SubAccountState } from '../sub-account/sub-account.machine.ts';
import type { WithdrawalState } from './withdrawal.machine.ts';
import { listEvents, readWithdrawalsById } from './withdrawal.reader.ts';
import type { Withdrawal, WithdrawalEvent } from './withdrawal.ts';

/*
 * Everything the database knows of one payment, for an operator who asks what happened to it. Reads only, and without
 * an organisation: nothing here may be reachable by a customer.
 */

/** Signed bytes of a chain transaction, and what nodes said to them. */
export type StoryAttempt = {
  chainTxId: string;
  number: number;
  purpose: AttemptPurpose;
  hash: Hex;
  feePerGasWeiMax: bigint;
  tipPerGasWei: bigint;
  sendCount: number;
  lastSentAt: Date | null;
  lastOutcome: string | null;
  createdAt: Date;
};

export type StoryChainTx = {
  id: string;
  chainId: string;
  kind: ChainTxKind;
  assetId: string;
  /** Its code. */
  asset: string;
  decimals: number;
  /** Of the chain's coin, which gas is paid in. */
  nativeSymbol: string;
  /** Of the chain, where it has one. */
  explorerUrl: string | null;
  /** EIP-55. */
  subAccount: Hex;
  subAccountState: SubAccountState;
  pauseReason: string | null;
  nonce: bigint;
  state: ChainTxState;
  itemCount: number;
  /** Of all items, smallest unit. */
  amount: bigint;
  /** Limit of the transaction. */
  gas: bigint;
  gasUsed: bigint | null;
  gasPriceWei: bigint | null;
  wanted: 'BUMP' | 'CANCEL' | null;
  failureCount: number;
  lastError: string | null;
  notBefore: Date;
  blockNumber: bigint | null;
  blockHash: Hex | null;
  minedAttempt: number | null;
  createdAt: Date;
  broadcastedAt: Date | null;
  minedAt: Date | null;
  finalAt: Date | null;
  attempts: StoryAttempt[];
};

/** A withdrawal that a chain transaction pays now; one that was planned again elsewhere is no longer among them. */
export type StoryItem = {
  withdrawalId: string;
  position: number;
  state: WithdrawalState;
  /** EIP-55. */
  to: Hex;
  amount: bigint;
  /** The contract's code as recorded when final: 0 not attempted, 1 paid, 2 reverted, 3 returned false. */
  outcome: number | null;
};

export type WithdrawalStory = {
  withdrawal: Withdrawal;
  ownerName: string;
  planCount: number;
  /** Nothing is done about it before this moment. */
  notBefore: Date;
  events: (WithdrawalEvent & { chainTxId: string | null })[];
  /** Oldest first; the last one is the present one when `withdrawal.transaction` is not null. */
  chainTxs: StoryChainTx[];
  ledger: LedgerRow[];
};

export async function readWithdrawalStory(db: Queryable, id: string): Promise<WithdrawalStory | null> {
  const withdrawal = (await readWithdrawalsById(db, [id])).get(id);
  if (withdrawal === undefined) return null;
  const { rows } = await sql<{ ownerName: string; planCount: number; notBefore: Date }>`
    SELECT o.name AS "ownerName", w.plan_count AS "planCount", w.not_before AS "notBefore"
      FROM withdrawal w JOIN organisation o ON o.id = w.organisation_id WHERE w.id = ${id}`.execute(db);
  const [extra] = rows;
  if (extra === undefined) return null;
  const events = (await listEvents(db, withdrawal.organisationId, id)) ?? [];
  const ids = new Set(events.map((event) => event.chainTxId).filter((one) => one !== null));
  if (withdrawal.transaction !== null) ids.add(withdrawal.transaction.chainTxId);
  return {
    withdrawal,
    ...extra,
    events,
    chainTxs: await readChainTxStories(db, [...ids]),
    ledger: await listTransfersOf(db, id),
  };
}

/** Oldest first. */
export async function readChainTxStories(db: Queryable, ids: readonly string[]): Promise<StoryChainTx[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Omit<StoryChainTx, 'attempts'>>`
    SELECT x.id, x.chain_id AS "chainId", x.kind, x.asset_id AS "assetId", a.code AS asset, a.decimals,
           c.native_symbol AS "nativeSymbol", c.explorer_url AS "explorerUrl", s.address AS "subAccount",
           s.state AS "subAccountState", s.pause_reason AS "pauseReason", x.nonce, x.state, x.item_count AS "itemCount",
           x.amount, x.gas, x.gas_used AS "gasUsed", x.gas_price_wei AS "gasPriceWei", x.wanted,
           x.failure_count AS "failureCount", x.last_error AS "lastError", x.not_before AS "notBefore",
           x.block_number AS "blockNumber", x.block_hash AS "blockHash", x.mined_attempt AS "minedAttempt",
           x.created_at AS "createdAt", x.broadcasted_at AS "broadcastedAt", x.mined_at AS "minedAt",
           x.final_at AS "finalAt"
      FROM chain_tx x
      JOIN sub_account s ON s.id = x.sub_account_id
      JOIN asset a ON a.id = x.asset_id
      JOIN chain c ON c.id = x.chain_id
     WHERE x.id = ANY (${ids}::uuid[]) ORDER BY x.created_at, x.id`.execute(db);
  const attempts = await sql<StoryAttempt>`
    SELECT chain_tx_id AS "chainTxId", number, purpose, hash, fee_per_gas_wei_max AS "feePerGasWeiMax",
           tip_per_gas_wei AS "tipPerGasWei", send_count AS "sendCount", last_sent_at AS "lastSentAt",
           last_outcome AS "lastOutcome", created_at AS "createdAt"
      FROM chain_tx_attempt WHERE chain_tx_id = ANY (${ids}::uuid[]) ORDER BY chain_tx_id, number`.execute(
    db,
  );
  return rows.map((row) => ({
    ...row,
    attempts: attempts.rows.filter((attempt) => attempt.chainTxId === row.id),
  }));
}

/** The chain transaction that has this hash among its attempts. `hash`: lower case. */
export async function findChainTxByHash(db: Queryable, hash: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    SELECT chain_tx_id AS id FROM chain_tx_attempt WHERE hash = ${hash}`.execute(db);
  return rows[0]?.id ?? null;
}

/** What a chain transaction pays, in the order of the batch. */
export async function listStoryItems(db: Queryable, chainTxId: string): Promise<StoryItem[]> {
  const { rows } = await sql<StoryItem>`
    SELECT w.id AS "withdrawalId", w.chain_tx_position AS position, w.state, w.to_address AS "to", w.amount,
           CASE WHEN x.outcomes IS NULL THEN NULL ELSE get_byte(x.outcomes, w.chain_tx_position) END AS outcome
      FROM withdrawal w JOIN chain_tx x ON x.id = w.chain_tx_id
     WHERE w.chain_tx_id = ${chainTxId} ORDER BY w.chain_tx_position`.execute(db);
  return rows;
}
