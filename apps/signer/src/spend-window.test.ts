import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from './signer.limits.ts';
import { createSpendWindow, type Spent } from './spend-window.ts';

const arbitrarySteps = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: HOUR_MS }),
    amount: fc.bigInt({ min: 0n, max: 1_000n }),
    items: fc.integer({ min: 0, max: 5 }),
    isRead: fc.boolean(),
  }),
  { maxLength: 200 },
);

describe('the windows of an hour and a day', () => {
  it('agree with adding up everything that is young enough, whenever they are read (property)', () => {
    fc.assert(
      fc.property(arbitrarySteps, (steps) => {
        const window = createSpendWindow();
        const all: Spent[] = [];
        let nowMs = 1_760_000_000_000;
        const within = (windowMs: number) => {
          const young = all.filter((spent) => nowMs - spent.atMs < windowMs);
          return {
            amount: young.reduce((sum, spent) => sum + spent.amount, 0n),
            items: young.reduce((sum, spent) => sum + spent.items, 0),
          };
        };
        for (const { waitMs, amount, items, isRead } of steps) {
          nowMs += waitMs;
          const spent = { atMs: nowMs, amount, items };
          all.push(spent);
          window.add(spent);
          if (isRead) expect(window.totals(nowMs)).toEqual({ hour: within(HOUR_MS), day: within(DAY_MS) });
        }
        nowMs += HOUR_MS;
        expect(window.totals(nowMs)).toEqual({ hour: within(HOUR_MS), day: within(DAY_MS) });
      }),
    );
  });

  it('forget what is older than a day and stay right after it', () => {
    const window = createSpendWindow();
    for (let second = 0; second < 200_000; second += 20) {
      window.add({ atMs: second * 1_000, amount: 1n, items: 1 });
      window.totals(second * 1_000);
    }
    expect(window.totals(200_000_000)).toEqual({
      hour: { amount: 179n, items: 179 },
      day: { amount: 4_319n, items: 4_319 },
    });
  });

  it('refuse to be fed out of order', () => {
    const window = createSpendWindow();
    window.add({ atMs: 2, amount: 1n, items: 1 });
    expect(() => window.add({ atMs: 1, amount: 1n, items: 1 })).toThrow('out of order');
  });
});
