import { describe, expect, test } from 'vitest';
import type { Asset, Chain } from '../chain/chain.ts';
import type { QuotedPair } from '../exchange-rate/exchange-rate.ts';
import { coinWorthOf, weiInToken } from './coin-worth.ts';

const at = new Date('2026-03-02T12:00:00Z');
const E18 = 10n ** 18n;
const COIN = 10n ** 18n;

function pair(base: string, quote: 'USD' | 'KRW', rate: bigint | null, ageSeconds = 0): QuotedPair {
  const observedAt = new Date(at.getTime() - ageSeconds * 1_000);
  return {
    base,
    quote,
    source: 'OPERATOR',
    feed: null,
    freshSeconds: 100n,
    usableSeconds: 1_000n,
    marginBps: 500,
    newest: rate === null ? null : { rateE18: rate * E18, observedAt, detail: '' },
  };
}

const chains = new Map([['polygon', { id: 'polygon', nativeSymbol: 'POL' } as Chain]]);
const token: Asset = {
  id: 'polygon:USDC',
  chainId: 'polygon',
  code: 'USDC',
  symbol: 'USDC',
  address: '0x70',
  decimals: 6,
  minimum: 1n,
  maximum: null,
  unitsPerCoin: null,
  gasPerItem: 50_000n,
  transferGasMax: 100_000n,
  enabled: true,
};
const coin: Asset = { ...token, id: 'polygon:POL', code: 'POL', decimals: 18, address: null };
const assets = new Map([token, coin].map((asset) => [asset.id, asset]));

/** What one coin costs in the token, and how that is known. */
function worthBy(pairs: QuotedPair[], of: { token?: Asset; assets?: ReadonlyMap<string, Asset> } = {}) {
  const worth = coinWorthOf(pairs, { chains, assets: of.assets ?? assets }, of.token ?? token, at);
  return worth.kind === 'unknown' ? worth.why : `${weiInToken(COIN, worth)} ${worth.kind}`;
}

describe('what a coin is worth in a token', () => {
  test('against the dollar, against the won, and over both', () => {
    const won = pair('USD', 'KRW', 1_350n);
    expect(worthBy([pair('POL', 'USD', 2n), pair('USDC', 'USD', 1n)])).toBe('2000000 rates');
    expect(worthBy([pair('POL', 'KRW', 2_700n), pair('USDC', 'KRW', 1_350n)])).toBe('2000000 rates');
    expect(worthBy([pair('POL', 'USD', 2n), won, pair('USDC', 'KRW', 1_350n)])).toBe('2000000 rates');
    expect(worthBy([pair('POL', 'KRW', 2_700n), won, pair('USDC', 'USD', 1n)])).toBe('2000000 rates');
  });

  test('a rate of this very asset goes before that of its code, and a coin that nobody withdraws has one too', () => {
    const pairs = [pair('POL', 'USD', 2n), pair('polygon:POL', 'USD', 3n), pair('USDC', 'USD', 1n)];
    expect(worthBy(pairs)).toBe('3000000 rates');
    expect(worthBy(pairs, { assets: new Map([[token.id, token]]) })).toBe('3000000 rates');
  });

  test('a stale rate makes it dearer on either side, so that a fee covers its gas', () => {
    const stale = (age: number, tokenAge: number) =>
      worthBy([pair('POL', 'USD', 2n, age), pair('USDC', 'USD', 1n, tokenAge)]);
    expect([stale(100, 100), stale(101, 0), stale(0, 1_000), stale(101, 101)]).toEqual([
      '2000000 rates',
      '2100000 rates',
      '2100000 rates',
      '2205000 rates',
    ]);
  });

  test('without a usable rate it is what an operator has fixed, and unknown where nobody has', () => {
    const usdc = pair('USDC', 'USD', 1n);
    const fixed = { ...token, unitsPerCoin: 5_000_000n };
    for (const [pairs, why] of [
      [[], 'there is no rate POL/USD'],
      [[pair('POL', 'USD', 2n)], 'there is no rate USDC/USD'],
      [[pair('POL', 'USD', null), usdc], 'no rate POL/USD was read yet'],
      [
        [pair('POL', 'USD', 2n, 1_001), usdc],
        'the last rate POL/USD is of 2026-03-02T11:43:19.000Z and too old',
      ],
    ] as const) {
      expect(worthBy([...pairs])).toBe(why);
      expect(worthBy([...pairs], { token: fixed })).toBe('5000000 fixed');
    }
    // A rate goes before it.
    expect(worthBy([pair('POL', 'USD', 2n), usdc], { token: fixed })).toBe('2000000 rates');
  });
});

test('gas money in a token is rounded up: never less than it cost', () => {
  expect(weiInToken(1n, { numerator: 1n, denominator: 1n })).toBe(1n);
  expect(weiInToken(0n, { numerator: 2_000_000_000n, denominator: 1n })).toBe(0n);
  expect(weiInToken(COIN, { numerator: 10n, denominator: 3n })).toBe(4n);
});
