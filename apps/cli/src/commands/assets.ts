import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Asset } from '@naru/core/chain/chain.ts';
import { ASSET_CODE_PATTERN, addAsset, enableAsset, requireNew } from '@naru/core/chain/change-asset.ts';
import { judgeToken, type TokenFacts, type TokenVerdict } from '@naru/core/chain/judge-token.ts';
import { listSubAccounts } from '@naru/core/sub-account/sub-account.store.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import type { Address } from 'viem';
import { auditContextOf } from '../audit-context.ts';
import { withChain, withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showAmount, showCount, showText } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';
import { withInvalidations } from '../with-invalidations.ts';
import { registerLimit, requireReason, unitsOf } from './asset-limits.ts';

type AddOptions = {
  code?: string;
  minimum?: string;
  holder?: string;
  acceptWarnings?: boolean;
  dryRun?: boolean;
  reason?: string;
  json?: boolean;
};
type ChangeOptions = { reason: string; json?: boolean };

export function registerAssetsCommand(program: Command, context: CliContext): void {
  const assets = program.command('assets').description('Coins and tokens that can be paid, by chain.');
  registerAdd(assets, context);
  registerChange(assets, context, {
    name: 'enable',
    summary: 'accept withdrawals of an asset again',
    description: 'Accepts withdrawals of an asset that was disabled, from now on and on every instance.',
    enabled: true,
  });
  registerChange(assets, context, {
    name: 'disable',
    summary: 'accept no more withdrawals of an asset',
    description:
      'Accepts no more withdrawals of an asset, from now on and on every instance. What was accepted is paid.',
    enabled: false,
  });
  registerLimit(assets, context, 'minimum');
  registerLimit(assets, context, 'maximum');
  const list = assets
    .command('list')
    .summary('what can be paid, and from how much on')
    .argument('[chain]', 'only of this chain')
    .description('Shows the assets of every chain, or of one: address, decimals, smallest withdrawal, gas.')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chain: string | undefined, options: { json?: boolean }) => runList(context, chain, options));
  addExamples(list, [
    ['naru assets list polygon', 'of one chain'],
    ['naru assets list --json', 'all, for a program'],
  ]);
}

function registerAdd(assets: Command, context: CliContext): void {
  const add = assets
    .command('add')
    .summary('pay with one more ERC-20 token')
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<address>', "the token's contract")
    .description(
      'Asks a node about a token (code, symbol, decimals) and has it try a payment, of which nothing happens on chain: what moves, what the token takes for itself, what it needs in gas. A token that takes another amount than is paid is refused; of fees and of balances that change by themselves you are warned.\n\n' +
        'From then on every instance accepts withdrawals of it, without a restart, and the sub-accounts approve it. The signer signs nothing of it until its policy names the token.',
    )
    .option('--code <code>', 'its name in requests, 2 to 12 of A-Z and 0-9; default: its symbol')
    .option('--minimum <amount>', 'the smallest withdrawal, e.g. 0.5; default: its smallest unit')
    .option('--holder <address>', 'an account that holds some, where a balance cannot be made up for the try')
    .option('--accept-warnings', 'add it in spite of what is warned of')
    .option('--dry-run', 'say what would be added, and add nothing')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chain: string, address: string, options: AddOptions) =>
      runAdd(context, chain, address, options),
    );
  addExamples(add, [
    ['naru assets add polygon 0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359 --dry-run', 'what is it?'],
    [
      'naru assets add polygon 0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359 --minimum 1 --reason "ticket 123"',
      'USDC, from 1 on',
    ],
  ]);
}

async function runAdd(
  context: CliContext,
  chainId: string,
  text: string,
  options: AddOptions,
): Promise<void> {
  const address = parseAddress(text);
  const holder = options.holder === undefined ? null : parseAddress(options.holder);
  const { output } = context;
  await withDatabase(context, (db) =>
    withChain(context, db, chainId, async ({ port, assets }) => {
      requireNew(assets, { chainId, address });
      const accounts = await listSubAccounts(db, chainId);
      const holders = [...(holder === null ? [] : [holder]), ...accounts.map((account) => account.address)];
      const facts = await port.probeToken(address, holders);
      const verdict = judgeToken(facts);
      const decimals = requireUsable(address, facts, verdict);
      const asset = {
        chainId,
        code: codeOf(options.code, facts.symbol),
        symbol: facts.symbol ?? codeOf(options.code, null),
        address,
        decimals,
        minimum: options.minimum === undefined ? 1n : unitsOf(options.minimum, decimals),
        gasPerItem: verdict.gasPerItem,
        transferGasMax: verdict.transferGasMax,
      };
      const { warnings } = verdict;
      if (warnings.length > 0 && options.acceptWarnings !== true && options.dryRun !== true)
        throw new CodedError(
          'asset_warnings',
          `nothing was added, because of ${warnings.length === 1 ? 'this' : 'these'}: ${warnings.join('; ')}. Say --accept-warnings to add it all the same`,
        );
      if (options.dryRun !== true)
        await withInvalidations(context, (invalidations) =>
          addAsset({ db, invalidations }, asset, auditContextOf(context, options.reason ?? null)),
        );
      if (options.json === true)
        return output.json({ asset, payment: facts.payment, warnings, added: options.dryRun !== true });
      printAdded(context, asset, facts, verdict, options.dryRun === true);
    }),
  );
}

