import { RATE_DECIMALS } from '@naru/core/exchange-rate/exchange-rate.limits.ts';
import type { QuotedPair } from '@naru/core/exchange-rate/exchange-rate.ts';
import { stalenessOf } from '@naru/core/exchange-rate/value-in-krw.ts';
import { checksumAddress } from '@naru/core/withdrawal/checksum-address.ts';
import { formatAmount } from '@naru/kit/money.ts';
import {
  type ExchangeRatePairBody,
  exchangeRatePair,
  exchangeRatePairList,
  setPairRequest,
  setRateRequest,
} from '@naru/wire/exchange-rate.ts';
import type { RouteDeps } from '../../../deps.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { orderOf } from '../../rule-orders.ts';

function toBody(pair: QuotedPair): ExchangeRatePairBody {
  const { base, quote, source, feed, newest, marginBps } = pair;
  return {
    object: 'exchange_rate_pair',
    base,
    quote,
    source,
    feed: feed === null ? null : { chain: feed.chainId, address: feed.address, inverse: feed.inverse },
    freshSeconds: Number(pair.freshSeconds),
    usableSeconds: Number(pair.usableSeconds),
    marginBps,
    rate: newest === null ? null : formatAmount(newest.rateE18, RATE_DECIMALS),
    observedAt: newest?.observedAt.toISOString() ?? null,
    staleness: stalenessOf(pair, new Date()),
  };
}

async function readOne({ rules }: RouteDeps, base: string, quote: string): Promise<ExchangeRatePairBody> {
  const found = (await rules.pairs()).find((pair) => pair.base === base && pair.quote === quote);
  if (found === undefined) throw new ProblemError('exchange_rate_pair_not_found');
  return toBody(found);
}

export const listRatesRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/exchange-rates',
  operationId: 'listExchangeRates',
  tag: 'Operators',
  summary: 'List exchange rates',
  description: 'Where the rate of each pair comes from, the newest one, and whether it is fresh.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All pairs.', schema: exchangeRatePairList } },
  errors: [],
  handler: async ({ rules }) => ({ status: 200, body: { data: (await rules.pairs()).map(toBody) } }) as const,
});

export const setPairRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/exchange-rates/pairs',
  operationId: 'setExchangeRatePair',
  tag: 'Operators',
  summary: 'Say where a rate comes from',
  description:
    'And how long it is fresh and usable; what is left out is as usual for the source. An asset is valued by its own rate against the won, else by that against the dollar and USD/KRW.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'exchange_rate.set_pair',
  request: { params: null, query: null, body: setPairRequest },
  responses: { 200: { description: 'As it is now.', schema: exchangeRatePair } },
  errors: [],
  handler: async (deps, call) => {
    const { base, quote, source, feed, freshSeconds, usableSeconds, marginBps } = call.body;
    const result = await deps.rules.setPair(orderOf(call), {
      base,
      quote,
      source,
      feed:
        feed == null
          ? null
          : { chainId: feed.chain, address: checksumAddress(feed.address), inverse: feed.inverse },
      ...(freshSeconds === undefined ? {} : { freshSeconds: BigInt(freshSeconds) }),
      ...(usableSeconds === undefined ? {} : { usableSeconds: BigInt(usableSeconds) }),
      ...(marginBps === undefined ? {} : { marginBps }),
    });
    const { headers } = doneOrThrow(result);
    return { status: 200, headers, body: await readOne(deps, base, quote) } as const;
  },
});

export const setRateRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/exchange-rates',
  operationId: 'setExchangeRate',
  tag: 'Operators',
  summary: 'Give a rate',
  description:
    'The rate of this moment, for a pair whose source is `OPERATOR`. Used from the next second on.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'exchange_rate.set',
  request: { params: null, query: null, body: setRateRequest },
  responses: { 200: { description: 'The pair.', schema: exchangeRatePair } },
  errors: ['exchange_rate_pair_not_found'],
  handler: async (deps, call) => {
    const { headers } = doneOrThrow(await deps.rules.setRate(orderOf(call), call.body));
    return { status: 200, headers, body: await readOne(deps, call.body.base, call.body.quote) } as const;
  },
});
