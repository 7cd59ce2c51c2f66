import { divideRoundingUp } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { coinInToken } from '../exchange-rate/coin-in-token.ts';
import type { QuotedPair } from '../exchange-rate/exchange-rate.ts';
import type { UsedRate } from '../exchange-rate/value-in-krw.ts';

const WEI_PER_COIN = 10n ** 18n;

/** What 10^18 wei are worth in a token, `numerator / denominator` of its smallest unit, and how that is known. */
export type CoinWorth =
  | { kind: 'rates'; numerator: bigint; denominator: bigint; staleness: 'fresh' | 'stale'; rates: UsedRate[] }
  /** `fees.units_per_coin`, as an operator has fixed it for when no rate can be used. `why`: none can. */
  | { kind: 'fixed'; numerator: bigint; denominator: bigint; why: string }
  | { kind: 'unknown'; why: string };

type Configured = { chains: ReadonlyMap<string, Chain>; assets: ReadonlyMap<string, Asset> };

/**
 * By the exchange rates where they can be used, else at the rate that an operator has fixed, else not at all. `pairs` as
 * of a moment ago; `fixed`: smallest units for one coin, or null.
 */
export function coinWorthOf(
  pairs: readonly QuotedPair[],
  { chains, assets }: Configured,
  token: Asset,
  at: Date,
): CoinWorth {
  const symbol = chains.get(token.chainId)?.nativeSymbol ?? '';
  const listed = [...assets.values()].find(
    (asset) => asset.chainId === token.chainId && asset.address === null,
  );
  const coin = listed ?? { id: `${token.chainId}:${symbol}`, code: symbol };
  const product = coinInToken(pairs, coin, token, at);
  if (product.kind === 'usable') {
    const { numerator, denominator, staleness, rates } = product;
    const units = 10n ** BigInt(token.decimals);
    return { kind: 'rates', numerator: numerator * units, denominator, staleness, rates };
  }
  if (token.unitsPerCoin !== null)
    return { kind: 'fixed', numerator: token.unitsPerCoin, denominator: 1n, why: product.why };
  return { kind: 'unknown', why: product.why };
}

/** Smallest units of the token for so much gas money; rounded up. */
export function weiInToken(wei: bigint, worth: { numerator: bigint; denominator: bigint }): bigint {
  return divideRoundingUp(wei * worth.numerator, worth.denominator * WEI_PER_COIN);
}
