import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { sumUnits } from '@naru/kit/money.ts';
import { sql } from 'kysely';
import type { Asset, Chain } from '../chain/chain.ts';
import { listSubAccounts, resume, type SubAccount } from '../sub-account/sub-account.store.ts';
import { advance, attachToChainTx } from '../withdrawal/withdrawal.store.ts';
import { NONCE_AHEAD } from './chain-tx.pauses.ts';
import { insertChainTx } from './chain-tx.store.ts';
import type { BatchRecord, ChainPort, PayoutCall } from './ports.ts';

export type RecoverReport = {
  blocksRead: bigint;
  /** Batches of our accounts that the contract has recorded. */
  batchesOnChain: number;
  /** Of those, the ones the database did not have and now has. */
  batchesRestored: number;
  withdrawalsRestored: number;
  /** Paid on chain, unknown here: accepted after the backup was taken. A person must book them. */
  unknownPayments: { withdrawalId: string; hash: Hex; to: Hex; amount: bigint; assetId: string | null }[];
  /** Batches that could not be restored, and why. */
  conflicts: { batchId: string; hash: Hex; problem: string }[];
  accounts: { address: Hex; nextNonceBefore: bigint; nextNonce: bigint }[];
};

/** Blocks asked for at once. */
const RANGE_BLOCKS = 2_000n;

/**
 * Replays the payout contract's own records into a database that may be older than the chain (a restored backup):
 * every batch of ours that the database does not know is written with its nonce and attached to its withdrawals, so
 * that the monitor settles them and nobody pays them again; nonce counters are raised to the chain's. To be run while
 * no other role runs. Running it again changes nothing.
 */
export async function recoverFromChain(
  deps: { db: Database; chainPort: ChainPort; logger: Logger },
  target: { chain: Chain; assets: readonly Asset[] },
  options: { fromBlock: bigint; onProgress?: (done: bigint, total: bigint) => void },
): Promise<RecoverReport> {
  const { chain } = target;
  const accounts = await listSubAccounts(deps.db, chain.id);
  const head = await deps.chainPort.head();
  const report: RecoverReport = {
    blocksRead: head.number - options.fromBlock + 1n,
    batchesOnChain: 0,
    batchesRestored: 0,
    withdrawalsRestored: 0,
    unknownPayments: [],
    conflicts: [],
    accounts: [],
  };
  for (let first = options.fromBlock; first <= head.number; first += RANGE_BLOCKS) {
    const last = first + RANGE_BLOCKS - 1n < head.number ? first + RANGE_BLOCKS - 1n : head.number;
    const records = await deps.chainPort.batches(
      first,
      last,
      accounts.map((account) => account.address),
    );
    report.batchesOnChain += records.length;
    for (const record of records) await restoreBatch(deps, target, accounts, record, report);
    options.onProgress?.(last - options.fromBlock + 1n, report.blocksRead);
  }
  await raiseNonces(deps, accounts, report);
  await rewindCursor(deps.db, chain, options.fromBlock, report);
  return report;
}

async function restoreBatch(
  deps: { db: Database; chainPort: ChainPort },
  target: { chain: Chain; assets: readonly Asset[] },
  accounts: readonly SubAccount[],
  record: BatchRecord,
  report: RecoverReport,
): Promise<void> {
  const known = await sql`SELECT 1 FROM chain_tx WHERE id = ${record.batchId}`.execute(deps.db);
  if (known.rows.length > 0) return;
  const conflict = (problem: string) =>
    report.conflicts.push({ batchId: record.batchId, hash: record.transactionHash, problem });
  const call = await deps.chainPort.payoutCall(record.transactionHash);
  if (call === null) return void conflict('its transaction is not known to the node');
  const account = accounts.find((one) => one.address.toLowerCase() === call.from.toLowerCase());
  const asset = target.assets.find(
    (one) => (one.address ?? '').toLowerCase() === (call.token ?? '').toLowerCase(),
  );
  if (account === undefined || asset === undefined)
    return void conflict('its account or asset is not known here');
  const taken = await sql<{ id: string }>`
    SELECT id FROM chain_tx WHERE sub_account_id = ${account.id} AND nonce = ${call.nonce}`.execute(deps.db);
  if (taken.rows.length > 0)
    return void conflict(`the database has given nonce ${call.nonce} to ${taken.rows[0]?.id}`);
  const restored = await withTransaction(deps.db, (tx) =>
    writeBatch(tx, { chain: target.chain, asset, account, record, call }),
  );
  report.batchesRestored += 1;
  report.withdrawalsRestored += restored.size;
  for (const [index, item] of call.items.entries()) {
    if (restored.has(item.id) || record.items[index]?.outcome !== 1) continue;
    report.unknownPayments.push({
      withdrawalId: item.id,
      hash: record.transactionHash,
      to: item.to,
      amount: item.amount,
      assetId: asset.id,
    });
  }
}

