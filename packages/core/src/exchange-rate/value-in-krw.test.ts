import { describe, expect, test } from 'vitest';
import type { QuotedPair } from './exchange-rate.ts';
import { roundUpToWon, showKrw, stalenessOf, valueAsset, valueInKrw } from './value-in-krw.ts';

const at = new Date('2026-03-02T12:00:00Z');
const ago = (seconds: number) => new Date(at.getTime() - seconds * 1_000);
const E18 = 10n ** 18n;
const usdc = { id: 'localhost:USDC', code: 'USDC', decimals: 6 };
const eth = { id: 'localhost:ETH', code: 'ETH', decimals: 18 };

function pair(base: string, quote: 'USD' | 'KRW', rateE18: bigint | null, ageSeconds = 0): QuotedPair {
  return {
    base,
    quote,
    source: 'OPERATOR',
    feed: null,
    freshSeconds: 100n,
    usableSeconds: 1_000n,
    marginBps: 500,
    newest: rateE18 === null ? null : { rateE18, observedAt: ago(ageSeconds), detail: '' },
  };
}
const dollar = pair('USD', 'KRW', (13_505n * E18) / 10n);

test('an amount is worth its dollars in won, to the last won and rounded up', () => {
  const value = valueAsset([pair('USDC', 'USD', E18), dollar], usdc, at);
  expect(value).toMatchObject({ kind: 'valued', staleness: 'fresh' });
  expect(valueInKrw(1_000_000n, value)).toBe(1_351n); // 1,350.5
  expect(valueInKrw(2_000_000n, value)).toBe(2_701n); // exact
  expect(valueInKrw(1n, value)).toBe(1n);
  expect(valueInKrw(0n, value)).toBe(0n);
});

test('18 decimals lose nothing', () => {
  const value = valueAsset([pair('ETH', 'KRW', 4_000_000n * E18)], eth, at);
  expect(valueInKrw(10n ** 18n, value)).toBe(4_000_000n);
  expect(valueInKrw(10n ** 18n + 1n, value)).toBe(4_000_001n);
  expect(valueInKrw(2n ** 127n, value)).toBe((2n ** 127n * 4_000_000n + 10n ** 18n - 1n) / 10n ** 18n);
});

describe('a rate', () => {
  test('is fresh, then stale, then expired, at the second', () => {
    const of = (age: number) => stalenessOf(pair('USDC', 'USD', E18, age), at);
    expect([of(-5), of(100), of(101), of(1_000), of(1_001)]).toEqual([
      'fresh',
      'fresh',
      'stale',
      'stale',
      'expired',
    ]);
    expect(stalenessOf(pair('USDC', 'USD', null), at)).toBe('missing');
  });

  test('that is stale values higher, so that ceilings are met earlier; the margins of both rates add up', () => {
    const fresh = valueAsset([pair('USDC', 'USD', E18), dollar], usdc, at);
    const stale = valueAsset([pair('USDC', 'USD', E18, 200), dollar], usdc, at);
    const bothStale = valueAsset([pair('USDC', 'USD', E18, 200), { ...dollar, ...old }], usdc, at);
    expect(stale).toMatchObject({ kind: 'valued', staleness: 'stale' });
    expect([fresh, stale, bothStale].map((value) => valueInKrw(10_000_000n, value))).toEqual([
      13_505n,
      14_181n, // × 1.05
      14_890n, // × 1.05 × 1.05
    ]);
  });
  const old = { newest: { rateE18: (13_505n * E18) / 10n, observedAt: ago(200), detail: '' } };

  test('that is expired, was never read, or is not configured values nothing, and says why', () => {
    const why = (pairs: QuotedPair[]) => {
      const value = valueAsset(pairs, usdc, at);
      return value.kind === 'unvalued' ? value.why : 'valued';
    };
    expect(why([])).toBe('there is no rate USDC/USD');
    expect(why([pair('USDC', 'USD', E18)])).toBe('there is no rate USD/KRW');
    expect(why([pair('USDC', 'USD', null), dollar])).toBe('no rate USDC/USD was read yet');
    expect(why([pair('USDC', 'USD', E18, 5_000), dollar])).toContain(
      'USDC/USD is of 2026-03-02T10:36:40.000Z',
    );
  });

  test('against the won goes before the way over the dollar, unless it is too old', () => {
    const overDollar = [pair('USDC', 'USD', E18), dollar];
    const value = (pairs: QuotedPair[]) => valueInKrw(1_000_000n, valueAsset(pairs, usdc, at));
    expect(value([pair('USDC', 'KRW', 1_400n * E18), ...overDollar])).toBe(1_400n);
    expect(value([pair('USDC', 'KRW', 1_400n * E18, 5_000), ...overDollar])).toBe(1_351n);
  });

  test('of one asset goes before that of its code', () => {
    const pairs = [pair('USDC', 'KRW', 1_400n * E18), pair('localhost:USDC', 'KRW', 7n * E18)];
    expect(valueInKrw(1_000_000n, valueAsset(pairs, usdc, at))).toBe(7n);
    expect(valueInKrw(1_000_000n, valueAsset(pairs, { ...usdc, id: 'polygon:USDC' }, at))).toBe(1_400n);
  });
});

test('a won is never lost by adding up parts', () => {
  const value = { numerator: 13_505n, denominator: 10_000_000n };
  let parts = 0n;
  for (let amount = 1n; amount <= 200n; amount++) parts += roundUpToWon(amount, value);
  const whole = roundUpToWon(20_100n, value);
  expect(parts).toBeGreaterThanOrEqual(whole);
});

test('won are shown with separators', () => {
  expect([0n, 999n, 1_000n, 12_345_678n].map(showKrw)).toEqual(['₩0', '₩999', '₩1,000', '₩12,345,678']);
});
