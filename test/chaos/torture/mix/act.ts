import type { Act } from '../fault.ts';
import type { Random } from '../random.ts';

/** What goes on in every phase, whatever strikes: decided by the seed as the faults are. */
export type PlannedPart = { name: MixName; acts: Act[] };

export const mixNames = ['deposits', 'accounts', 'settings', 'webhooks'] as const;
export type MixName = (typeof mixNames)[number];

/** Moments over a phase, the first one soon. */
export function moments(random: Random, durationMs: number, every: { min: number; max: number }): number[] {
  const found: number[] = [];
  for (let atMs = random.whole(100, every.min); atMs < durationMs; atMs += random.whole(every.min, every.max))
    found.push(atMs);
  return found;
}
