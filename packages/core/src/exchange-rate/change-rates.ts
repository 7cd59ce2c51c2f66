import type { Tx } from '@naru/db/database.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { Refused } from '../command/run-keyed.ts';
import {
  CLOCK_SKEW_MS_MAX,
  PAIRS_MAX,
  RATE_DECIMALS,
  RATE_TEXT_LENGTH_MAX,
  SOURCE_DEFAULTS,
} from './exchange-rate.limits.ts';
import { countPairs, insertObservation, readPairs, upsertPair } from './exchange-rate.store.ts';
import type { Observation, QuotedPair, RatePair, RateQuote, RateSource } from './exchange-rate.ts';

export type PairInput = {
  base: string;
  quote: RateQuote;
  source: RateSource;
  feed: RatePair['feed'];
  freshSeconds?: bigint;
  usableSeconds?: bigint;
  marginBps?: number;
};

/** Says where the rate of a pair comes from from now on. What other sources told before is kept and not used. */
export async function setPair(tx: Tx, input: PairInput): Promise<void> {
  const defaults = SOURCE_DEFAULTS[input.source];
  const pair: RatePair = {
    base: input.base,
    quote: input.quote,
    source: input.source,
    feed: input.feed,
    freshSeconds: input.freshSeconds ?? defaults.freshSeconds,
    usableSeconds: input.usableSeconds ?? defaults.usableSeconds,
    marginBps: input.marginBps ?? defaults.marginBps,
  };
  const problem = findPairProblem(pair);
  if (problem !== null) throw refused(problem.pointer, problem.message);
  await upsertPair(tx, pair);
  if ((await countPairs(tx)) > PAIRS_MAX)
    throw refused('/base', `There can be ${PAIRS_MAX} pairs at most, as every process keeps all of them.`);
}

function findPairProblem(pair: RatePair): { pointer: string; message: string } | null {
  if (pair.base === pair.quote) return { pointer: '/base', message: 'A pair needs two different sides.' };
  if ((pair.source === 'CHAINLINK') !== (pair.feed !== null))
    return {
      pointer: '/feed',
      message: 'The source CHAINLINK, and no other, needs a feed: its chain and address.',
    };
  if (pair.source === 'KOREAEXIM' && pair.quote !== 'KRW')
    return { pointer: '/quote', message: 'The bank tells rates against the won only.' };
  if (pair.freshSeconds <= 0n || pair.usableSeconds < pair.freshSeconds)
    return {
      pointer: '/usableSeconds',
      message: 'A rate is fresh for a time, and usable for that time or longer.',
    };
  return null;
}

/** A rate that a person gives, of this moment; used once the pair has OPERATOR as its source. */
export async function setRate(
  tx: Tx,
  input: { base: string; quote: RateQuote; rate: string },
  by: string,
  at: Date,
): Promise<void> {
  const pair = (await readPairs(tx)).find((one) => one.base === input.base && one.quote === input.quote);
  if (pair === undefined)
    throw new Refused(
      'exchange_rate_pair_not_found',
      `There is no pair ${input.base}/${input.quote}. Say where its rate comes from first.`,
    );
  if (pair.source !== 'OPERATOR')
    throw refused(
      '/rate',
      `The rate ${input.base}/${input.quote} comes from ${pair.source}. Change its source to OPERATOR first.`,
    );
  const rate = parseRate(input.rate);
  if (rate === null)
    throw refused(
      '/rate',
      `A rate is a positive number with at most ${RATE_DECIMALS} decimals, as in "1385.5".`,
    );
  const observation = { rateE18: rate, observedAt: at, detail: `given by ${by}` };
  await insertObservation(tx, { ...input, source: 'OPERATOR' }, observation, by);
}

/** `"1385.5"` → 1385.5 × 10^18, or null. */
export function parseRate(text: string): bigint | null {
  const parsed = text.length > RATE_TEXT_LENGTH_MAX ? null : parseAmount(text, RATE_DECIMALS);
  return parsed === null || !parsed.ok || parsed.units === 0n ? null : parsed.units;
}

/** How many times a rate may have changed since the last one that is still usable before it is not believed. */
const JUMP_FACTOR_MAX = 3n;

/** What is wrong with an observation of a source outside, or null. A rate that is not believed is not kept. */
export function findObservationProblem(
  pair: QuotedPair,
  { rateE18, observedAt }: Observation,
  at: Date,
): string | null {
  if (rateE18 <= 0n) return 'the rate is not positive';
  if (observedAt.getTime() > at.getTime() + CLOCK_SKEW_MS_MAX)
    return `the rate says it is of ${observedAt.toISOString()}, which is in the future`;
  const last = pair.newest;
  if (last === null) return null;
  if (observedAt < last.observedAt)
    return `the rate is of ${observedAt.toISOString()}, older than the one there is`;
  const isLastUsable = at.getTime() - last.observedAt.getTime() <= Number(pair.usableSeconds) * 1_000;
  if (isLastUsable && (rateE18 > last.rateE18 * JUMP_FACTOR_MAX || rateE18 * JUMP_FACTOR_MAX < last.rateE18))
    return `the rate changed by more than ${JUMP_FACTOR_MAX} times since ${last.observedAt.toISOString()}; if it is right, give it by hand with the source OPERATOR`;
  return null;
}

function refused(pointer: string, message: string): Refused {
  return new Refused('validation_failed', message, {
    details: { errors: [{ pointer, code: 'malformed', message }] },
  });
}
