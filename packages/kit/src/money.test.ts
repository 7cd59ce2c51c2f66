import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAmount, maxUnits, minUnits, parseAmount, sumUnits } from './money.ts';

const decimals = fc.integer({ min: 0, max: 30 });
const units = fc.bigInt({ min: 0n, max: 10n ** 60n });

describe('amounts', () => {
  test.each([
    ['12.5', 6, 12_500_000n],
    ['0', 6, 0n],
    ['0.000001', 6, 1n],
    ['1.500000', 6, 1_500_000n],
    ['7', 0, 7n],
    ['115792089237316195423570985008687907853269984665640564039457.584007913129639935', 18, 2n ** 256n - 1n],
    ['9007199254740993', 0, 9_007_199_254_740_993n],
    ['0.1', 18, 100_000_000_000_000_000n],
  ])('"%s" with %i decimals is %d units', (text, places, expected) => {
    expect(parseAmount(text, places)).toEqual({ ok: true, units: expected });
  });

  test.each([
    '',
    ' ',
    '1 ',
    ' 1',
    '+1',
    '-1',
    '1e3',
    '0x10',
    '1,000',
    '1_000',
    '.5',
    '5.',
    '1.2.3',
    '01',
    '00',
    'NaN',
    'Infinity',
    '１２',
    '1\n',
    '٣',
    `1${'0'.repeat(100)}`,
  ])('%j is malformed', (text) => {
    expect(parseAmount(text, 6)).toEqual({ ok: false, problem: 'malformed' });
  });

  test('more digits than the asset has are refused, never rounded', () => {
    expect(parseAmount('0.0000001', 6)).toEqual({ ok: false, problem: 'too_many_decimals' });
    expect(parseAmount('1.0000000', 6)).toEqual({ ok: false, problem: 'too_many_decimals' });
    expect(parseAmount('1.0', 0)).toEqual({ ok: false, problem: 'too_many_decimals' });
  });

  test('what is formatted is parsed back to the same units', () => {
    fc.assert(
      fc.property(units, decimals, (amount, places) => {
        expect(parseAmount(formatAmount(amount, places), places)).toEqual({ ok: true, units: amount });
      }),
    );
  });

  test('a fraction keeps its value when zeros are added behind it', () => {
    fc.assert(
      fc.property(
        units,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 5 }),
        (amount, places, zeros) => {
          const text = formatAmount(amount, places);
          const longer = `${text.includes('.') ? text : `${text}.0`}${'0'.repeat(zeros)}`;
          expect(parseAmount(longer, places + 6)).toEqual({ ok: true, units: amount * 10n ** 6n });
        },
      ),
    );
  });

  test('whatever text comes in, nothing throws and nothing negative comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), decimals, (text, places) => {
        const parsed = parseAmount(text, places);
        if (parsed.ok) expect(parsed.units).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  test('negative balances are shown with their sign', () => {
    expect(formatAmount(-1n, 6)).toBe('-0.000001');
    expect(formatAmount(-1_500_000n, 6)).toBe('-1.5');
  });

  test('decimals that make no sense stop the step', () => {
    expect(() => formatAmount(1n, -1)).toThrow('decimals out of range');
    expect(() => formatAmount(1n, 1.5)).toThrow('decimals out of range');
  });
});

test('sums and bounds are exact', () => {
  fc.assert(
    fc.property(fc.array(units), units, units, (amounts, one, other) => {
      expect(sumUnits(amounts)).toBe(amounts.reduceRight((total, amount) => total + amount, 0n));
      expect(maxUnits(one, other) + minUnits(one, other)).toBe(one + other);
      expect(maxUnits(one, other)).toBeGreaterThanOrEqual(minUnits(one, other));
    }),
  );
});
