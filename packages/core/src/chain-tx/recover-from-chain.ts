import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { maxUnits, minUnits, sumUnits } from '@naru/kit/money.ts';
import { forgetPending, selectKnownTransfers } from '../account-manager/account-transfer.store.ts';
import { findTransferConflict, restoreTransfers } from '../account-manager/restore-transfers.ts';
import { overtakeReviews } from '../approval/approval.store.ts';
import { recordAudit } from '../audit/audit.store.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { listSubAccounts, pauseAll, resume, type SubAccount } from '../sub-account/sub-account.store.ts';
import { advanceByIds, attachToChainTx } from '../withdrawal/withdrawal.store.ts';
import type { ChainTxKind } from './chain-tx.kinds.ts';
import { NONCE_AHEAD, UNKNOWN_BATCH } from './chain-tx.pauses.ts';
import { insertChainTx } from './chain-tx.store.ts';
import { agreeOnCounts, findConflict, kindOfBatch, selectBusy, uniteRecords } from './decisions/recovery.ts';
import { freeSignedNonces, type RecoverySigner, recordFreedNonces } from './free-signed-nonces.ts';
import type { BatchRecord, ChainPort, PayoutCall } from './ports.ts';
import {
  findByNonce,
  hasUnsettled,
  isKnown,
  listOpenPlaces,
  raiseNonce,
  recordFoundInBlock,
  rewindCursor,
  selectKnownWithdrawals,
} from './recovery.store.ts';

export type RecoverReport = {
  blocksRead: bigint;
  /** Batches of our accounts that the contract has recorded. */
  batchesOnChain: number;
  /** Of those, the ones the database did not have and now has. */
  batchesRestored: number;
  withdrawalsRestored: number;
  /** Moves between our own accounts. */
  transfersRestored: number;
  /** Paid on chain, unknown here: accepted after the backup was taken. A person must book them. */
  unknownPayments: { withdrawalId: string; hash: Hex; to: Hex; amount: bigint; assetId: string | null }[];
  /** Batches that could not be restored, and why. */
  conflicts: { batchId: string; hash: Hex; problem: string }[];
  accounts: { address: Hex; nextNonceBefore: bigint; nextNonce: bigint }[];
  /** Nonces that the signer had signed something at which the database has forgotten: used up, so that it cannot come. */
  noncesFreed: number;
};

/** Blocks asked for at once. */
const RANGE_BLOCKS = 2_000n;

/**
 * Replays the payout contract's own records into a database that may be older than the chain (a restored backup):
 * every batch of ours that the database does not know is written with its nonce and attached to its withdrawals, so
 * that the monitor settles them and nobody pays them again; nonce counters are raised to the chain's. To be run while
 * no other role runs. Running it again changes nothing. `signer` null: bytes that were signed and are in no block are
 * not known, so they may still come, and an account that has some stands still.
 */
export async function recoverFromChain(
  deps: { db: Database; chainPort: ChainPort; signer: RecoverySigner | null; logger: Logger },
  target: { chain: Chain; assets: readonly Asset[] },
  options: { fromBlock: bigint; onProgress?: (done: bigint, total: bigint) => void },
): Promise<RecoverReport> {
  const { chain } = target;
  const accounts = await listSubAccounts(deps.db, chain.id);
  await requireQuiet(deps, chain, accounts);
  const { signer } = deps;
  const freed = signer === null ? [] : await freeSignedNonces({ ...deps, signer }, chain, accounts);
  // What was freed has been used since.
  const counts = await requireQuiet(deps, chain, accounts);
  const head = await deps.chainPort.head();
  const report: RecoverReport = {
    blocksRead: head.number - options.fromBlock + 1n,
    batchesOnChain: 0,
    batchesRestored: 0,
    withdrawalsRestored: 0,
    transfersRestored: 0,
    unknownPayments: [],
    conflicts: [],
    accounts: [],
    noncesFreed: freed.length,
  };
  for (let first = options.fromBlock; first <= head.number; first += RANGE_BLOCKS) {
    const last = first + RANGE_BLOCKS - 1n < head.number ? first + RANGE_BLOCKS - 1n : head.number;
    const lists = await deps.chainPort.batchesFromEach(
      first,
      last,
      accounts.map((account) => account.address),
      providersAsked(deps.chainPort),
    );
    const records = uniteRecords(lists);
    report.batchesOnChain += records.length;
    for (const record of records) await restoreBatch(deps, target, accounts, record, report);
    options.onProgress?.(last - options.fromBlock + 1n, report.blocksRead);
  }
  await recordFreedNonces(deps, chain, freed);
  await withTransaction(deps.db, (tx) => forgetPending(tx, chain.id));
  await raiseNonces(deps, accounts, counts, report);
  // With a conflict left, going on could pay again what the conflicting batch has paid.
  if (report.conflicts.length > 0) await pauseAll(deps.db, chain.id, UNKNOWN_BATCH);
  // What the database knew already but had not seen mined is found by reading the chain again.
  if (report.batchesRestored > 0 || (await hasUnsettled(deps.db, chain.id)))
    await rewindCursor(deps.db, chain.id, maxUnits(options.fromBlock - 1n, 0n));
  return report;
}

