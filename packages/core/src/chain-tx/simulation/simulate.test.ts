import { describe, expect, test } from 'vitest';
import { type Mutant, mutants } from './mutants.ts';
import { namedSeeds, storiesOf } from './seeds.ts';
import { type Outcome, type SimulateOptions, simulate } from './simulate.ts';

/** Stories of chance in this test; `npm run simulate` goes on for as long as one likes. */
const SEEDS_PER_TEST = 300;
const FIRST_SEEDS = [1, 301, 601, 901, 1_201];
/** Stories of chance within which a broken decision must show, when no named one shows it. */
const MUTANT_SEEDS_MAX = 150;
const TIMEOUT_MS = 300_000;

describe('whatever happens, every withdrawal is paid once or released, and ends', () => {
  test.each(FIRST_SEEDS)('seeds from %i on', { timeout: TIMEOUT_MS }, (first) => {
    let withdrawals = 0;
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
      const outcome = simulate({ seed });
      expect(outcome.violation, `npm run simulate -- --seed ${seed} --trace`).toBeNull();
      withdrawals += outcome.withdrawals;
    }
    // A simulation in which nothing is paid would be content with anything.
    expect(withdrawals).toBeGreaterThan(SEEDS_PER_TEST * 5);
  });
});

describe('incidents', () => {
  test.each(namedSeeds)('$name', { timeout: TIMEOUT_MS }, (named) => {
    for (const options of storiesOf(named))
      expect(simulate(options).violation, `seed ${options.seed}`).toBeNull();
  });
});

describe('a simulation that finds nothing proves nothing: each of these bugs is found', () => {
  test.each(mutants)('$name', { timeout: TIMEOUT_MS }, (mutant) => {
    expect(findViolation(mutant)).not.toBeNull();
  });
});

function findViolation({ decisions = {}, weakness = {} }: Mutant): Outcome | null {
  const random = Array.from(
    { length: MUTANT_SEEDS_MAX },
    (_, index): SimulateOptions => ({ seed: index + 1 }),
  );
  for (const options of [...namedSeeds.flatMap(storiesOf), ...random]) {
    const outcome = simulate({ ...options, decisions, weakness });
    if (outcome.violation !== null) return outcome;
  }
  return null;
}

test('the same seed tells the same story, step by step', () => {
  const first = simulate({ seed: 7, isTraced: true });
  const second = simulate({ seed: 7, isTraced: true });
  expect(first.story.length).toBeGreaterThan(20);
  expect(second).toEqual(first);
});
