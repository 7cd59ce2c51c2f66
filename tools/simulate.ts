import { parseArgs } from 'node:util';
import { describeFault } from '@naru/core/chain-tx/simulation/apply-fault.ts';
import type { Event } from '@naru/core/chain-tx/simulation/faults.ts';
import { namedSeeds, storiesOf } from '@naru/core/chain-tx/simulation/seeds.ts';
import { shrink } from '@naru/core/chain-tx/simulation/shrink.ts';
import { type Outcome, type SimulateOptions, simulate } from '@naru/core/chain-tx/simulation/simulate.ts';

const USAGE = `npm run simulate -- [options]

  --seed N      the first seed; with --trace, its whole story (default: the minute of the clock)
  --seeds N     how many seeds from there on (default 1000; 1 with --trace)
  --minutes M   go on for so long instead
  --name TEXT   the named incidents whose name holds TEXT, instead of seeds
  --trace       tell the story step by step
`;

/** Looks for a story that ends badly; says its seed, and what of it was needed. Exit code 1 when there is one. */
function main(): number {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      minutes: { type: 'string' },
      name: { type: 'string' },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const isTraced = values.trace;
  const stories =
    values.name === undefined ? randomStories(values, isTraced) : namedStories(values.name, isTraced);
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  let count = 0;
  let steps = 0;
  let withdrawals = 0;
  let failures = 0;
  for (const options of stories) {
    if (values.minutes !== undefined && elapsedMs() > Number.parseInt(values.minutes, 10) * 60_000) break;
    const outcome = simulate(options);
    count += 1;
    steps += outcome.steps;
    withdrawals += outcome.withdrawals;
    if (isTraced) print(describe(outcome));
    if (outcome.violation === null) continue;
    failures += 1;
    print(reportFailure(options, outcome));
  }
  if (count === 0)
    print(`no incident is named so; there are:\n${namedSeeds.map(({ name }) => `  ${name}`).join('\n')}`);
  const perMinute = Math.round((count / elapsedMs()) * 60_000);
  print(
    `${count} seeds, ${failures} failed; ${withdrawals} withdrawals, ${steps} steps; ${perMinute} seeds a minute`,
  );
  return failures === 0 && count > 0 ? 0 : 1;
}

type Range = { seed?: string | undefined; seeds?: string | undefined; minutes?: string | undefined };

function* randomStories(range: Range, isTraced: boolean): Generator<SimulateOptions> {
  const first = range.seed === undefined ? Math.floor(Date.now() / 60_000) : Number.parseInt(range.seed, 10);
  const count = range.seeds === undefined ? (isTraced ? 1 : 1_000) : Number.parseInt(range.seeds, 10);
  const last = range.minutes === undefined ? first + count - 1 : Number.MAX_SAFE_INTEGER;
  for (let seed = first; seed <= last; seed++) yield { seed, isTraced };
}

function* namedStories(text: string, isTraced: boolean): Generator<SimulateOptions> {
  for (const named of namedSeeds)
    if (named.name.includes(text)) for (const options of storiesOf(named)) yield { ...options, isTraced };
}

function describe({ seed, setup, story }: Outcome): string {
  return [`seed ${seed}: ${describeValues(setup)}`, ...story].join('\n');
}

function reportFailure(options: SimulateOptions, outcome: Outcome): string {
  const needed = shrink(options, outcome);
  return [
    `seed ${outcome.seed} after ${(outcome.virtualMs / 1_000).toFixed(1)} s: ${outcome.violation}`,
    `  setup: ${describeValues(outcome.setup)}`,
    `  of its ${outcome.events.length} events, these were needed:`,
    ...needed.map(describeEvent),
  ].join('\n');
}

function describeEvent({ atMs, fault }: Event): string {
  return `  ${(atMs / 1_000).toFixed(3).padStart(8)}  ${describeFault(fault)}`;
}

function describeValues(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = main();
