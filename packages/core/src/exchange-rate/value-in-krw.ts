import { assert } from '@naru/kit/assert.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { RATE_DECIMALS } from './exchange-rate.limits.ts';
import type { QuotedPair, RateQuote, RateSource, Staleness } from './exchange-rate.ts';

const E18 = 10n ** BigInt(RATE_DECIMALS);
const BPS = 10_000n;

/** One rate that a value was made with, as it is kept with the value. */
export type UsedRate = {
  base: string;
  quote: RateQuote;
  source: RateSource;
  /** Decimal string. */
  rate: string;
  observedAt: string;
  staleness: Staleness;
  /** On top, because it was stale. */
  marginBps: number;
};

/**
 * What one smallest unit of an asset is worth: `numerator / denominator` won. `unvalued`: nobody can say, and why.
 */
export type AssetValue =
  | {
      kind: 'valued';
      numerator: bigint;
      denominator: bigint;
      staleness: 'fresh' | 'stale';
      rates: UsedRate[];
    }
  | { kind: 'unvalued'; why: string; rates: UsedRate[] };

export type ValuedAsset = { id: string; code: string; decimals: number };

export function stalenessOf(pair: QuotedPair, at: Date): Staleness {
  if (pair.newest === null) return 'missing';
  const ageMs = BigInt(at.getTime() - pair.newest.observedAt.getTime());
  if (ageMs <= pair.freshSeconds * 1_000n) return 'fresh';
  return ageMs <= pair.usableSeconds * 1_000n ? 'stale' : 'expired';
}

/**
 * How an asset is valued in won at a moment: by its own rate against the won where there is a usable one, else by that
 * against the dollar and the dollar's. A stale rate counts with its margin on top, so that ceilings become stricter.
 */
export function valueAsset(pairs: readonly QuotedPair[], asset: ValuedAsset, at: Date): AssetValue {
  const find = (base: string, quote: RateQuote) =>
    pairs.find((pair) => pair.base === base && pair.quote === quote);
  // What is said of this very asset goes before what is said of its code on any chain.
  const ofAsset = (quote: RateQuote) => find(asset.id, quote) ?? find(asset.code, quote);
  const direct = ofAsset('KRW');
  const overDollar = [ofAsset('USD'), find('USD', 'KRW')];
  const ways: { pairs: (QuotedPair | undefined)[]; names: string[] }[] = [
    ...(direct === undefined ? [] : [{ pairs: [direct], names: [`${direct.base}/KRW`] }]),
    { pairs: overDollar, names: [`${overDollar[0]?.base ?? asset.code}/USD`, 'USD/KRW'] },
  ];
  let refused: AssetValue | null = null;
  for (const way of ways) {
    const value = valueBy(way, asset, at);
    if (value.kind === 'valued') return value;
    refused ??= value;
  }
  return refused ?? { kind: 'unvalued', why: `there is no rate for ${asset.code}`, rates: [] };
}

function valueBy(
  way: { pairs: (QuotedPair | undefined)[]; names: string[] },
  asset: ValuedAsset,
  at: Date,
): AssetValue {
  const legs = way.pairs.map((pair, index) => ({ pair, name: way.names[index] ?? '', isInverse: false }));
  const product = multiplyRates(legs, at);
  if (product.kind === 'unusable') return { kind: 'unvalued', why: product.why, rates: product.rates };
  const { numerator, denominator, staleness, rates } = product;
  const one = 10n ** BigInt(asset.decimals);
  return { kind: 'valued', ...reduced(numerator, denominator * one), staleness, rates };
}

/** One rate of a chain of them. `isInverse`: it is divided by. */
export type RateLeg = { pair: QuotedPair | undefined; name: string; isInverse: boolean };

export type RateProduct =
  | {
      kind: 'usable';
      numerator: bigint;
      denominator: bigint;
      staleness: 'fresh' | 'stale';
      rates: UsedRate[];
    }
  | { kind: 'unusable'; why: string; rates: UsedRate[] };

/** Each stale rate makes the product larger by its margin, whichever side of it the rate stands on. */
export function multiplyRates(legs: readonly RateLeg[], at: Date): RateProduct {
  const rates: UsedRate[] = [];
  let [numerator, denominator] = [1n, 1n];
  for (const { pair, name, isInverse } of legs) {
    if (pair === undefined) return { kind: 'unusable', why: `there is no rate ${name}`, rates };
    const staleness = stalenessOf(pair, at);
    if (pair.newest === null) return { kind: 'unusable', why: `no rate ${name} was read yet`, rates };
    const { rateE18, observedAt } = pair.newest;
    const marginBps = staleness === 'fresh' ? 0 : pair.marginBps;
    rates.push({
      base: pair.base,
      quote: pair.quote,
      source: pair.source,
      rate: formatAmount(rateE18, RATE_DECIMALS),
      observedAt: observedAt.toISOString(),
      staleness,
      marginBps,
    });
    if (staleness === 'expired') {
      const why = `the last rate ${name} is of ${observedAt.toISOString()} and too old`;
      return { kind: 'unusable', why, rates };
    }
    numerator *= (isInverse ? E18 : rateE18) * (BPS + BigInt(marginBps));
    denominator *= (isInverse ? rateE18 : E18) * BPS;
  }
  const staleness = rates.every((rate) => rate.staleness === 'fresh') ? 'fresh' : 'stale';
  return { kind: 'usable', ...reduced(numerator, denominator), staleness, rates };
}

/** Whole won, rounded up: a part of a won counts as one, against whoever asks. The amount is in the smallest unit. */
export function roundUpToWon(amount: bigint, value: { numerator: bigint; denominator: bigint }): bigint {
  assert(amount >= 0n && value.denominator > 0n, 'an amount to be valued is not negative');
  return (amount * value.numerator + value.denominator - 1n) / value.denominator;
}

/** Null where the asset has no value at this time. */
export function valueInKrw(amount: bigint, value: AssetValue): bigint | null {
  return value.kind === 'valued' ? roundUpToWon(amount, value) : null;
}

/** In lowest terms, so that PostgreSQL's arithmetic with them stays short. */
function reduced(numerator: bigint, denominator: bigint): { numerator: bigint; denominator: bigint } {
  let [one, other] = [numerator, denominator];
  while (other !== 0n) [one, other] = [other, one % other];
  return { numerator: numerator / one, denominator: denominator / one };
}

/** `1234567n` → `₩1,234,567`: for the texts that people read. */
export function showKrw(krw: bigint): string {
  return `₩${krw.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
}
