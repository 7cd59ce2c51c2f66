import { listThresholds, type ThresholdKey } from '@naru/core/account-manager/account-threshold.store.ts';
import type { ThresholdOverview } from '@naru/core/account-manager/account-threshold.ts';
import { listTransfers } from '@naru/core/account-manager/account-transfer.store.ts';
import type { AccountTransfer } from '@naru/core/account-manager/account-transfer.ts';
import { type Forecast, readForecast } from '@naru/core/account-manager/forecast.ts';
import { requestTopUp } from '@naru/core/account-manager/request-top-up.ts';
import { removeThreshold, setThreshold } from '@naru/core/account-manager/set-threshold.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Asset } from '@naru/core/chain/chain.ts';
import { assetIdOf } from '@naru/core/chain/chain.ts';
import { changeRole } from '@naru/core/sub-account/change-account.ts';
import { type AccountRole, accountRoles } from '@naru/core/sub-account/sub-account.machine.ts';
import { listSubAccounts } from '@naru/core/sub-account/sub-account.store.ts';
import type { Database } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { formatAmount, parseAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showAmount, showDuration, showText, showTime } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';

type Written = { reason: string; json?: boolean };
const WHY = 'why: in the audit log';
const right = { align: 'right' as const };

/** What accounts are for, what they should hold, and what is moved between them. */
export function registerReserveCommands(accounts: Command, context: CliContext): void {
  registerRole(accounts, context);
  registerThresholds(accounts, context);
  registerTopUp(accounts, context);
  registerTransfers(accounts, context);
  registerForecast(accounts, context);
}

export function parseRole(text: string): AccountRole {
  const role = accountRoles.find((one) => one === text.toUpperCase());
  if (role === undefined) throw usageError(`"${text}" is no role: ${accountRoles.join(', ')}`);
  return role;
}

function auditOf(context: CliContext, { reason }: Written) {
  if (reason.trim() === '') throw usageError('the reason is empty: say why');
  return { ...auditContextOf(context), reason: reason.trim() };
}

async function requireAsset(db: Database, chainId: string, code: string): Promise<Asset> {
  const { chains, assets } = await readCatalogue(db);
  const chain = chains.get(chainId);
  if (chain === undefined)
    throw usageError(`there is no chain "${chainId}"; there are: ${[...chains.keys()].join(', ')}`);
  const asset = assets.get(assetIdOf(chainId, code.toUpperCase()));
  if (asset === undefined)
    throw usageError(`there is no asset "${code}" on ${chainId}: see  naru assets list ${chainId}`);
  return asset;
}

function unitsOf(text: string, asset: Asset, what: string): bigint {
  const parsed = parseAmount(text, asset.decimals);
  if (!parsed.ok)
    throw usageError(
      parsed.problem === 'malformed'
        ? `"${text}" is no amount for ${what}: digits and a point, as in 12.5`
        : `"${text}" has more decimals than ${asset.code}, which has ${asset.decimals}`,
    );
  return parsed.units;
}

function registerRole(accounts: Command, context: CliContext): void {
  const command = accounts
    .command('role')
    .summary('say what an account is for')
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<address>', 'as  naru accounts list  shows it')
    .argument('<role>', 'PAYOUT, MAIN or GAS')
    .description(
      'PAYOUT pays withdrawals. MAIN pays none: it holds the reserve that tops PAYOUT accounts up and takes what they have too much of. GAS holds coin for gas money only. What the account has under way goes on. The signer has rules of its own for each account: change its policy too.',
    )
    .requiredOption('--reason <text>', WHY)
    .option('--json', 'print one JSON object')
    .action(async (chainId: string, text: string, roleText: string, options: Written) => {
      const address = parseAddress(text);
      const role = parseRole(roleText);
      const audit = auditOf(context, options);
      const before = await withDatabase(context, (db) =>
        changeRole({ db }, { chainId, address }, role, audit),
      );
      if (options.json === true) return context.output.json({ chain: chainId, address, role, before });
      context.output.line(`${address} on ${chainId} was ${before} and is ${role} now.`);
    });
  addExamples(command, [
    [
      'naru accounts role polygon 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed MAIN --reason "ticket 123"',
      'it holds the reserve',
    ],
  ]);
}