async function restoreBatch(
  deps: { db: Database; chainPort: ChainPort },
  target: { chain: Chain; assets: readonly Asset[] },
  accounts: readonly SubAccount[],
  record: BatchRecord,
  report: RecoverReport,
): Promise<void> {
  if (await isKnown(deps.db, record.batchId)) return;
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
  const ids = call.items.map((item) => item.id);
  const kind = kindOfBatch(call.items, {
    withdrawals: await selectKnownWithdrawals(deps.db, ids),
    transfers: new Set((await selectKnownTransfers(deps.db, ids)).keys()),
    ownAddresses: new Set(accounts.map((one) => one.address.toLowerCase())),
  });
  if (kind === null) return void conflict('some of its items are withdrawals here and some are transfers');
  const problem =
    findConflict(
      call,
      await findByNonce(deps.db, account.id, call.nonce),
      await listOpenPlaces(deps.db, ids),
    ) ?? (kind === 'TRANSFER' ? await findTransferConflict(deps.db, call, accounts) : null);
  if (problem !== null) return void conflict(problem);
  const batch = { chain: target.chain, asset, account, record, call };
  report.batchesRestored += 1;
  if (kind === 'TRANSFER') {
    await withTransaction(deps.db, (tx) => writeTransfers(tx, batch, accounts));
    report.transfersRestored += ids.length;
    return;
  }
  const restored = await withTransaction(deps.db, (tx) => writePayout(tx, batch));
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

type Batch = { chain: Chain; asset: Asset; account: SubAccount; record: BatchRecord; call: PayoutCall };

async function writeChainTx(
  tx: Tx,
  { chain, asset, account, record, call }: Batch,
  kind: ChainTxKind,
): Promise<void> {
  await insertChainTx(tx, {
    id: record.batchId,
    chainId: chain.id,
    subAccountId: account.id,
    nonce: call.nonce,
    kind,
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
}

/** Writes a batch of moves between our accounts as it stands on chain. */
async function writeTransfers(tx: Tx, batch: Batch, accounts: readonly SubAccount[]): Promise<void> {
  const { chain, asset, account, record, call } = batch;
  await writeChainTx(tx, batch, 'TRANSFER');
  const reason = `found on chain in ${record.transactionHash}`;
  const target = { chainId: chain.id, assetId: asset.id, account, chainTxId: record.batchId, reason };
  await restoreTransfers(tx, target, call.items, accounts);
  await recordFoundInBlock(tx, record);
  const after = { transfers: String(call.items.length), hash: record.transactionHash };
  await recordAudit(tx, { action: 'recover.batch', subject: `chain_tx ${record.batchId}`, after });
}

/** Writes a payout as it stands on chain. Returns the ids of the withdrawals that the database knows. */
async function writePayout(tx: Tx, batch: Batch): Promise<Set<string>> {
  const { record, call } = batch;
  const ids = call.items.map((item) => item.id);
  await writeChainTx(tx, batch, 'PAYOUT');
  const actor = 'system:recover';
  const reason = `found on chain in ${record.transactionHash}`;
  await recordFoundInBlock(tx, record);
  await advanceByIds(tx, ids, { from: 'PENDING', to: 'VALIDATING', actor, reason });
  // Approved after the backup was made: the block is what releases it now.
  if ((await overtakeReviews(tx, ids, record.batchId)) > 0)
    await advanceByIds(tx, ids, { from: 'REVIEW', to: 'VALIDATING', actor, reason });
  await attachToChainTx(tx, record.batchId, ids, { from: 'VALIDATING', to: 'SIGNING', actor, reason });
  const attached = await advanceByIds(tx, ids, {
    from: 'SIGNING',
    to: 'CONFIRMING',
    actor,
    reason,
  });
  const after = { withdrawals: String(attached.length), hash: record.transactionHash };
  await recordAudit(tx, { action: 'recover.batch', subject: `chain_tx ${record.batchId}`, after });
  return new Set(attached);
}

function providersAsked(chainPort: ChainPort): number {
  return Math.min(2, chainPort.providerCount);
}

/**
 * Refuses while a transaction of ours waits for its block, or for the depth at which it is final. Returns the accounts'
 * transaction counts, on which the providers agree.
 */
async function requireQuiet(
  deps: { chainPort: ChainPort; logger: Logger },
  chain: Chain,
  accounts: readonly SubAccount[],
): Promise<readonly bigint[]> {
  const { chainPort } = deps;
  const addresses = accounts.map((account) => account.address);
  if (addresses.length === 0) return [];
  const [pending, lists] = await Promise.all([
    chainPort.pendingCounts(addresses),
    chainPort.transactionCounts(addresses, 'latest', providersAsked(chainPort)),
  ]);
  const latest = agreeOnCounts(lists);
  if (latest === null)
    throw new CodedError(
      'providers_disagree',
      'the providers name different numbers of our transactions. Wait until they agree, then run it again.',
      { retryable: true },
    );
  const busy = selectBusy(addresses, {
    pending,
    latest,
    final: await readFinalCounts(deps, chain, addresses),
  });
  if (busy.length > 0)
    throw new CodedError(
      'chain_not_quiet',
      `transactions of ours still wait for a block, or are not ${chain.confirmations} blocks deep (${busy.join(', ')}). ` +
        'Wait until they are, then run it again.',
      { retryable: true },
    );
  return latest;
}

/** Null: no provider keeps the state of so old a block. The operator has waited for it, as the runbook says. */
async function readFinalCounts(
  { chainPort, logger }: { chainPort: ChainPort; logger: Logger },
  chain: Chain,
  addresses: readonly Hex[],
): Promise<readonly bigint[] | null> {
  const heads = await chainPort.heads(providersAsked(chainPort));
  const head = heads.reduce(minUnits);
  const block = maxUnits(head - BigInt(chain.confirmations) + 1n, 0n);
  try {
    const [counts] = await chainPort.transactionCounts(addresses, block, 1);
    return counts ?? null;
  } catch (error) {
    logger.warn(
      { chain: chain.id, block: String(block), error: errorText(error) },
      'the depth of our last transactions could not be checked',
    );
    return null;
  }
}

/** The chain's count is the floor of a counter; an account that was paused for being behind goes on. */
async function raiseNonces(
  deps: { db: Database },
  accounts: readonly SubAccount[],
  counts: readonly bigint[],
  report: RecoverReport,
): Promise<void> {
  for (const [index, account] of accounts.entries()) {
    const count = counts[index] ?? 0n;
    const nextNonce = await withTransaction(deps.db, (tx) => raiseNonce(tx, account, count));
    if (report.conflicts.length === 0)
      for (const reason of [NONCE_AHEAD, UNKNOWN_BATCH]) await resume(deps.db, account.id, reason);
    report.accounts.push({
      address: account.address,
      nextNonceBefore: account.nextNonce,
      nextNonce,
    });
  }
}
