import { minUnits } from '@naru/kit/money.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { BatchRecord, BlockRef } from '../ports.ts';

type Remembered = { number: bigint; hash: string };

/** Of the blocks that the database remembers, newest first, those that a chain of this height can be compared with. */
export function selectComparable<T extends Remembered>(remembered: readonly T[], headNumber: bigint): T[] {
  return remembered.filter((block) => block.number <= headNumber);
}

/**
 * Where to read on when no remembered block can be compared: nothing is remembered yet, or the chain ends below all of
 * it.
 */
export function ancestorUnseen(
  remembered: readonly Remembered[],
  scanned: bigint,
  headNumber: bigint,
): bigint {
  return remembered.length === 0 ? scanned : minUnits(scanned, headNumber);
}

/** The newest block that both the database and the chain have. `comparable` is newest first and not empty. */
export function findCommonBlock(comparable: readonly Remembered[], onChain: readonly BlockRef[]): bigint {
  const hashes = new Map<bigint, string>(onChain.map((header) => [header.number, header.hash]));
  const common = comparable.find((block) => hashes.get(block.number) === block.hash);
  if (common !== undefined) return common.number;
  // Deeper than all we remember: read everything again from before the oldest.
  const oldest = comparable.at(-1)?.number ?? 0n;
  return oldest > 0n ? oldest - 1n : 0n;
}

/** What stood in blocks above the newest common one and must be taken back. */
export function selectUndone(open: readonly OpenChainTx[], ancestor: bigint): OpenChainTx[] {
  return open.filter(
    (one) => one.state === 'MINED' && one.blockNumber !== null && one.blockNumber > ancestor,
  );
}

/**
 * Headers and logs were read apart, and both after the head: they count only when they tell of the same blocks, without
 * a gap, on top of the block that was read last. `parentHash`: of that block; null when it is not remembered.
 */
export function isConsistent(
  headers: readonly BlockRef[],
  batches: readonly BatchRecord[],
  range: { first: bigint; last: bigint; parentHash: string | null },
): boolean {
  const { first, last, parentHash } = range;
  if (BigInt(headers.length) !== last - first + 1n) return false;
  if (parentHash !== null && headers[0]?.parentHash !== parentHash) return false;
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
