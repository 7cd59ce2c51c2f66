import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readForgeTally } from './forge-tally.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { settle, type Tally } from './tally.ts';
import { readVitestTally } from './vitest-tally.ts';

export const SUITES = ['contracts', 'vitest'] as const;
export type Suite = (typeof SUITES)[number];

export type RunnerResult = Tally & { isInterrupted: boolean };

export type Runner = {
  suite: Suite;
  /** Shown as a heading; says how to run it alone. */
  command: string;
  run(): Promise<RunnerResult>;
};

/** Everything that `npm test` runs, in order: what is quick and below the rest first. */
export function createRunners(vitestArgs: readonly string[]): Runner[] {
  return [
    {
      suite: 'contracts',
      command: 'node contracts/tools/forge.mjs test',
      async run() {
        // Not node_modules/.bin/forge: that launcher exits with 0 when tests fail.
        const colour = process.stdout.isTTY ? ['--color', 'always'] : [];
        const end = await runProgram(['contracts/tools/forge.mjs', 'test', '--offline', ...colour], {
          isCaptured: true,
        });
        return resultOf(end, readForgeTally(end.output));
      },
    },
    createCheck('contracts/tools/generate-abi.mjs'),
    createCheck('contracts/tools/gas-report.mjs'),
    {
      suite: 'vitest',
      command: ['npx vitest run', ...vitestArgs].join(' '),
      run: () => runVitest(vitestArgs),
    },
  ];
}

/** A generator with `--check`: one test, which fails when what is checked in is not what it would write. */
function createCheck(script: string): Runner {
  return {
    suite: 'contracts',
    command: `node ${script} --check`,
    async run() {
      const end = await runProgram([script, '--check'], { isCaptured: false });
      return resultOf(end, end.exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : null);
    },
  };
}

async function runVitest(args: readonly string[]): Promise<RunnerResult> {
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-vitest-'));
  const report = path.join(dir, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const end = await runProgram(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
      isCaptured: false,
    });
    // No report: Vitest did not get as far as running tests.
    const json = await readFile(report, 'utf8').catch(() => null);
    return resultOf(end, json === null ? null : readVitestTally(json));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function resultOf({ exitCode, isInterrupted }: ProgramEnd, tally: Tally | null): RunnerResult {
  return { ...settle(exitCode, tally), isInterrupted };
}