type LevelOptions = Written & {
  role?: string;
  account?: string;
  gas?: boolean;
  low?: string;
  target?: string;
  high?: string;
  remove?: boolean;
};

function registerThresholds(accounts: Command, context: CliContext): void {
  const thresholds = accounts
    .command('thresholds')
    .description('How much accounts should hold: below low they are topped up, above high they are swept.');
  const list = thresholds
    .command('list')
    .summary('what is set')
    .argument('[chain]', 'only of this chain')
    .description(
      'Shows what is set for roles and for single accounts. What is set for an account counts alone.',
    )
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(async (chainId: string | undefined, options: { json?: boolean }) => {
      const rows = await withDatabase(context, (db) => listThresholds(db, chainId ?? null));
      if (options.json === true) return context.output.json({ thresholds: rows });
      if (rows.length === 0)
        return context.output.line(
          'No thresholds are set: accounts are topped up only when withdrawals wait for more than they hold. See  naru accounts thresholds set --help',
        );
      context.output.line(renderThresholds(context, rows));
    });
  addExamples(list, [['naru accounts thresholds list polygon', 'of one chain']]);
  const set = thresholds
    .command('set')
    .summary('set or remove one')
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<asset>', 'e.g. USDC')
    .description(
      'Sets how much each account of a role, or one account, should hold: below --low it is topped up to --target from a main account, above --high it is swept down to --target. Of a main account, --low is where its alarm begins. With --gas it is about coin for gas money, which comes from a gas account and which no withdrawal is paid from. Takes effect within seconds.',
    )
    .option('--role <role>', 'for every account of this role; default: PAYOUT')
    .option('--account <address>', 'for this account alone')
    .option('--gas', "about gas money, in the chain's coin")
    .option('--low <amount>', 'e.g. 10000')
    .option('--target <amount>', 'e.g. 50000')
    .option('--high <amount>', 'e.g. 200000; without it nothing is swept')
    .option('--remove', 'take away what is set')
    .requiredOption('--reason <text>', WHY)
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chainId: string, code: string, options: LevelOptions) =>
      runSet(context, chainId, code, options),
    );
  addExamples(set, [
    [
      'naru accounts thresholds set polygon USDC --low 10000 --target 50000 --high 200000 --reason "ticket 123"',
      'for every account that pays',
    ],
    ['naru accounts thresholds set polygon POL --gas --low 5 --target 20 --reason "ticket 123"', 'gas money'],
    [
      'naru accounts thresholds set polygon USDC --role MAIN --low 500000 --target 1000000 --reason "ticket 123"',
      'when to be told that the reserve runs low',
    ],
  ]);
}

async function runSet(
  context: CliContext,
  chainId: string,
  code: string,
  options: LevelOptions,
): Promise<void> {
  const audit = auditOf(context, options);
  const { output } = context;
  await withDatabase(context, async (db) => {
    const asset = await requireAsset(db, chainId, code);
    const key = await keyOf(db, asset, options);
    const of = key.role ?? options.account ?? '';
    if (options.remove === true) {
      const removed = await removeThreshold({ db }, key, audit);
      if (options.json === true) return output.json({ ...key, removed });
      return output.line(removed ? `Nothing is set for ${of} any more.` : `Nothing was set for ${of}.`);
    }
    if (options.low === undefined || options.target === undefined)
      throw usageError('say --low and --target, or --remove');
    const levels = {
      low: unitsOf(options.low, asset, '--low'),
      target: unitsOf(options.target, asset, '--target'),
      high: options.high === undefined ? null : unitsOf(options.high, asset, '--high'),
    };
    await setThreshold({ db }, asset, key, levels, audit);
    if (options.json === true) return output.json({ ...key, ...levels });
    const show = (units: bigint) => showAmount(units, asset.decimals, asset.code);
    output.line(
      `${of}: topped up below ${show(levels.low)} to ${show(levels.target)}${levels.high === null ? '' : `, swept above ${show(levels.high)}`}.`,
    );
  });
}

