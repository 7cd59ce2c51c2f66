import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';
import { type BenchContext, openBenchContext } from './bench-context.ts';
import { measureBulkFile } from './bulk-file.ts';
import { createCleanup } from './cleanup.ts';
import { HELP, type Options, parseOptions } from './command-line.ts';
import { measureEndToEnd } from './end-to-end.ts';
import { measureEndToEndRuled } from './end-to-end-ruled.ts';
import { measureFirstBoot } from './first-boot.ts';
import { measureFootprint } from './footprint.ts';
import { measureGas } from './gas.ts';
import { measureGrowth } from './growth.ts';
import { measureIdleLatency } from './idle-latency.ts';
import { measureInstances } from './instances.ts';
import { measureIntake } from './intake.ts';
import { measureLedger } from './ledger-speed.ts';
import { measureListing } from './listing.ts';
import { readMachine } from './machine.ts';
import { failed, type Measurement } from './measurement.ts';
import type { BenchName } from './names.ts';
import { measureOperatorListing } from './operator-listing.ts';
import { measureRecovery, measureSlowRecovery } from './recovery.ts';
import { headerText, tableText } from './table.ts';

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

const benches: Record<BenchName, (context: BenchContext) => Promise<Measurement[]>> = {
  intake: measureIntake,
  'end-to-end': measureEndToEnd,
  'end-to-end-ruled': measureEndToEndRuled,
  idle: measureIdleLatency,
  bulk: measureBulkFile,
  ledger: measureLedger,
  gas: measureGas,
  recovery: measureRecovery,
  'recovery-slow': measureSlowRecovery,
  list: measureListing,
  'operator-list': measureOperatorListing,
  growth: measureGrowth,
  instances: measureInstances,
  footprint: measureFootprint,
  boot: measureFirstBoot,
};

const command = parseOptions(process.argv.slice(2));
if (command.kind === 'help') process.stdout.write(HELP);
else if (command.kind === 'wrong') {
  process.stderr.write(`${command.problem}\n\n${HELP}`);
  process.exitCode = EXIT_USAGE;
} else await run(command.options);

/** A figure below its bar, and a measurement that went wrong, are both shown and end nothing: see bench/README.md. */
async function run(options: Options): Promise<void> {
  const cleanup = createCleanup();
  const progress = (text: string) => void process.stderr.write(`  ${text}\n`);
  const stopAll = () => cleanup.run((problem) => progress(`while stopping: ${problem}`));
  const onSignal = () => void stopAll().then(() => process.exit(EXIT_INTERRUPTED));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const context = await openBenchContext({
      isQuick: options.isQuick,
      profileDir: options.profileDir === null ? null : path.resolve(options.profileDir),
      path: process.env['PATH'] ?? '',
      cleanup,
      progress,
    });
    const machine = await readMachine(context.root, await context.createDatabase('machine'));
    const measurements = await measureAll(context, options.only);
    const header = headerText(machine, options.isQuick);
    process.stdout.write(`\n${header}\n\n${tableText(measurements)}\n`);
    if (options.jsonFile !== null) {
      const report = { machine, isQuick: options.isQuick, measurements };
      await writeFile(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
    }
  } finally {
    await stopAll();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** One after the other: they would only measure each other. */
async function measureAll(context: BenchContext, only: readonly BenchName[]): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const name of only) {
    process.stderr.write(`${name} …\n`);
    try {
      measurements.push(...(await benches[name](context)));
    } catch (error) {
      process.stderr.write(`${name} failed: ${errorText(error)}\n`);
      measurements.push(failed(name, error));
    }
  }
  return measurements;
}
