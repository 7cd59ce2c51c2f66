import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs } from './retry.ts';

const options = fc
  .tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }))
  .map(([baseMs, factor]) => ({ baseMs, maxMs: baseMs * factor }));
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoff', () => {
  test('stays between half of the growing delay and all of it, and never above the maximum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), options, unit, (attempt, { baseMs, maxMs }, value) => {
        const ceiling = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
        const delay = backoffMs(attempt, { baseMs, maxMs, random: () => value });
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
        expect(delay).toBeLessThanOrEqual(maxMs);
        expect(delay).toBeLessThanOrEqual(Math.ceil(ceiling));
      }),
    );
  });

  test('does not shrink from one try to the next at equal luck', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), options, unit, (attempt, bounds, value) => {
        const random = () => value;
        expect(backoffMs(attempt + 1, { ...bounds, random })).toBeGreaterThanOrEqual(
          backoffMs(attempt, { ...bounds, random }),
        );
      }),
    );
  });

  test('many that fail together do not come back together', () => {
    const delays = new Set(Array.from({ length: 200 }, () => backoffMs(10, { baseMs: 100, maxMs: 60_000 })));
    expect(delays.size).toBeGreaterThan(50);
  });
});
