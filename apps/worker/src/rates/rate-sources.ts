import { RATE_DECIMALS } from '@naru/core/exchange-rate/exchange-rate.limits.ts';
import type { RateSourcePort } from '@naru/core/exchange-rate/exchange-rate.ts';
import type { RateSources } from '@naru/core/exchange-rate/refresh-rates.ts';
import { readPriceFeed } from '@naru/evm/read-price-feed.ts';
import type { RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Secret } from '@naru/kit/secret.ts';
import { createKoreaExim } from './korea-exim.ts';

/** Time limit of one call to the bank. */
const BANK_TIMEOUT_MS = 10_000;

/** The sources of rates outside that are configured here. */
export function createRateSources(
  config: { url: string; key: Secret } | null,
  pools: ReadonlyMap<string, RpcPool>,
  now: () => Date,
): RateSources {
  return {
    CHAINLINK: createFeedSource(pools),
    ...(config === null
      ? {}
      : { KOREAEXIM: createKoreaExim({ ...config, timeoutMs: BANK_TIMEOUT_MS, now }) }),
  };
}

const E18 = 10n ** BigInt(RATE_DECIMALS);

/** Price feeds on chains that are connected here. */
function createFeedSource(pools: ReadonlyMap<string, RpcPool>): RateSourcePort {
  return {
    async read({ feed }) {
      if (feed === null) throw new CodedError('feed_missing', 'the pair names no feed');
      const pool = pools.get(feed.chainId);
      if (pool === undefined)
        throw new CodedError('feed_missing', `the chain ${feed.chainId} is not connected here`);
      const { answer, decimals, updatedAt, roundId } = await readPriceFeed(pool, feed.address);
      const scale = 10n ** BigInt(decimals);
      // Upside down, half a digit in the last place is lost; up, as every value is rounded against whoever asks.
      const rateE18 = feed.inverse ? (scale * E18 + answer - 1n) / answer : (answer * E18) / scale;
      return { rateE18, observedAt: updatedAt, detail: `round ${roundId} of ${feed.address}` };
    },
  };
}
