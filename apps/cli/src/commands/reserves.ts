import { makeReservesReport } from '@naru/core/reserves/make-report.ts';
import { readNewestReport } from '@naru/core/reserves/reserves.store.ts';
import {
  type AssetReserves,
  hashText,
  isCovered,
  type ReservesBody,
  type ReservesReport,
} from '@naru/core/reserves/reserves.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withChains, withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showAmount, showTime } from '../format.ts';
import { renderTable } from '../output.ts';

export function registerReservesCommand(program: Command, context: CliContext): void {
  const reserves = program
    .command('reserves')
    .description('Proof of reserves: what is owed to organisations against what the chains hold.');
  const report = reserves
    .command('report')
    .summary('make a report now')
    .description(
      'Reads the balances of all accounts and deposit addresses at one named block of each chain, from two providers where two are configured, compares them with what the ledger owes, keeps the report with a tree over all balances, and writes its hash into the audit log. Exit code 1 when something is owed that the chains do not hold.',
    )
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object; its body is the text that the hash covers')
    .action((options: { reason?: string; json?: boolean }) => runReport(context, options));
  addExamples(report, [
    ['naru reserves report', 'now'],
    ['naru reserves report --json', 'for a program'],
  ]);
  const show = reserves
    .command('show')
    .summary('the newest report that was kept')
    .description('Shows the newest report, as the daily job or an operator made it, and checks its hash.')
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) => runShow(context, options));
  addExamples(show, [['naru reserves show', 'the last one']]);
}

async function runReport(context: CliContext, options: { reason?: string; json?: boolean }): Promise<void> {
  await withDatabase(context, (db) =>
    withChains(context, db, undefined, async ({ connected, withoutRpc }) => {
      for (const { id } of withoutRpc)
        context.output.note(`${id} is left out: no node of it is configured here.`);
      const by = auditContextOf(context, options.reason ?? null);
      print(context, await makeReservesReport({ db, clock: systemClock }, connected, by), options);
    }),
  );
}

async function runShow(context: CliContext, options: { json?: boolean }): Promise<void> {
  const report = await withDatabase(context, (db) => readNewestReport(db));
  if (report === null)
    return context.output.line('There is no report yet: the daily job makes one, or  naru reserves report.');
  print(context, report, options);
}

function print(context: CliContext, report: ReservesReport, options: { json?: boolean }): void {
  const { output } = context;
  const body = JSON.parse(report.body) as ReservesBody;
  const covered = isCovered(body);
  if (!covered || hashText(report.body) !== report.hash) context.fail();
  if (options.json === true) {
    output.json({ ...report, id: toPublicId('reservesReport', report.id), covered });
    return;
  }
  const { colours } = output;
  output.line(`${toPublicId('reservesReport', report.id)}  made ${showTime(report.createdAt)} UTC`);
  output.line(`hash ${report.hash}`);
  for (const chain of body.chains) {
    output.line();
    output.line(
      chain.block === null
        ? `${chain.chain}: could not be read: ${chain.problem ?? 'no answer'}`
        : `${chain.chain} at block ${chain.block}${chain.isFinal ? '' : ' (not final: no node keeps the state of one that is)'}, as ${chain.providers === 1 ? 'one provider says' : `${chain.providers} providers say`}`,
    );
    const right = { align: 'right' as const };
    const columns = [
      { head: 'ASSET' },
      { head: 'OWED', ...right },
      { head: 'SUB-ACCOUNTS', ...right },
      { head: 'DEPOSIT ADDRESSES', ...right },
      { head: 'TREASURY', ...right },
      { head: 'IN FLIGHT', ...right },
      { head: 'DIFFERENCE', ...right },
      { head: '' },
    ];
    output.line(
      renderTable(
        colours,
        columns,
        chain.assets.map((asset) => rowOf(asset, colours)),
      ),
    );
  }
  if (body.chains.length === 0) output.line('No chain could be asked, so nothing is shown to be there.');
}

function rowOf(asset: AssetReserves, colours: CliContext['output']['colours']): string[] {
  const show = (units: string | null) => (units === null ? '–' : showAmount(BigInt(units), asset.decimals));
  const verdict =
    asset.covered === null
      ? colours.yellow('unknown')
      : asset.covered
        ? colours.green('covered')
        : colours.red('short');
  return [
    asset.asset,
    show(asset.customersUnits),
    show(asset.subAccountsUnits),
    show(asset.depositAddressesUnits),
    show(asset.treasuryUnits ?? null),
    show(asset.inFlightUnits),
    `${show(asset.differenceUnits)}${asset.explained === false ? ' !' : ''}`,
    verdict,
  ];
}
