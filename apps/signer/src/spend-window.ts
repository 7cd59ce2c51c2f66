import { assert } from '@naru/kit/assert.ts';
import { DAY_MS, HOUR_MS } from './signer.limits.ts';

/** One thing that was signed: an amount in the smallest unit, for so many recipients. */
export type Spent = { readonly atMs: number; readonly amount: bigint; readonly items: number };

export type SpentTotals = Readonly<{ amount: bigint; items: number }>;

/** What was signed within the last hour and the last 24 hours. Must be fed in the order of time. */
export type SpendWindow = {
  add(spent: Spent): void;
  totals(nowMs: number): { hour: SpentTotals; day: SpentTotals };
};

/** Both windows read one list: an hour's sum costs a second cursor, not a second list. */
export function createSpendWindow(): SpendWindow {
  let entries: Spent[] = [];
  const hour = createCursor(HOUR_MS);
  const day = createCursor(DAY_MS);

  /** Dropping the dead part now and then keeps memory flat without moving the rest each time. */
  function dropDead(): void {
    if (day.first() <= 1_000 || day.first() * 2 <= entries.length) return;
    const dead = day.first();
    entries = entries.slice(dead);
    for (const cursor of [hour, day]) cursor.shift(dead);
  }

  return {
    add(spent) {
      assert(spent.atMs >= (entries.at(-1)?.atMs ?? spent.atMs), 'amounts are added out of order');
      entries.push(spent);
      for (const cursor of [hour, day]) cursor.add(spent);
    },
    totals(nowMs) {
      for (const cursor of [hour, day]) cursor.advance(entries, nowMs);
      dropDead();
      return { hour: hour.totals(), day: day.totals() };
    },
  };
}

/** Where a window begins in the list, and the sum from there on. */
function createCursor(windowMs: number) {
  let first = 0;
  let amount = 0n;
  let items = 0;
  return {
    first: () => first,
    totals: (): SpentTotals => ({ amount, items }),
    shift(count: number) {
      first -= count;
    },
    add(spent: Spent) {
      amount += spent.amount;
      items += spent.items;
    },
    advance(entries: readonly Spent[], nowMs: number) {
      for (let entry = entries[first]; entry !== undefined; entry = entries[first]) {
        if (nowMs - entry.atMs < windowMs) return;
        amount -= entry.amount;
        items -= entry.items;
        first += 1;
      }
    },
  };
}
