import { assertPresent } from '@naru/kit/assert.ts';
import type { Act, Fault, PlanLimits } from './fault.ts';
import { faults } from './faults/all-faults.ts';
import type { PlannedPart } from './mix/act.ts';
import { planMix } from './mix/mix.ts';
import type { FaultKind, FaultName } from './names.ts';
import { createRandom, type Random } from './random.ts';

export type PlannedFault = { fault: Fault; acts: Act[] };

/** A time in which some faults strike and some payouts are submitted; then everything settles and is judged. */
export type Phase = {
  name: string;
  faults: PlannedFault[];
  durationMs: number;
  payouts: number;
  /** What goes on beside the payouts. */
  mix: PlannedPart[];
};

export type ScheduleOptions = {
  seed: number;
  payouts: number;
  minutes: number | null;
  only: readonly FaultName[];
  limits: PlanLimits;
};

/** Random mixtures, after every fault alone. */
const MIXED_PHASES = 3;
const MIXED_FAULTS = { min: 4, max: 6 };
const DURATION_MS_MIN = 6_000;
/** So that the rate of submits stays within what one payer of the chain can carry. */
const DURATION_MS_PER_PAYOUT = 35;
/** Between two faults: final depth, and what healing takes. */
const SETTLE_MS_EXPECTED = 9_000;
const MS_PER_MINUTE = 60_000;

/** Everything that a seed decides. The same options give the same phases. */
export function createSchedule(options: ScheduleOptions): Phase[] {
  const names = options.only.flatMap((name) =>
    name === 'mixed' ? Array.from({ length: MIXED_PHASES }, (_, index) => `mixed-${index + 1}`) : [name],
  );
  const payouts = Math.ceil(options.payouts / names.length);
  const durationMs = durationOf(options, names.length, payouts);
  return names.map((name, index) => {
    const random = createRandom(options.seed, name);
    const chosen = name.startsWith('mixed-') ? chooseMixture(random) : [faultOf(name)];
    return {
      name,
      durationMs,
      payouts: Math.min(payouts, Math.max(0, options.payouts - index * payouts)),
      mix: planMix((part) => createRandom(options.seed, `${name}/${part}`), durationMs),
      faults: chosen.map((fault) => ({
        fault,
        acts: fault
          .plan(createRandom(options.seed, `${name}/${fault.name}`), durationMs, options.limits)
          .toSorted((one, other) => one.atMs - other.atMs),
      })),
    };
  });
}

function faultOf(name: string): Fault {
  return assertPresent(
    Object.values(faults).find((fault) => fault.name === name),
    `the fault ${name}`,
  );
}

function durationOf(options: ScheduleOptions, phases: number, payouts: number): number {
  const least = Math.max(DURATION_MS_MIN, payouts * DURATION_MS_PER_PAYOUT);
  if (options.minutes === null) return least;
  return Math.max(least, Math.round((options.minutes * MS_PER_MINUTE) / phases) - SETTLE_MS_EXPECTED);
}

/** One fault of each of some kinds. */
function chooseMixture(random: Random): Fault[] {
  const kinds = new Map<FaultKind, Fault[]>();
  for (const fault of Object.values(faults)) {
    if (fault.kind === 'alone') continue;
    kinds.set(fault.kind, [...(kinds.get(fault.kind) ?? []), fault]);
  }
  const count = Math.min(kinds.size, random.whole(MIXED_FAULTS.min, MIXED_FAULTS.max));
  return random
    .shuffled([...kinds.values()])
    .slice(0, count)
    .map((ofKind) => random.pick(ofKind));
}

/** For a person who wants to know what a seed does. */
export function scheduleText(phases: readonly Phase[]): string {
  return phases
    .map(({ name, durationMs, payouts, mix, faults: planned }) => {
      const parts = [...planned.map(({ fault, acts }) => ({ name: fault.name, acts })), ...mix];
      const acts = parts
        .flatMap(({ name: part, acts: own }) => own.map((act) => ({ ...act, part })))
        .toSorted((one, other) => one.atMs - other.atMs);
      const lines = acts.map(
        (act) => `  ${(act.atMs / 1_000).toFixed(1).padStart(6)} s  ${act.part.padEnd(18)}  ${act.text}`,
      );
      return [`${name}: ${payouts} payouts in ${(durationMs / 1_000).toFixed(0)} s`, ...lines].join('\n');
    })
    .join('\n');
}
