import { withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits } from '@naru/kit/money.ts';
import type { Chain } from '../chain/chain.ts';
import { listSubAccounts, pauseAll } from '../sub-account/sub-account.store.ts';
import { FOREIGN_MARGIN_BLOCKS, RECORDS_SEARCHED_BLOCKS } from './chain-tx.limits.ts';
import { UNKNOWN_BATCH } from './chain-tx.pauses.ts';
import { listOpen, type OpenChainTx, readAttempts, readPlaces } from './chain-tx.store.ts';
import type { Attempt } from './chain-tx.ts';
import { type FollowDeps, mine } from './follow-chain.ts';
import { ITEM_PAID, type Receipt } from './ports.ts';

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
  const consumed = await selectConsumed(deps, waiting);
  if (consumed.length === 0) return;
  const attempts = await readAttempts(
    deps.db,
    consumed.map((one) => one.id),
  );
  const receipts = await readReceipts(deps, attempts, 1);
  const unexplained: OpenChainTx[] = [];
  for (const chainTx of consumed) {
    const own = attempts.filter((attempt) => attempt.chainTxId === chainTx.id);
    const mined = own.find((attempt) => receipts.has(attempt.hash));
    const receipt = mined === undefined ? undefined : receipts.get(mined.hash);
    if (mined === undefined || receipt === undefined) {
      unexplained.push(chainTx);
      continue;
    }
    // Not read so far: the log will tell more, if there is one.
    if (receipt.blockNumber > at.scanned) continue;
    if (
      chainTx.kind === 'PAYOUT' &&
      mined.purpose === 'PAY' &&
      receipt.succeeded &&
      !(await hasRecord(deps, chainTx, receipt))
    )
      continue;
    const seen = { blockNumber: receipt.blockNumber, blockHash: receipt.blockHash, attempt: mined.number };
    await withTransaction(deps.db, (tx) => mine(tx, chainTx, seen));
  }
  await resolveForeign(deps, chain, at, unexplained, attempts);
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

async function selectConsumed(deps: FollowDeps, waiting: readonly OpenChainTx[]): Promise<OpenChainTx[]> {
  const accounts = [...new Set(waiting.map((one) => one.from))];
  const [counts] = await deps.chainPort.transactionCounts(accounts, 'latest', 1);
  const countOf = new Map(accounts.map((account, index) => [account, counts?.[index] ?? 0n]));
  return waiting.filter((one) => (countOf.get(one.from) ?? 0n) > one.nonce);
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
 * The nonce is used and no receipt is ours. Time and a missing receipt decide nothing: only when the nonce was used at
 * final depth, every provider asked has none of our receipts, and all blocks up to there were read without a record of
 * the batch, was it something else that used it. Nodes show a count before the receipt that goes with it, so the block
 * must also be older than any such delay; nobody waits for this but the withdrawals of a nonce that was taken from us.
 */
async function resolveForeign(
  deps: FollowDeps,
  chain: Chain,
  at: { scanned: bigint; head: bigint },
  unexplained: readonly OpenChainTx[],
  attempts: readonly Attempt[],
): Promise<void> {
  const finalBlock = at.head - BigInt(chain.confirmations) + 1n - FOREIGN_MARGIN_BLOCKS;
  if (unexplained.length === 0 || finalBlock < 0n || at.scanned < finalBlock) return;
  const providers = Math.min(2, deps.chainPort.providerCount);
  const accounts = [...new Set(unexplained.map((one) => one.from))];
  const countLists = await deps.chainPort.transactionCounts(accounts, finalBlock, providers);
  const receipts = await readReceipts(deps, attempts, providers);
  const paid = await readPaidItems(deps, chain, at.scanned);
  for (const chainTx of unexplained) {
    const index = accounts.indexOf(chainTx.from);
    const usedAtDepth = countLists.every((counts) => (counts[index] ?? 0n) > chainTx.nonce);
    const ours = attempts.some((attempt) => attempt.chainTxId === chainTx.id && receipts.has(attempt.hash));
    if (!usedAtDepth || ours) continue;
    if ((await readPlaces(deps.db, chainTx.id)).some(({ id }) => paid.has(id))) {
      await pauseAll(deps.db, chain.id, UNKNOWN_BATCH);
      deps.logger.error({ chainTxId: chainTx.id }, `another batch has paid its items; ${UNKNOWN_BATCH}`);
      continue;
    }
    deps.logger.error(
      { chainTxId: chainTx.id, nonce: String(chainTx.nonce) },
      'a transaction that is none of ours used this nonce',
    );
    await withTransaction(deps.db, (tx) =>
      mine(tx, chainTx, { blockNumber: null, blockHash: null, attempt: null }),
    );
  }
}

/**
 * Items that the contract recorded as paid by any of our accounts in recent blocks. A nonce that something else used
 * may have been used by a batch that the database has forgotten, with the same withdrawals in it.
 */
async function readPaidItems(deps: FollowDeps, chain: Chain, scanned: bigint): Promise<Set<string>> {
  const accounts = await listSubAccounts(deps.db, chain.id);
  const first = maxUnits(scanned - RECORDS_SEARCHED_BLOCKS, 0n);
  const records = await deps.chainPort.batches(
    first,
    scanned,
    accounts.map((account) => account.address),
  );
  const paid = records.flatMap((record) => record.items.filter(({ outcome }) => outcome === ITEM_PAID));
  return new Set(paid.map((item) => item.withdrawalId));
}