async function keyOf(db: Database, asset: Asset, options: LevelOptions): Promise<ThresholdKey> {
  const purpose = options.gas === true ? 'GAS' : 'BALANCE';
  if (options.account === undefined)
    return { assetId: asset.id, purpose, role: parseRole(options.role ?? 'PAYOUT'), subAccountId: null };
  if (options.role !== undefined) throw usageError('say --role or --account, not both');
  const address = parseAddress(options.account);
  const account = (await listSubAccounts(db, asset.chainId)).find((one) => one.address === address);
  if (account === undefined)
    throw new CodedError(
      'account_unknown',
      `${address} is no sub-account of ${asset.chainId}: see  naru accounts list`,
    );
  return { assetId: asset.id, purpose, role: null, subAccountId: account.id };
}

function renderThresholds({ output }: CliContext, rows: readonly ThresholdOverview[]): string {
  const cells = rows.map(({ chainId, asset, decimals, purpose, role, address, low, target, high }) => [
    chainId,
    purpose === 'GAS' ? `${asset} for gas` : asset,
    role === null ? (address ?? '') : `every ${role}`,
    showAmount(low, decimals),
    showAmount(target, decimals),
    high === null ? '' : showAmount(high, decimals),
  ]);
  const heads = [
    { head: 'CHAIN' },
    { head: 'ASSET' },
    { head: 'FOR' },
    { head: 'LOW', ...right },
    { head: 'TARGET', ...right },
    { head: 'HIGH', ...right },
  ];
  return renderTable(output.colours, heads, cells, '  ');
}

function registerTopUp(accounts: Command, context: CliContext): void {
  const command = accounts
    .command('top-up')
    .summary('move money to an account now')
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<address>', 'as  naru accounts list  shows it')
    .argument('<asset>', 'e.g. USDC')
    .argument('<amount>', 'e.g. 25000')
    .description(
      'Asks for a top-up besides those that thresholds bring: from the main account that holds most, or with --gas from a gas account. It is a batch of the payout contract like any payment. Refused while one of the same asset is under way to the account.',
    )
    .option('--gas', 'gas money, from a gas account')
    .requiredOption('--reason <text>', WHY)
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(
      async (
        chainId: string,
        text: string,
        code: string,
        amount: string,
        options: Written & { gas?: boolean },
      ) => {
        const to = parseAddress(text);
        const audit = auditOf(context, options);
        const transfer = await withDatabase(context, async (db) => {
          const asset = await requireAsset(db, chainId, code);
          const units = unitsOf(amount, asset, 'a top-up');
          const request = { asset, to, amount: units, isGas: options.gas === true };
          return (await requestTopUp({ db }, request, audit)).transfer;
        });
        if (options.json === true) return context.output.json(transfer);
        context.output.line(
          `${showAmount(transfer.amount, transfer.decimals, transfer.asset)} go from ${transfer.from} to ${transfer.to}: see  naru accounts transfers`,
        );
      },
    );
  addExamples(command, [
    [
      'naru accounts top-up polygon 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed USDC 25000 --reason "ticket 123"',
      'before a large payout',
    ],
  ]);
}

