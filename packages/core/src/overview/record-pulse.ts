import type { Database } from '@naru/db/database.ts';
import { maxUnits, minUnits } from '@naru/kit/money.ts';
import { readSettledEnd } from '../withdrawal/event-log.reader.ts';
import { failureCauseOf } from '../withdrawal/failure-cause.ts';
import { LATENCY_BINS } from './latency-bins.ts';
import { PULSE_POSITIONS_MAX } from './overview.limits.ts';
import {
  countEvents,
  type PulseBucket,
  type PulseCount,
  readGapless,
  savePulse,
  withPulse,
} from './pulse.store.ts';

/**
 * Counts what the log says since the last look, of whichever process, into buckets of some seconds. Each event is counted
 * once: the sums and the position are one transaction, and one process at a time has the position. A position that is
 * missing is waited for, until every transaction that could still fill it has ended. Returns whether there is more.
 */
export async function recordPulse(deps: { db: Database }): Promise<boolean> {
  const first = await countOn(deps.db, 0n);
  if (first !== 'stuck') return first;
  // Outside of the transaction: it waits for others. Everything up to here has been written or never will be.
  const settled = await readSettledEnd(deps.db);
  return settled !== null && (await countOn(deps.db, settled)) === true;
}

async function countOn(db: Database, settled: bigint): Promise<boolean | 'stuck'> {
  const ended = await withPulse(db, async (tx, after) => {
    const gapless = await readGapless(tx, after, PULSE_POSITIONS_MAX);
    const upTo = maxUnits(gapless.upTo, minUnits(settled, after + BigInt(PULSE_POSITIONS_MAX)));
    if (upTo === after) return gapless.isMore ? 'stuck' : false;
    await savePulse(tx, toBuckets(await countEvents(tx, after, upTo)), upTo);
    return gapless.isMore;
  });
  return ended ?? false;
}

export function toBuckets(counts: readonly PulseCount[]): PulseBucket[] {
  const buckets = new Map<number, PulseBucket & { latency: number[] }>();
  for (const { at, from, to, failureCode, bin, count } of counts) {
    const bucket = buckets.get(at.getTime()) ?? {
      at,
      submitted: 0,
      confirmed: 0,
      failedOurs: 0,
      failedRecipient: 0,
      failedDecision: 0,
      latency: new Array<number>(LATENCY_BINS).fill(0),
    };
    buckets.set(at.getTime(), bucket);
    if (from === null) bucket.submitted += count;
    else if (to === 'CONFIRMED') {
      bucket.confirmed += count;
      if (bin !== null) bucket.latency[bin] = (bucket.latency[bin] ?? 0) + count;
    } else {
      const cause = failureCauseOf(from, failureCode);
      if (cause === 'ours') bucket.failedOurs += count;
      if (cause === 'recipient') bucket.failedRecipient += count;
      if (cause === 'decision') bucket.failedDecision += count;
    }
  }
  return [...buckets.values()].sort((one, other) => one.at.getTime() - other.at.getTime());
}
