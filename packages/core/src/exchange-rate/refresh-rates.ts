import type { Database } from '@naru/db/database.ts';
import { readDatabaseTime } from '@naru/db/database-time.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { findObservationProblem } from './change-rates.ts';
import { insertObservation, readPairs } from './exchange-rate.store.ts';
import type { QuotedPair, RateSource, RateSourcePort } from './exchange-rate.ts';

export type RateSources = Readonly<Partial<Record<RateSource, RateSourcePort>>>;

/**
 * Asks the source of each pair once and keeps what it says. A source that fails leaves its pairs as they are: they grow
 * stale by themselves. Throws at the end when one failed, so that the run is seen as failed.
 */
export async function refreshRates(
  deps: { db: Database },
  sources: RateSources,
): Promise<{ pairs: number; recorded: number; unchanged: number }> {
  const pairs = (await readPairs(deps.db)).filter((pair) => pair.source !== 'OPERATOR');
  const problems: string[] = [];
  let recorded = 0;
  for (const pair of pairs) {
    const name = `${pair.base}/${pair.quote}`;
    try {
      recorded += (await refreshOne(deps, sources[pair.source], pair)) ? 1 : 0;
    } catch (error) {
      problems.push(`${name} from ${pair.source}: ${errorText(error)}`);
    }
  }
  if (problems.length > 0) throw new CodedError('rates_not_read', problems.join('; '));
  return { pairs: pairs.length, recorded, unchanged: pairs.length - recorded };
}

async function refreshOne(
  deps: { db: Database },
  source: RateSourcePort | undefined,
  pair: QuotedPair,
): Promise<boolean> {
  if (source === undefined)
    throw new CodedError('rate_source_missing', 'this source is not set up for the jobs role');
  const observation = await source.read(pair);
  const problem = findObservationProblem(pair, observation, await readDatabaseTime(deps.db));
  if (problem !== null) throw new CodedError('rate_not_believed', problem);
  return await insertObservation(deps.db, pair, observation, 'system:jobs');
}
