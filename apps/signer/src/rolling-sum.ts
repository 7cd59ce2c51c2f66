import { assert } from '@naru/kit/assert.ts';

/** Sum of the amounts of the last `windowMs`. Amounts must be added in the order of time. */
export type RollingSum = {
  add(atMs: number, amount: bigint): void;
  total(nowMs: number): bigint;
};

export function createRollingSum(windowMs: number): RollingSum {
  let entries: { atMs: number; amount: bigint }[] = [];
  let first = 0; // entries before it have left the window
  let sum = 0n;

  return {
    add(atMs, amount) {
      assert(atMs >= (entries.at(-1)?.atMs ?? atMs), 'amounts are added out of order');
      entries.push({ atMs, amount });
      sum += amount;
    },
    total(nowMs) {
      for (let entry = entries[first]; entry !== undefined; entry = entries[first]) {
        if (nowMs - entry.atMs < windowMs) break;
        sum -= entry.amount;
        first += 1;
      }
      // Dropping the dead half now and then keeps memory flat without moving the rest each time.
      if (first > 1_000 && first * 2 > entries.length) {
        entries = entries.slice(first);
        first = 0;
      }
      return sum;
    },
  };
}