function registerTransfers(accounts: Command, context: CliContext): void {
  const command = accounts
    .command('transfers')
    .summary('what is and was moved between accounts')
    .argument('[chain]', 'only of this chain')
    .description(
      'Shows top-ups (TOP_UP), sweeps of what is too much (SWEEP), gas money (GAS) and what drained accounts give back (DRAIN), the newest first. PLANNED ones show where their transaction stands;  naru inspect <hash>  has its whole story.',
    )
    .option('--open', 'only those under way')
    .option('--limit <count>', 'how many; default: 20', '20')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(
      async (chainId: string | undefined, options: { open?: boolean; limit: string; json?: boolean }) => {
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw usageError('--limit is 1 to 500');
        const filter = { ...(chainId === undefined ? {} : { chainId }), onlyOpen: options.open === true };
        const rows = await withDatabase(context, (db) => listTransfers(db, filter, { limit, before: null }));
        if (options.json === true) return context.output.json({ transfers: rows });
        if (rows.length === 0)
          return context.output.line(
            options.open === true
              ? 'Nothing is under way between accounts.'
              : 'Nothing was ever moved between accounts.',
          );
        context.output.line(renderTransfers(context, rows));
        for (const { state, failureMessage, to, asset } of rows.slice(0, 5))
          if (state === 'FAILED')
            context.output.line(`\n${asset} to ${to}\n  ${showText(failureMessage ?? '')}`);
      },
    );
  addExamples(command, [['naru accounts transfers polygon --open', 'what is under way']]);
}

function renderTransfers({ output }: CliContext, rows: readonly AccountTransfer[]): string {
  const { colours } = output;
  const colourOf = {
    PENDING: colours.yellow,
    PLANNED: colours.yellow,
    CONFIRMED: colours.green,
    FAILED: colours.red,
    CANCELED: colours.dim,
  };
  const cells = rows.map((row) => [
    showTime(row.createdAt).slice(0, 19),
    row.purpose,
    showAmount(row.amount, row.decimals, row.asset),
    row.from,
    row.to,
    colourOf[row.state](row.state === 'PLANNED' ? (row.chainTxState ?? row.state) : row.state),
  ]);
  const heads = [
    { head: 'AT (UTC)' },
    { head: 'WHAT' },
    { head: 'AMOUNT', ...right },
    { head: 'FROM' },
    { head: 'TO' },
    { head: 'STATE' },
  ];
  return renderTable(colours, heads, cells, '  ');
}

function registerForecast(accounts: Command, context: CliContext): void {
  const command = accounts
    .command('forecast')
    .summary('how long the main and gas accounts last')
    .argument('[chain]', 'only of this chain')
    .description(
      'Shows what main and gas accounts hold, what left in the last hour, day and week, and when they are below low if it goes on like that.',
    )
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(async (chainId: string | undefined, options: { json?: boolean }) => {
      const rows = await withDatabase(context, (db) => readForecast(db, chainId ?? null));
      if (options.json === true) return context.output.json({ forecast: rows });
      if (rows.length === 0)
        return context.output.line(
          'There is no main and no gas account whose balance was read: give an account such a role (naru accounts role), and let the accounts role run.',
        );
      context.output.line(renderForecast(context, rows));
    });
  addExamples(command, [['naru accounts forecast', 'of every chain']]);
}

function renderForecast({ output }: CliContext, rows: readonly Forecast[]): string {
  const { colours } = output;
  const cells = rows.map((row) => {
    const { least } = row.runwaySeconds;
    const amount = (units: bigint) => formatAmount(units, row.decimals);
    return [
      row.chainId,
      row.role,
      row.asset,
      showAmount(row.holds, row.decimals),
      row.hasThreshold ? showAmount(row.low, row.decimals) : '',
      amount(row.hour),
      amount(row.day),
      amount(row.week),
      row.holds < row.low
        ? colours.red('below low')
        : least === null
          ? colours.dim('nothing leaves')
          : showDuration(least * 1_000),
    ];
  });
  const heads = [
    { head: 'CHAIN' },
    { head: 'ROLE' },
    { head: 'ASSET' },
    { head: 'HOLDS', ...right },
    { head: 'LOW', ...right },
    { head: 'LAST HOUR', ...right },
    { head: 'DAY', ...right },
    { head: 'WEEK', ...right },
    { head: 'LASTS', ...right },
  ];
  return renderTable(colours, heads, cells, '  ');
}