/** Writes the batch as it stands on chain. Returns the ids of the withdrawals that the database knows. */
async function writeBatch(
  tx: Tx,
  batch: { chain: Chain; asset: Asset; account: SubAccount; record: BatchRecord; call: PayoutCall },
): Promise<Set<string>> {
  const { chain, asset, account, record, call } = batch;
  const ids = call.items.map((item) => item.id);
  await insertChainTx(tx, {
    id: record.batchId,
    chainId: chain.id,
    subAccountId: account.id,
    nonce: call.nonce,
    kind: 'PAYOUT',
    assetId: asset.id,
    priority: 'STANDARD',
    itemCount: call.items.length,
    amount: sumUnits(call.items.map((item) => item.amount)),
    to: call.to,
    data: call.data,
    valueWei: call.valueWei,
    gas: call.gas,
    gasPerItem: call.gasPerItem,
  });
  const actor = 'system:recover';
  const reason = `found on chain in ${record.transactionHash}`;
  await advance(tx, sql`w.id = ANY (${ids}::uuid[])`, { from: 'PENDING', to: 'VALIDATING', actor, reason });
  await advance(tx, sql`w.id = ANY (${ids}::uuid[])`, { from: 'REVIEW', to: 'VALIDATING', actor, reason });
  await attachToChainTx(tx, record.batchId, ids, { from: 'VALIDATING', to: 'SIGNING', actor, reason });
  await sql`
    UPDATE chain_tx SET state = 'MINED', version = version + 1, block_number = ${record.blockNumber},
           block_hash = ${record.blockHash}, mined_at = now() WHERE id = ${record.batchId}`.execute(tx);
  const attached = await advance(tx, sql`w.chain_tx_id = ${record.batchId}`, {
    from: 'SIGNING',
    to: 'CONFIRMING',
    actor,
    reason,
  });
  return new Set(attached);
}

/** The chain's count is the floor of a counter; an account that was paused for being behind goes on. */
async function raiseNonces(
  deps: { db: Database; chainPort: ChainPort },
  accounts: readonly SubAccount[],
  report: RecoverReport,
): Promise<void> {
  if (accounts.length === 0) return;
  const [counts] = await deps.chainPort.transactionCounts(
    accounts.map((account) => account.address),
    'latest',
    1,
  );
  for (const [index, account] of accounts.entries()) {
    const count = counts?.[index] ?? 0n;
    const { rows } = await sql<{ nextNonce: bigint }>`
      UPDATE sub_account SET next_nonce = greatest(next_nonce, ${count}) WHERE id = ${account.id}
      RETURNING next_nonce AS "nextNonce"`.execute(deps.db);
    await resume(deps.db, account.id, NONCE_AHEAD);
    report.accounts.push({
      address: account.address,
      nextNonceBefore: account.nextNonce,
      nextNonce: rows[0]?.nextNonce ?? count,
    });
  }
}

/** What the database knew already but had not seen mined is found by reading the chain again. */
async function rewindCursor(
  db: Database,
  chain: Chain,
  fromBlock: bigint,
  report: RecoverReport,
): Promise<void> {
  const open = await sql`
    SELECT 1 FROM chain_tx WHERE chain_id = ${chain.id}
       AND state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED') LIMIT 1`.execute(db);
  if (open.rows.length === 0 && report.batchesRestored === 0) return;
  const before = fromBlock > 0n ? fromBlock - 1n : 0n;
  await withTransaction(db, async (tx) => {
    await sql`DELETE FROM chain_block WHERE chain_id = ${chain.id}`.execute(tx);
    await sql`UPDATE chain_cursor SET scanned_number = least(scanned_number, ${before}), lease_owner = NULL,
                     lease_until = NULL, epoch = epoch + 1 WHERE chain_id = ${chain.id}`.execute(tx);
  });
}
