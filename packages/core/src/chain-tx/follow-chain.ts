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
import { advanceWithChainTxs } from '../withdrawal/withdrawal.store.ts';
import { BLOCKS_REMEMBERED_EXTRA, SCAN_BLOCKS_MAX } from './chain-tx.limits.ts';
import { UNKNOWN_BATCH } from './chain-tx.pauses.ts';
import { listOpen, type OpenChainTx, readAttempts, recordMined, recordUnmined } from './chain-tx.store.ts';
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
  const ancestor = await findAncestor(deps, chain, lease.scanned, head);
  if (ancestor < lease.scanned) {
    deps.logger.warn(
      { chain: chain.id, from: String(lease.scanned), to: String(ancestor) },
      'reorganisation: going back',
    );
    await withTransaction(deps.db, async (tx) => {
      await moveCursor(tx, lease, { scanned: ancestor, head: head.number });
      await dropBlocksAbove(tx, chain.id, ancestor);
      for (const open of await listOpen(tx, chain.id)) {
        if (open.state !== 'MINED' || open.blockNumber === null || open.blockNumber <= ancestor) continue;
        await unmine(tx, open);
      }
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
  if (!isConsistent(headers, batches, first, last)) return { head, lease, behind: true };
  await withTransaction(deps.db, async (tx) => {
    await moveCursor(tx, lease, { scanned: last, head: head.number });
    await saveBlocks(tx, chain.id, headers, last - BigInt(chain.confirmations) - BLOCKS_REMEMBERED_EXTRA);
    await recordBatches(tx, await listOpen(tx, chain.id), batches);
    await stopOnUnknown(deps, tx, chain, batches);
  });
  return { head, lease: { ...lease, scanned: last }, behind: last < head.number };
}

/** Headers and logs were read apart: they count only when they tell of the same blocks, without a gap. */
function isConsistent(
  headers: readonly BlockRef[],
  batches: readonly BatchRecord[],
  first: bigint,
  last: bigint,
): boolean {
  if (BigInt(headers.length) !== last - first + 1n) return false;
  const hashes = new Map(headers.map((header) => [header.number, header.hash]));
  const linked = headers.every((header, index) => {
    const previous = headers[index - 1];
    return (
      header.number === first + BigInt(index) &&
      (previous === undefined || header.parentHash === previous.hash)
    );
  });
  return linked && batches.every((batch) => hashes.get(batch.blockNumber) === batch.blockHash);
}

/**
 * The newest block that both the database and the chain have. A chain that ends before the cursor is a node that
 * lags, as long as the blocks it has are those we know.
 */
async function findAncestor(
  deps: FollowDeps,
  chain: Chain,
  scanned: bigint,
  head: BlockRef,
): Promise<bigint> {
  const remembered = await listBlocks(
    deps.db,
    chain.id,
    chain.confirmations + Number(BLOCKS_REMEMBERED_EXTRA),
  );
  const comparable = remembered.filter((block) => block.number <= head.number);
  const newest = comparable[0];
  if (newest === undefined) return remembered.length === 0 ? scanned : minUnits(scanned, head.number);
  const [onChain] =
    newest.number === head.number ? [head] : await deps.chainPort.headers(newest.number, newest.number);
  if (onChain?.hash === newest.hash) return scanned;
  const oldest = assertPresent(comparable.at(-1), 'oldest block remembered');
  const headers = await deps.chainPort.headers(oldest.number, newest.number);
  const hashes = new Map(headers.map((header) => [header.number, header.hash]));
  const common = comparable.find((block) => hashes.get(block.number) === block.hash);
  if (common !== undefined) return common.number;
  // Deeper than all we remember: read everything again from before the oldest.
  return oldest.number > 0n ? oldest.number - 1n : 0n;
}

type Tx = Parameters<typeof recordMined>[0];

async function recordBatches(
  tx: Tx,
  open: readonly OpenChainTx[],
  batches: readonly BatchRecord[],
): Promise<void> {
  const byId = new Map(open.map((one) => [one.id, one]));
  const known = batches.filter((batch) => byId.has(batch.batchId));
  const attempts = await readAttempts(
    tx,
    known.map((batch) => batch.batchId),
  );
  for (const batch of known) {
    const chainTx = assertPresent(byId.get(batch.batchId), 'open chain transaction');
    if (chainTx.state === 'MINED') continue;
    const attempt = attempts.find((one) => one.hash === batch.transactionHash)?.number ?? null;
    await mine(tx, chainTx, { blockNumber: batch.blockNumber, blockHash: batch.blockHash, attempt });
  }
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
  const unknown = batches.filter((batch) => !known.has(batch.batchId));
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
export async function mine(
  tx: Tx,
  chainTx: Pick<OpenChainTx, 'id' | 'kind'>,
  seen: { blockNumber: bigint | null; blockHash: Hex | null; attempt: number | null },
): Promise<boolean> {
  if (!(await recordMined(tx, { id: chainTx.id, ...seen }))) return false;
  if (chainTx.kind !== 'PAYOUT') return true;
  const reason = seen.blockNumber === null ? 'its nonce was used' : `in block ${seen.blockNumber}`;
  const to = 'CONFIRMING';
  await advanceWithChainTxs(
    tx,
    [chainTx.id],
    [
      { from: 'BROADCASTED', to, actor: 'system:monitor', reason },
      { from: 'BROADCASTING', to, actor: 'system:monitor', reason },
      { from: 'SIGNED', to, actor: 'system:monitor', reason },
      { from: 'SIGNING', to, actor: 'system:monitor', reason },
    ],
  );
  return true;
}

export async function unmine(tx: Tx, chainTx: Pick<OpenChainTx, 'id' | 'kind'>): Promise<void> {
  if (!(await recordUnmined(tx, chainTx.id)) || chainTx.kind !== 'PAYOUT') return;
  await advanceWithChainTxs(
    tx,
    [chainTx.id],
    [
      {
        from: 'CONFIRMING',
        to: 'BROADCASTED',
        actor: 'system:monitor',
        reason: 'its block was reorganised away',
      },
    ],
  );
}
