import { assert } from './assert.ts';

/** Counters (block numbers, nonces, gas) as JSON numbers. Never for amounts. */
export function toSafeNumber(counter: bigint): number {
  assert(counter >= 0n && counter <= BigInt(Number.MAX_SAFE_INTEGER), `counter out of range: ${counter}`);
  return Number(counter);
}
