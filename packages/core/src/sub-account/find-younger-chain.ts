import type { Queryable } from '@naru/db/database.ts';
import { listBlocks } from '../chain/chain-cursor.store.ts';

/**
 * A chain that is shorter than what the database has read of it is another chain (a local one that was begun anew).
 * Null when there is no problem; else a sentence for the person who starts the stack.
 */
export async function findYoungerChainProblem(
  db: Queryable,
  chainId: string,
  height: bigint,
): Promise<string | null> {
  const [newest] = await listBlocks(db, chainId, 1);
  if (newest === undefined || height + BLOCKS_OF_A_CRASH >= newest.number) return null;
  return `The chain "${chainId}" is at block ${height}, but the database has read it up to block ${newest.number}: it is another chain, or one that was begun anew.`;
}

/** A local node that crashed comes back without its last blocks; that much is taken as a reorganisation. */
const BLOCKS_OF_A_CRASH = 64n;