function requireUsable(address: Address, { decimals }: TokenFacts, { refusals }: TokenVerdict): number {
  if (refusals.length > 0 || decimals === null)
    throw new CodedError('asset_refused', `${address} cannot be paid with: ${refusals.join('; ')}`);
  return decimals;
}

function codeOf(given: string | undefined, symbol: string | null): string {
  const code = given ?? symbol?.toUpperCase() ?? '';
  if (ASSET_CODE_PATTERN.test(code)) return code;
  if (given !== undefined) throw usageError(`"${given}" is no code: 2 to 12 of A-Z and 0-9`);
  throw usageError(
    symbol === null
      ? 'the token does not tell its symbol: give it a code (--code)'
      : `its symbol "${showText(symbol)}" cannot be its code, which is 2 to 12 of A-Z and 0-9: give it one (--code)`,
  );
}

function printAdded(
  { output }: CliContext,
  asset: Omit<Asset, 'id' | 'enabled' | 'maximum' | 'unitsPerCoin'>,
  { payment }: TokenFacts,
  { warnings }: TokenVerdict,
  isDry: boolean,
): void {
  const { colours } = output;
  output.line(
    `${isDry ? 'Would add' : 'Added'} ${asset.chainId}:${asset.code} (${showText(asset.symbol)}, ${asset.decimals} decimals), from ${showAmount(asset.minimum, asset.decimals, asset.code)} on.`,
  );
  if (payment !== null)
    output.line(
      `A payment of ${showAmount(payment.asked, asset.decimals, asset.code)} was tried: ${showAmount(payment.received, asset.decimals, asset.code)} arrive, for ${showCount(payment.gasUsed)} gas.`,
    );
  output.line(
    `Each item of a batch counts ${showCount(asset.gasPerItem)} gas; one transfer gets at most ${showCount(asset.transferGasMax)}.`,
  );
  for (const warning of warnings) output.line(`${colours.yellow('!')} ${warning}.`);
  if (!isDry)
    output.line(
      "It is accepted from now on. It is paid once the signer's policy names it and the sub-accounts hold some.",
    );
}

function registerChange(
  assets: Command,
  context: CliContext,
  verb: { name: string; summary: string; description: string; enabled: boolean },
): void {
  const command = assets
    .command(verb.name)
    .summary(verb.summary)
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<code>', 'as  naru assets list  shows it')
    .description(verb.description)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action(async (chainId: string, code: string, options: ChangeOptions) => {
      const reason = requireReason(options.reason);
      const before = await withDatabase(context, (db) =>
        withInvalidations(context, (invalidations) =>
          enableAsset(
            { db, invalidations },
            { chainId, code: code.toUpperCase() },
            verb.enabled,
            auditContextOf(context, reason),
          ),
        ),
      );
      if (options.json === true)
        return context.output.json({ asset: before.id, before: before.enabled, enabled: verb.enabled });
      context.output.line(
        `${before.id} was ${before.enabled ? 'enabled' : 'disabled'} and is ${verb.name}d now.`,
      );
    });
  addExamples(command, [[`naru assets ${verb.name} polygon USDC --reason "ticket 123"`, verb.summary]]);
}

async function runList(
  context: CliContext,
  chainId: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const { output } = context;
  const { chains, assets } = await withDatabase(context, (db) => readCatalogue(db));
  if (chainId !== undefined && !chains.has(chainId))
    throw usageError(`there is no chain "${chainId}"; there are: ${[...chains.keys()].join(', ')}`);
  const shown = [...assets.values()].filter(
    (asset) =>
      asset.chainId === chainId || (chainId === undefined && chains.get(asset.chainId)?.enabled === true),
  );
  if (options.json === true) return output.json({ assets: shown });
  if (shown.length === 0)
    return output.line('No chain is enabled, so there is nothing to show: run  naru migrate  first.');
  const { colours } = output;
  const right = { align: 'right' as const };
  const rows = shown.map((asset) => [
    asset.id,
    asset.enabled ? colours.green('enabled') : colours.dim('disabled'),
    asset.address ?? 'coin',
    String(asset.decimals),
    formatAmount(asset.minimum, asset.decimals),
    asset.maximum === null ? '' : formatAmount(asset.maximum, asset.decimals),
    showCount(asset.gasPerItem),
  ]);
  const columns = [
    { head: 'ASSET' },
    { head: 'STATE' },
    { head: 'CONTRACT' },
    { head: 'DECIMALS', ...right },
    { head: 'FROM', ...right },
    { head: 'UP TO', ...right },
    { head: 'GAS AN ITEM', ...right },
  ];
  output.line(renderTable(colours, columns, rows));
}
