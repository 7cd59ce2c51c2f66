import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCleanup } from '@naru/bench/cleanup.ts';
import { readMachine } from '@naru/bench/machine.ts';
import { errorText } from '@naru/kit/errors.ts';
import { HELP, type Options, parseOptions, replayCommand } from './command-line.ts';
import { keepEvidence } from './evidence.ts';
import { faults } from './faults/all-faults.ts';
import { headerText, insertReport, type Report, tableText } from './report.ts';
import { runTorture } from './run-torture.ts';
import { createSchedule, scheduleText } from './schedule.ts';
import { ROOT, startTortureStack } from './torture-stack.ts';

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;
/** A tenth of a second: final depth is reached in seconds, so that a run has time for all faults. */
const BLOCK_MS = 100;
const REORG_DEPTH_MAX = 64;
/** Above the deepest reorganisation: a deeper one than the depth of a chain is a documented gap. */
const CONFIRMATIONS = REORG_DEPTH_MAX + 2;

const command = parseOptions(process.argv.slice(2), () => randomInt(1, 1_000_000_000));
switch (command.kind) {
  case 'help':
    process.stdout.write(HELP);
    break;
  case 'list':
    for (const { name, what } of Object.values(faults)) process.stdout.write(`${name.padEnd(20)}${what}\n`);
    process.stdout.write(
      `${'mixed'.padEnd(20)}Several of these at once, drawn by the seed, in three rounds.\n`,
    );
    break;
  case 'wrong':
    process.stderr.write(`${command.problem}\n\n${HELP}`);
    process.exitCode = EXIT_USAGE;
    break;
  case 'schedule':
    process.stdout.write(`${replayCommand(command.options)}\n${scheduleText(scheduleOf(command.options))}\n`);
    break;
  case 'run':
    await run(command.options);
}

function scheduleOf(options: Options) {
  return createSchedule({ ...options, limits: { reorgDepthMax: REORG_DEPTH_MAX } });
}

async function run(options: Options): Promise<void> {
  const startedMs = performance.now();
  const cleanup = createCleanup();
  const ending = new AbortController();
  const progress = (text: string) => {
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
    process.stderr.write(`  ${clock}  ${text}\n`);
  };
  const onSignal = () => ending.abort(new Error('interrupted'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-torture-'));
  let isKept = false;
  cleanup.add(async () => {
    if (!isKept) await rm(dir, { recursive: true, force: true });
  });
  try {
    process.stderr.write(`${replayCommand(options)}\n`);
    const stack = await startTortureStack({
      dir,
      cleanup,
      path: process.env['PATH'] ?? '',
      seed: options.seed,
      confirmations: CONFIRMATIONS,
      blockMs: BLOCK_MS,
    });
    const machine = await readMachine(ROOT, stack.databaseUrl);
    const result = await runTorture(
      { stack, seed: options.seed, progress, signal: ending.signal },
      scheduleOf(options),
    ).catch(async (error: unknown) => {
      if (!ending.signal.aborted) {
        isKept = true;
        progress(`${errorText(error)}; the logs are kept in ${await keepEvidence(stack, [])}`);
      }
      throw error;
    });
    const minutes = (performance.now() - startedMs) / 60_000;
    const report: Report = { machine, replay: replayCommand(options), minutes, result };
    process.stdout.write(`\n${headerText(report)}\n\n${tableText(result)}\n`);
    await writeReports(options, report);
    if (result.wrong.length === 0) return;
    process.exitCode = 1;
    isKept = true;
    const where = await keepEvidence(stack, result.wrong);
    process.stderr.write(`\n${result.wrong.length} wrong; the evidence is in ${where}\n`);
    for (const { kind, id, text } of result.wrong.slice(0, 20))
      process.stderr.write(`  ${kind}${id === null ? '' : ` ${id}`}: ${text}\n`);
  } catch (error) {
    process.exitCode = ending.signal.aborted ? EXIT_INTERRUPTED : 1;
    process.stderr.write(`${errorText(error)}\n`);
  } finally {
    await cleanup.run((problem) => progress(`while stopping: ${problem}`));
  }
}

async function writeReports(options: Options, report: Report): Promise<void> {
  if (options.jsonFile !== null) {
    const { machine, replay, minutes, result } = report;
    const { phases, wrong, mix } = result;
    const payouts = result.payouts.length;
    await writeFile(
      options.jsonFile,
      `${JSON.stringify({ machine, replay, minutes, payouts, phases, mix, wrong }, null, 2)}\n`,
    );
  }
  if (options.reportFile !== null) {
    const before = await readFile(options.reportFile, 'utf8').catch(() => '');
    await writeFile(options.reportFile, insertReport(before, report));
  }
}
