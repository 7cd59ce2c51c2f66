import { toQuantity } from '../quantity.ts';
import type { ReadOptions } from '../rpc/rpc-pool.ts';

/** At which block to look: the node's newest one, or a given number. */
export type BlockRef = 'latest' | bigint;

export function toBlockParameter(at: BlockRef): string {
  return at === 'latest' ? at : toQuantity(at);
}

export function freshnessOf(at: BlockRef): ReadOptions {
  return { freshness: at === 'latest' ? 'head' : 'history' };
}
