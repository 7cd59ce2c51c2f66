import { withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits, minUnits } from '@naru/kit/money.ts';
import type { Chain } from '../chain/chain.ts';
import { listSubAccounts, pauseAll } from '../sub-account/sub-account.store.ts';
import { carriedItems } from './carried-items.ts';
import { RECORDS_SEARCHED_BLOCKS } from './chain-tx.limits.ts';
import { UNKNOWN_BATCH } from './chain-tx.pauses.ts';
import { listOpen, type OpenChainTx, readAttempts } from './chain-tx.store.ts';
import type { Attempt } from './chain-tx.ts';
import {
  decideForeign,
  explainByReceipts,
  type ForeignVerdict,
  foreignDepth,
  selectConsumed,
} from './decisions/consumed-nonce.ts';
import { type FollowDeps, mine } from './follow-chain.ts';
import type { BatchRecord, Receipt } from './ports.ts';

/**
 * Finds out what used a nonce when the contract's log does not tell: a payout that reverted as a whole, an approval, a
 * cancel, or a transaction that is none of ours. `scanned`: all blocks up to here have been read for logs.
 */
export async function resolveNonces(
  deps: FollowDeps,
  chain: Chain,
  at: { scanned: bigint; head: bigint },
): Promise<void> {
  const waiting = (await listOpen(deps.db, chain.id)).filter((one) => one.state !== 'MINED');
  if (waiting.length === 0) return;
  const consumed = await findConsumed(deps, waiting);
  if (consumed.length === 0) return;
  const attempts = await readAttempts(
    deps.db,
    consumed.map((one) => one.id),
  );
  const receipts = await readReceipts(deps, attempts, 1);
  const unexplained: OpenChainTx[] = [];
  for (const chainTx of consumed) {
    const explained = explainByReceipts(chainTx, attemptsOf(chainTx, attempts), receipts, at.scanned);
    if (explained.kind === 'unexplained') unexplained.push(chainTx);
    if (explained.kind !== 'mined') continue;
    if (explained.needsRecord && !(await hasRecord(deps, chainTx, explained.receipt))) continue;
    await withTransaction(deps.db, (tx) => mine(tx, chainTx, explained.seen));
  }
  await resolveForeign(deps, chain, at, unexplained, attempts);
}

function attemptsOf(chainTx: OpenChainTx, attempts: readonly Attempt[]): Attempt[] {
  return attempts.filter((attempt) => attempt.chainTxId === chainTx.id);
}

/**
 * A payment that succeeded has a record in its block. The scan has passed that block without it, so a node left it out
 * of an answer: the block is asked for by itself. Settlement asks again, of two providers, when it is deep enough.
 */
async function hasRecord(deps: FollowDeps, chainTx: OpenChainTx, receipt: Receipt): Promise<boolean> {
  const block = { number: receipt.blockNumber, hash: receipt.blockHash };
  const records = await deps.chainPort.batchInBlock(block, chainTx.from, chainTx.id);
  const found = records.some((record) => record !== null);
  const detail = { chainTxId: chainTx.id, hash: receipt.transactionHash, block: String(receipt.blockNumber) };
  if (found) deps.logger.warn(detail, 'the scan had missed the record of a batch; found it by its receipt');
  else deps.logger.error(detail, 'a receipt says paid but the contract has no record; not believed');
  return found;
}

async function findConsumed(deps: FollowDeps, waiting: readonly OpenChainTx[]): Promise<OpenChainTx[]> {
  const accounts = [...new Set(waiting.map((one) => one.from))];
  const [counts] = await deps.chainPort.transactionCounts(accounts, 'latest', 1);
  return selectConsumed(waiting, new Map(accounts.map((account, index) => [account, counts?.[index] ?? 0n])));
}

async function readReceipts(
  deps: FollowDeps,
  attempts: readonly Attempt[],
  providers: number,
): Promise<Map<Hex, Receipt>> {
  if (attempts.length === 0) return new Map();
  const lists = await deps.chainPort.receipts(
    attempts.map((attempt) => attempt.hash),
    providers,
  );
  const found = lists.flat().filter((receipt) => receipt !== null);
  return new Map(found.map((receipt) => [receipt.transactionHash, receipt]));
}

/**
 * The nonce is used and no receipt of the provider asked is ours. Now every provider is asked about everything: counts
 * at final depth, receipts, and the contract's records; nobody waits for this but the withdrawals of a nonce that was
 * taken from us.
 */
async function resolveForeign(
  deps: FollowDeps,
  chain: Chain,
  at: { scanned: bigint; head: bigint },
  unexplained: readonly OpenChainTx[],
  attempts: readonly Attempt[],
): Promise<void> {
  if (unexplained.length === 0) return;
  const providers = Math.min(2, deps.chainPort.providerCount);
  const heads = await deps.chainPort.heads(providers);
  const depth = foreignDepth({ ...at, head: heads.reduce(minUnits, at.head) }, chain.confirmations);
  if (depth === null) return;
  const accounts = [...new Set(unexplained.map((one) => one.from))];
  const countLists = await deps.chainPort.transactionCounts(accounts, depth, providers);
  const receipts = await readReceipts(deps, attempts, providers);
  const records = await readRecentRecords(deps, chain, at.scanned, providers);
  for (const chainTx of unexplained) {
    const index = accounts.indexOf(chainTx.from);
    const places = await carriedItems[chainTx.kind].readPlaces(deps.db, chainTx.id);
    const verdict = decideForeign(chainTx, {
      counts: countLists.map((counts) => counts[index] ?? 0n),
      attempts: attemptsOf(chainTx, attempts),
      receipts,
      itemIds: places.map(({ id }) => id),
      records,
    });
    await recordForeign(deps, chain, chainTx, verdict);
  }
}

async function recordForeign(
  deps: FollowDeps,
  chain: Chain,
  chainTx: OpenChainTx,
  verdict: ForeignVerdict,
): Promise<void> {
  if (verdict.kind === 'wait') return;
  const detail = { chainTxId: chainTx.id, nonce: String(chainTx.nonce) };
  if (verdict.kind === 'mined') {
    deps.logger.warn(detail, 'the scan had missed the record of a batch; found it by its used nonce');
    await withTransaction(deps.db, (tx) => mine(tx, chainTx, verdict.seen));
    return;
  }
  deps.logger.error(detail, 'a transaction that is none of ours used this nonce');
  if (verdict.paidElsewhere)
    deps.logger.error(detail, `a forgotten batch has paid its items; ${UNKNOWN_BATCH}`);
  const seen = { blockNumber: null, blockHash: null, attempt: null };
  await withTransaction(deps.db, async (tx) => {
    // First, so that nothing can be planned that this transaction lets go of.
    if (verdict.paidElsewhere) await pauseAll(tx, chain.id, UNKNOWN_BATCH);
    await mine(tx, chainTx, seen);
  });
}

/**
 * What the contract recorded for our accounts in recent blocks. A nonce that something else used may have been used by
 * a batch that the database has forgotten, with the same withdrawals in it.
 */
async function readRecentRecords(
  deps: FollowDeps,
  chain: Chain,
  scanned: bigint,
  providers: number,
): Promise<BatchRecord[]> {
  const accounts = await listSubAccounts(deps.db, chain.id);
  const first = maxUnits(scanned - RECORDS_SEARCHED_BLOCKS, 0n);
  const payers = accounts.map((account) => account.address);
  return (await deps.chainPort.batchesFromEach(first, scanned, payers, providers)).flat();
}
