import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { minUnits } from '@naru/kit/money.ts';
import type { Chain } from '../chain/chain.ts';
import {
  type CursorLease,
  dropBlocksAbove,
  listBlocks,
  moveCursor,
  saveBlocks,
} from '../chain/chain-cursor.store.ts';
import { listSubAccounts, pauseAll } from '../sub-account/sub-account.store.ts';
import { carriedItems } from './carried-items.ts';
import { BLOCKS_REMEMBERED_EXTRA, SCAN_BLOCKS_MAX } from './chain-tx.limits.ts';
import { UNKNOWN_BATCH } from './chain-tx.pauses.ts';
import { listOpen, type OpenChainTx, readAttempts, recordMined, recordUnmined } from './chain-tx.store.ts';
import { matchRecords, type Seen, selectUnknown } from './decisions/batch-records.ts';
import {
  ancestorUnseen,
  findCommonBlock,
  isConsistent,
  selectComparable,
  selectUndone,
} from './decisions/reorganisation.ts';
import type { BatchRecord, BlockRef, ChainPort } from './ports.ts';
import { selectKnown } from './recovery.store.ts';

export type FollowDeps = { db: Database; chainPort: ChainPort; logger: Logger };

/** `head`: the newest block of this look. `behind`: more blocks are there to be read at once. */
export type Followed = { head: BlockRef; lease: CursorLease; behind: boolean };

/**
 * Reads the chain on from the cursor: which of our batches stand in which blocks. First makes sure that the block it
 * stopped at is still on the chain; if not, it takes back what a reorganisation undid. One step reads a bounded range.
 */
export async function followChain(deps: FollowDeps, chain: Chain, lease: CursorLease): Promise<Followed> {
  const head = await deps.chainPort.head();
  const remembered = await listBlocks(
    deps.db,
    chain.id,
    chain.confirmations + Number(BLOCKS_REMEMBERED_EXTRA),
  );
  const ancestor = await findAncestor(deps, remembered, lease.scanned, head);
  if (ancestor < lease.scanned) {
    deps.logger.warn(
      { chain: chain.id, from: String(lease.scanned), to: String(ancestor) },
      'reorganisation: going back',
    );
    await withTransaction(deps.db, async (tx) => {
      await moveCursor(tx, lease, { scanned: ancestor, head: head.number });
      await dropBlocksAbove(tx, chain.id, ancestor);
      for (const undone of selectUndone(await listOpen(tx, chain.id), ancestor)) await unmine(tx, undone);
    });
    return { head, lease: { ...lease, scanned: ancestor }, behind: true };
  }
  if (head.number <= lease.scanned) return { head, lease, behind: false };

  const first = lease.scanned + 1n;
  const last = minUnits(head.number, lease.scanned + SCAN_BLOCKS_MAX);
  const accounts = await listSubAccounts(deps.db, chain.id);
  const payers = accounts.map((account) => account.address);
  const [headers, batches] = await Promise.all([
    deps.chainPort.headers(first, last),
    payers.length === 0 ? [] : deps.chainPort.batches(first, last, payers),
  ]);
  const parentHash = remembered.find(({ number }) => number === lease.scanned)?.hash ?? null;
  // A reorganisation in the middle of these reads: the next look finds where it began.
  if (!isConsistent(headers, batches, { first, last, parentHash })) return { head, lease, behind: true };
  await withTransaction(deps.db, async (tx) => {
    await moveCursor(tx, lease, { scanned: last, head: head.number });
    await saveBlocks(tx, chain.id, headers, last - BigInt(chain.confirmations) - BLOCKS_REMEMBERED_EXTRA);
    await recordBatches(tx, await listOpen(tx, chain.id), batches);
    await stopOnUnknown(deps, tx, chain, batches);
  });
  return { head, lease: { ...lease, scanned: last }, behind: last < head.number };
}

/**
 * The newest block that both the database and the chain have. A chain that ends before the cursor is a node that
 * lags, as long as the blocks it has are those we know.
 */
async function findAncestor(
  deps: FollowDeps,
  remembered: readonly { number: bigint; hash: Hex }[],
  scanned: bigint,
  head: BlockRef,
): Promise<bigint> {
  const comparable = selectComparable(remembered, head.number);
  const newest = comparable[0];
  if (newest === undefined) return ancestorUnseen(remembered, scanned, head.number);
  const [onChain] =
    newest.number === head.number ? [head] : await deps.chainPort.headers(newest.number, newest.number);
  if (onChain?.hash === newest.hash) return scanned;
  const oldest = assertPresent(comparable.at(-1), 'oldest block remembered');
  return findCommonBlock(comparable, await deps.chainPort.headers(oldest.number, newest.number));
}

type Tx = Parameters<typeof recordMined>[0];

async function recordBatches(
  tx: Tx,
  open: readonly OpenChainTx[],
  batches: readonly BatchRecord[],
): Promise<void> {
  const attempts = await readAttempts(
    tx,
    batches.map((batch) => batch.batchId),
  );
  for (const { chainTx, seen } of matchRecords(open, attempts, batches)) await mine(tx, chainTx, seen);
}

/**
 * A batch of ours that the database does not know means that the database is older than the chain: planning on could
 * pay what that batch has paid. All accounts of the chain stop until `naru recover` has read it in.
 */
async function stopOnUnknown(
  deps: FollowDeps,
  tx: Tx,
  chain: Chain,
  batches: readonly BatchRecord[],
): Promise<void> {
  if (batches.length === 0) return;
  const known = await selectKnown(
    tx,
    batches.map((batch) => batch.batchId),
  );
  const unknown = selectUnknown(batches, known);
  if (unknown.length === 0 || (await pauseAll(tx, chain.id, UNKNOWN_BATCH)) === 0) return;
  deps.logger.error(
    {
      chain: chain.id,
      batches: unknown.map(({ batchId, transactionHash }) => ({ batchId, transactionHash })),
    },
    `all accounts paused: ${UNKNOWN_BATCH}`,
  );
}

/** A block holds the nonce: the transaction is MINED, its withdrawals CONFIRMING. */
export async function mine(tx: Tx, chainTx: Pick<OpenChainTx, 'id' | 'kind'>, seen: Seen): Promise<boolean> {
  if (!(await recordMined(tx, { id: chainTx.id, ...seen }))) return false;
  const reason = seen.blockNumber === null ? 'its nonce was used' : `in block ${seen.blockNumber}`;
  await carriedItems[chainTx.kind].mined(tx, chainTx.id, reason);
  return true;
}

export async function unmine(tx: Tx, chainTx: Pick<OpenChainTx, 'id' | 'kind'>): Promise<void> {
  if (await recordUnmined(tx, chainTx.id)) await carriedItems[chainTx.kind].unmined(tx, chainTx.id);
}
