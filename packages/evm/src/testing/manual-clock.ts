import type { Clock } from '@naru/kit/clock.ts';

/** Time that moves only when told to. */
export type ManualClock = Clock & { advance(ms: number): void };

export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsedMs = 0;
  return {
    now: () => new Date(startMs + elapsedMs),
    monotonicMs: () => elapsedMs,
    advance(ms) {
      elapsedMs += ms;
    },
  };
}
