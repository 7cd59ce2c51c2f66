import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { address, addressInput, chainName } from './id.ts';
import { timestamp } from './text.ts';

const base = z
  .string()
  .regex(/^([A-Z0-9]{2,12}|[a-z][a-z0-9-]{1,40}:[A-Z0-9]{2,12})$/, 'malformed')
  .meta({ description: "An asset's code, its id (`polygon:USDC`), or `USD`.", examples: ['USDC'] });
const quote = z.enum(['USD', 'KRW']).meta({ examples: ['KRW'] });
const source = z.enum(['OPERATOR', 'CHAINLINK', 'KOREAEXIM']).meta({
  description:
    '`OPERATOR`: given by a person · `CHAINLINK`: a price feed on a chain · `KOREAEXIM`: 한국수출입은행.',
  examples: ['OPERATOR'],
});
const seconds = z.int().min(1).max(40_000_000);
const marginBps = z
  .int()
  .min(0)
  .max(10_000)
  .meta({
    description: 'Put on top of a value once the rate is stale, in hundredths of a percent.',
    examples: [300],
  });

export const exchangeRatePair = z
  .object({
    object: z.literal('exchange_rate_pair'),
    base,
    quote,
    source,
    feed: z.object({ chain: chainName, address, inverse: z.boolean() }).nullable(),
    freshSeconds: seconds,
    usableSeconds: seconds,
    marginBps,
    rate: amount
      .nullable()
      .meta({ description: 'The newest; null: none was read yet.', examples: ['1385.5'] }),
    observedAt: timestamp.nullable(),
    staleness: z.enum(['fresh', 'stale', 'expired', 'missing']).meta({
      description: '`stale` values with the margin, `expired` and `missing` value nothing.',
    }),
  })
  .meta({ id: 'ExchangeRatePair', description: 'Where a rate comes from, and the newest.' });
export type ExchangeRatePairBody = z.output<typeof exchangeRatePair>;
export const exchangeRatePairList = z
  .object({ data: z.array(exchangeRatePair) })
  .meta({ id: 'ExchangeRatePairList' });

export const setPairRequest = z
  .strictObject({
    base,
    quote,
    source,
    feed: z
      .strictObject({ chain: chainName, address: addressInput, inverse: z.boolean().default(false) })
      .nullish()
      .meta({ description: 'Of CHAINLINK. `inverse`: the feed tells base for one quote.' }),
    freshSeconds: seconds.optional(),
    usableSeconds: seconds.optional(),
    marginBps: marginBps.optional(),
  })
  .meta({ id: 'SetPairRequest' });
export type SetPairInput = z.input<typeof setPairRequest>;

export const setRateRequest = z.strictObject({ base, quote, rate: amountInput }).meta({
  id: 'SetRateRequest',
  description: 'The rate of this moment, for a pair whose source is OPERATOR.',
});
export type SetRateInput = z.input<typeof setRateRequest>;
