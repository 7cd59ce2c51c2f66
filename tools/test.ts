import { createRunners, SUITES, type Suite } from './testing/runners.ts';
import { describeMissing, filesLeftOut, findMissing } from './testing/system-programs.ts';
import { sumOf, type Tally, tallyLine } from './testing/tally.ts';

const HELP = `Usage: npm test -- [--only ${SUITES.join('|')}] [arguments for Vitest]

Runs every test: contracts (forge), what is generated from them, then everything else (Vitest).
The last line adds them all up; the exit code is 1 when one failed or a runner ran nothing.

  --only contracts   forge's tests, the ABIs and the gas report
  --only vitest      the rest; needs nothing running, PostgreSQL and Anvil are started
                     NARU_TEST_POSTGRES_URL: use that server (as its superuser) instead of starting one

Some tests need programs that npm does not bring: redis-server, softhsm2, a C++ compiler, prometheus, python3,
chromium. Without them those tests are left out, named at the end and counted as skipped.

Some are too many for one run: it takes a part, and the next days take the others. NARU_TESTS=all takes everything.

  --help

Arguments for Vitest choose what it runs:
  npm test -- --only vitest packages/core           one folder
  npm test -- --only vitest -t 'reorg'              tests by name
  npm test -- --only vitest --project unit          without the system tests in test/
`;

const FAILED_EXIT_CODE = 1;
const USAGE_EXIT_CODE = 2;

type Options = { only: Suite | null; vitestArgs: string[] };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const options = parse(args);
  if (options === null) {
    process.stderr.write(`--only must be followed by ${SUITES.join(' or ')}\n\n${HELP}`);
    return USAGE_EXIT_CODE;
  }
  const sum = await runAll(options);
  if (options.only !== 'contracts') sum.skipped += tellLeftOut(options.vitestArgs);
  process.stdout.write(`\n${tallyLine(sum)}\n`);
  return sum.failed === 0 ? 0 : FAILED_EXIT_CODE;
}

async function runAll({ only, vitestArgs }: Options): Promise<Tally> {
  const runners = createRunners(vitestArgs).filter(({ suite }) => only === null || suite === only);
  const tallies: Tally[] = [];
  for (const { command, run } of runners) {
    process.stdout.write(`\n▶ ${command}\n\n`);
    const { isInterrupted, ...tally } = await run();
    tallies.push(isInterrupted ? { ...tally, failed: Math.max(tally.failed, 1) } : tally);
    if (isInterrupted) break;
  }
  return sumOf(tallies);
}

/**
 * Names the tests that cannot run here. Each file counts as one that was skipped, unless only some were asked for.
 * @returns how many
 */
function tellLeftOut(vitestArgs: readonly string[]): number {
  const missing = findMissing();
  const text = describeMissing(missing);
  if (text !== null) process.stdout.write(`\n${text}`);
  return vitestArgs.length === 0 ? filesLeftOut(missing).length : 0;
}

function parse(args: readonly string[]): Options | null {
  const options: Options = { only: null, vitestArgs: [] };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const value = arg === '--only' ? rest.shift() : /^--only=(.*)$/.exec(arg)?.[1];
    if (arg !== '--only' && value === undefined) options.vitestArgs.push(arg);
    else {
      const suite = SUITES.find((one) => one === value);
      if (suite === undefined) return null;
      options.only = suite;
    }
  }
  return options;
}
