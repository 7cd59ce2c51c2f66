import { type ChainCheck, type VerifyReport, verify } from '@naru/core/reconciliation/verify.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { noRpc, withChains, withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showAmount, showDuration } from '../format.ts';
import { type Colours, renderTable, wrapText } from '../output.ts';
import { UUID_PATTERN } from '../patterns.ts';

/** As `ledger_check()` names them (packages/db/migrations/0002_ledger.sql); others that it reports are shown as well. */
const LEDGER_INVARIANTS = [
  'balances of an asset sum to zero',
  'a balance equals the replay of its rows',
  'versions of an account have no gaps',
  'no account was ever overdrawn',
  'both sides of a transfer hold its asset',
  'a resolution repeats its hold',
];
/** Problems shown for one invariant; --json has them all. */
const PROBLEMS_SHOWN_MAX = 5;

type VerifyOptions = { json?: boolean; chain?: string };

export function registerVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .summary('prove the books: ledger, reservations, balances on chain')
    .description(
      'Proves the books: the ledger against itself (every balance is the sum of its rows, nothing overdrawn …), reservations against open withdrawals, and the hot wallets of the ledger against the balances on each enabled chain. Changes nothing; may be run while payments are under way, which may explain a difference up to the amount in flight.\n\n' +
        'Exit code 1 when something does not hold, or a chain could not be asked.',
    )
    .option('--chain <chain>', 'ask only this chain; the ledger is checked as a whole')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((options: VerifyOptions) => runVerify(context, options));
  addExamples(command, [
    ['naru verify', 'everything; for a cron job, look at the exit code'],
    ['naru verify --chain polygon --json', 'one chain, for a program'],
  ]);
}

async function runVerify(context: CliContext, options: VerifyOptions): Promise<void> {
  const startedMs = performance.now();
  const report = await withDatabase(context, (db) =>
    withChains(context, db, options.chain, async ({ connected, withoutRpc }) => {
      const found = await verify({ db }, connected);
      const notAsked = withoutRpc.map((chain) => ({ chainId: chain.id, problem: noRpc(chain.id).message }));
      return {
        ...found,
        unreachable: [...found.unreachable, ...notAsked],
        ok: found.ok && notAsked.length === 0,
      };
    }),
  );
  if (!report.ok) context.fail();
  if (options.json === true) return context.output.json(report);
  print(context, report, performance.now() - startedMs);
}

function print({ output }: CliContext, report: VerifyReport, elapsedMs: number): void {
  const { colours } = output;
  output.line(colours.bold('Ledger'));
  const others = report.ledger.map((problem) => problem.invariant);
  for (const name of new Set([...LEDGER_INVARIANTS, ...others])) {
    const problems = report.ledger.filter((problem) => problem.invariant === name);
    output.line(`  ${mark(colours, problems.length === 0)}  ${name}`);
    for (const problem of problems.slice(0, PROBLEMS_SHOWN_MAX))
      output.line(wrapText(`${problem.subject}: ${problem.detail}`, output.width, '        '));
    if (problems.length > PROBLEMS_SHOWN_MAX)
      output.line(`        … and ${plural(problems.length - PROBLEMS_SHOWN_MAX, 'more', 'more')} (--json)`);
  }
  output.line(`  ${mark(colours, report.reserves.length === 0)}  reserved amounts equal open withdrawals`);
  for (const { subject, expected, found } of report.reserves.slice(0, PROBLEMS_SHOWN_MAX))
    output.line(`        ${showSubject(subject)}: open ${expected}, reserved ${found} (smallest unit)`);
  output.line();
  output.line(colours.bold('Hot wallets and treasuries'));
  if (report.chains.length > 0) output.line(renderChains(colours, report.chains));
  else if (report.unreachable.length === 0) output.line('  no chain is enabled');
  for (const { chainId, problem } of report.unreachable)
    output.line(wrapText(`${chainId}: not checked: ${problem}`, output.width, '  '));
  output.line();
  output.line(conclusion(colours, report, elapsedMs));
}

function mark(colours: Colours, holds: boolean): string {
  return holds ? colours.green('ok  ') : colours.red('FAIL');
}

/** `<organisation uuid> <asset>` with the owner's public id. */
function showSubject(subject: string): string {
  const [owner = '', ...rest] = subject.split(' ');
  return [UUID_PATTERN.test(owner) ? toPublicId('organisation', owner) : owner, ...rest].join(' ');
}

function renderChains(colours: Colours, checks: readonly ChainCheck[]): string {
  const rows = checks.map((check) => {
    const [chain = '', asset = ''] = check.assetId.split(':');
    const amount = (units: bigint) => showAmount(units, check.decimals);
    return [
      chain,
      asset,
      check.holder === 'TREASURY' ? 'treasury' : 'sub-accounts',
      amount(check.ledger),
      amount(check.onChain),
      amount(check.inFlight),
      verdictOf(colours, check),
    ];
  });
  const right = { align: 'right' as const };
  const columns = [
    { head: 'CHAIN' },
    { head: 'ASSET' },
    { head: 'HELD BY' },
    { head: 'LEDGER', ...right },
    { head: 'ON CHAIN', ...right },
    { head: 'IN FLIGHT', ...right },
    { head: 'VERDICT' },
  ];
  return renderTable(colours, columns, rows, '  ');
}

function verdictOf(colours: Colours, check: ChainCheck): string {
  const difference = check.onChain - check.ledger;
  if (check.agrees && difference === 0n) return colours.green('equal');
  if (check.agrees) return colours.green('explained by what is in flight');
  const text = formatAmount(difference < 0n ? -difference : difference, check.decimals);
  return colours.red(difference > 0n ? `${text} more on chain` : `${text} MISSING on chain`);
}

function conclusion(colours: Colours, report: VerifyReport, elapsedMs: number): string {
  if (report.ok) return colours.green(`Everything holds (${showDuration(elapsedMs)}).`);
  const broken =
    new Set(report.ledger.map((problem) => problem.invariant)).size + (report.reserves.length > 0 ? 1 : 0);
  const differing = report.chains.filter((check) => !check.agrees).length;
  const parts = [
    broken === 0 ? null : `${plural(broken, 'rule')} of the ledger broken: stop paying out and find out why`,
    differing === 0
      ? null
      : `${plural(differing, 'balance')} on chain not as booked: money that came in unbooked, or went out without us`,
    report.unreachable.length === 0 ? null : `${plural(report.unreachable.length, 'chain')} not checked`,
  ];
  return colours.red(`Does not hold: ${parts.filter((part) => part !== null).join('; ')}.`);
}
