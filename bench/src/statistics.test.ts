import { expect, test } from 'vitest';
import { atLeast, atMost, measured } from './measurement.ts';
import { goldenFraction, mean, percentile } from './statistics.ts';

test('a percentile is the nearest rank of what was measured', () => {
  const values = [15, 20, 35, 40, 50];
  expect(percentile(values, 0.05)).toBe(15);
  expect(percentile(values, 0.3)).toBe(20);
  expect(percentile(values, 0.4)).toBe(20);
  expect(percentile(values, 0.5)).toBe(35);
  expect(percentile(values, 1)).toBe(50);
  expect(percentile([7], 0.95)).toBe(7);
});

test('a percentile does not depend on the order and does not change it', () => {
  const values = [9, 100, 1];
  expect(percentile(values, 0.95)).toBe(100);
  expect(values).toEqual([9, 100, 1]);
});

test('no values have no percentile and no mean', () => {
  expect(() => percentile([], 0.5)).toThrow('needs values');
  expect(() => mean([])).toThrow('needs values');
});

test('golden fractions fill every tenth of the range', () => {
  const tenths = new Set(Array.from({ length: 30 }, (_, index) => Math.floor(goldenFraction(index) * 10)));
  expect(tenths.size).toBe(10);
});

test('a bar is met on it and on its good side', () => {
  const met = (figure: number, bar: ReturnType<typeof atLeast>) =>
    measured({ name: 'x', figure, unit: 's', bar }).met;
  expect([met(9, atLeast(10)), met(10, atLeast(10)), met(11, atLeast(10))]).toEqual([false, true, true]);
  expect([met(9, atMost(10)), met(10, atMost(10)), met(11, atMost(10))]).toEqual([true, true, false]);
});
