import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { changeSetting } from '@naru/core/setting/change-setting.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showGwei } from '../format.ts';
import { renderTable } from '../output.ts';
import { withInvalidations } from '../with-invalidations.ts';
import { requireReason } from './asset-limits.ts';

export function registerChainsCommand(program: Command, context: CliContext): void {
  const chains = program
    .command('chains')
    .description(
      'Chains: which are configured, which accept withdrawals, and how they are worked on. What is behind each figure is a setting: naru settings list <chain>.',
    );
  const list = chains
    .command('list')
    .summary('chains as they are worked on now')
    .description('Shows the chains that are configured, with the settings in force.')
    .option('--all', 'those that ship and are not configured as well')
    .option('--json', 'print one JSON object')
    .action((options: { all?: boolean; json?: boolean }) => runList(context, options));
  addExamples(list, [['naru chains list', 'depth, batch and fee ceiling of each']]);
  registerSwitch(chains, context, 'enable', 'accept withdrawals of a chain again');
  registerSwitch(chains, context, 'disable', 'accept no more withdrawals of a chain');
}

function registerSwitch(
  chains: Command,
  context: CliContext,
  verb: 'enable' | 'disable',
  summary: string,
): void {
  const command = chains
    .command(verb)
    .summary(summary)
    .argument('<chain>', 'as  naru chains list  shows it, e.g. polygon')
    .description(
      `${verb === 'enable' ? 'Accepts' : 'Refuses'} new withdrawals of a chain from now on and on every instance. What was accepted is paid. It is the setting chain.accepting.`,
    )
    .requiredOption('--reason <text>', 'why; it is kept with the change')
    .option('--json', 'print one JSON object')
    .action((chain: string, options: { reason: string; json?: boolean }) =>
      runSwitch(context, chain, verb, options),
    );
  addExamples(command, [[`naru chains ${verb} polygon --reason "ticket 123"`, summary]]);
}

async function runSwitch(
  context: CliContext,
  chainId: string,
  verb: 'enable' | 'disable',
  options: { reason: string; json?: boolean },
): Promise<void> {
  const reason = requireReason(options.reason);
  await withDatabase(context, async (db) => {
    const { chains } = await readCatalogue(db);
    const chain = chains.get(chainId);
    if (chain === undefined)
      throw usageError(`there is no chain "${chainId}"; there are: ${[...chains.keys()].join(', ')}`);
    const change = {
      key: 'chain.accepting',
      target: chainId,
      to: { value: String(verb === 'enable') },
      seenVersion: null,
      acknowledged: false,
      reason,
    };
    const made = await withInvalidations(context, (invalidations) =>
      changeSetting({ db, invalidations }, change, auditContextOf(context, reason)),
    );
    if ('code' in made) throw new CodedError(made.code, made.message);
    const before = chain.operation.accepting;
    if (options.json === true)
      return context.output.json({ chain: chainId, before, accepting: verb === 'enable' });
    context.output.line(
      `${chainId} ${before ? 'accepted' : 'refused'} new withdrawals and ${verb === 'enable' ? 'accepts' : 'refuses'} them now.`,
    );
    if (!chain.enabled)
      context.output.warn(
        'It is not configured here, so nothing is accepted either way: see  naru migrate --help.',
      );
  });
}

async function runList(context: CliContext, options: { all?: boolean; json?: boolean }): Promise<void> {
  const { chains } = await withDatabase(context, (db) => readCatalogue(db));
  const shown = [...chains.values()].filter((chain) => chain.enabled || options.all === true);
  const { output } = context;
  if (options.json === true) return output.json({ chains: shown });
  if (shown.length === 0)
    return output.line('No chain is configured: set the variables of one and run  naru migrate.');
  const { colours } = output;
  const right = { align: 'right' as const };
  const rows = shown.map((chain) => [
    chain.id,
    !chain.enabled
      ? colours.dim('not configured')
      : chain.operation.accepting
        ? colours.green('accepts')
        : colours.yellow('refuses'),
    `${chain.confirmations}`,
    `${chain.batchItemsMax}`,
    `${chain.operation.batchWaitMs}`,
    `${chain.inFlightPerAccountMax}`,
    showGwei(chain.feePerGasWeiMax),
  ]);
  const columns = [
    { head: 'CHAIN' },
    { head: 'NEW ONES' },
    { head: 'DEPTH', ...right },
    { head: 'BATCH', ...right },
    { head: 'WAIT MS', ...right },
    { head: 'IN FLIGHT', ...right },
    { head: 'FEE CEILING', ...right },
  ];
  output.line(renderTable(colours, columns, rows));
}
