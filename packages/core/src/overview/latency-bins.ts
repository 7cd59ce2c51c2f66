import { assert } from '@naru/kit/assert.ts';

/** Bin 0 ends here; each of the others ends `GROWTH` times later. */
const FIRST_SECONDS = 0.05;
const GROWTH = 1.1;
/** The last one has no end: it begins after about seven hours. */
export const LATENCY_BINS = 140;

/** What a percentile that is told can be off by at most, as a share of itself: half a bin. */
export const LATENCY_ERROR_MAX = (GROWTH - 1) / 2;

/** Upper ends of the bins but the last, in seconds: what `width_bucket` of PostgreSQL takes. */
export const latencyBounds: readonly number[] = Array.from(
  { length: LATENCY_BINS - 1 },
  (_, index) => FIRST_SECONDS * GROWTH ** index,
);

/** Seconds below which this share (0 to 1) of what was counted lies; null: nothing was. */
export function percentileOf(counts: readonly number[], share: number): number | null {
  assert(share > 0 && share <= 1, `share out of range: ${share}`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let before = 0;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const low = bin === 0 ? 0 : (latencyBounds[bin - 1] ?? 0);
      const high = latencyBounds[bin] ?? low * GROWTH;
      return low + ((rank - before) / count) * (high - low);
    }
    before += count;
  }
  return latencyBounds.at(-1) ?? null;
}
