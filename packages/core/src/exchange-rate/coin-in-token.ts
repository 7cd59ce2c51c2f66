import type { QuotedPair, RateQuote } from './exchange-rate.ts';
import { multiplyRates, type RateLeg, type RateProduct, type ValuedAsset } from './value-in-krw.ts';

/**
 * What one coin of a chain is worth in a token of it, in whole units of both: `numerator / denominator`. By the rates of
 * both against the dollar, else against the won, else over USD/KRW; the first way that can be used. Where rates are stale
 * the coin is dearer by their margins, so that a fee made with it covers its gas.
 */
export function coinInToken(
  pairs: readonly QuotedPair[],
  coin: Pick<ValuedAsset, 'id' | 'code'>,
  token: Pick<ValuedAsset, 'id' | 'code'>,
  at: Date,
): RateProduct {
  const find = (base: string, quote: RateQuote) =>
    pairs.find((pair) => pair.base === base && pair.quote === quote);
  const leg = (of: Pick<ValuedAsset, 'id' | 'code'>, quote: RateQuote, isInverse: boolean): RateLeg => {
    const pair = find(of.id, quote) ?? find(of.code, quote);
    return { pair, name: `${pair?.base ?? of.code}/${quote}`, isInverse };
  };
  const dollar = (isInverse: boolean): RateLeg => ({
    pair: find('USD', 'KRW'),
    name: 'USD/KRW',
    isInverse,
  });
  const ways = [
    [leg(coin, 'USD', false), leg(token, 'USD', true)],
    [leg(coin, 'KRW', false), leg(token, 'KRW', true)],
    [leg(coin, 'USD', false), dollar(false), leg(token, 'KRW', true)],
    [leg(coin, 'KRW', false), dollar(true), leg(token, 'USD', true)],
  ];
  let closest: RateProduct | null = null;
  for (const way of ways) {
    const product = multiplyRates(way, at);
    if (product.kind === 'usable') return product;
    // Of the ways that lead nowhere, the one that came furthest says what is missing.
    if (closest === null || product.rates.length > closest.rates.length) closest = product;
  }
  return closest ?? { kind: 'unusable', why: `there is no rate for ${coin.code}`, rates: [] };
}
