import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Asset } from '@naru/core/chain/chain.ts';
import { creditDeposit } from '@naru/core/deposit/credit-deposit.ts';
import { depositStates } from '@naru/core/deposit/deposit.machine.ts';
import { type DepositFilter, listDeposits } from '@naru/core/deposit/deposit.reader.ts';
import { readDepositLimit, upsertDepositLimit, wishSweep } from '@naru/core/deposit/deposit.store.ts';
import type { Deposit } from '@naru/core/deposit/deposit.ts';
import { listDepositAddresses } from '@naru/core/deposit/deposit-address.store.ts';
import { listSweeps } from '@naru/core/deposit/sweep.store.ts';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { depositFactoryCall, depositFactoryFor } from '@naru/devnet/deploy-contracts.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, shortHex, showAmount, showText, showTime } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { registerSimulate } from './deposits-simulate.ts';

/** Rows of a list for people; a program gets the rest by `--state` and the API. */
const ROWS_SHOWN = 50;

export function registerDepositsCommand(program: Command, context: CliContext): void {
  const deposits = program
    .command('deposits')
    .description('What arrived at the deposit addresses of organisations, and what became of it.');
  const list = deposits
    .command('list')
    .summary('what arrived, newest first')
    .description(
      `Shows the newest ${ROWS_SHOWN} deposits of all organisations. DETECTED is in a block that is not final; CREDITED is in a balance; UNCREDITED is final and waits for a person (naru deposits credit); ORPHANED was reorganised away.`,
    )
    .option('--state <state>', `one of ${depositStates.join(', ')}`)
    .option('--chain <chain>', 'only of this chain')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((options: { state?: string; chain?: string; json?: boolean }) => runList(context, options));
  addExamples(list, [
    ['naru deposits list --state UNCREDITED', 'what waits for a person, and why'],
    ['naru deposits list --json', 'for a program'],
  ]);
  const addresses = deposits
    .command('addresses')
    .summary('deposit addresses that were given out')
    .description('Shows the newest deposit addresses: whose, where, and whether the coin is seen there.')
    .option('--chain <chain>', 'only of this chain')
    .option('--json', 'print one JSON object')
    .action((options: { chain?: string; json?: boolean }) => runAddresses(context, options));
  addExamples(addresses, [['naru deposits addresses --chain localhost', 'of one chain']]);
  registerCredit(deposits, context);
  registerSweep(deposits, context);
  registerMinimum(deposits, context);
  registerSimulate(deposits, context);
  registerFactory(deposits, context);
}

function registerFactory(deposits: Command, context: CliContext): void {
  const factory = deposits
    .command('factory')
    .summary('how to deploy the deposit factory of a chain')
    .argument('<treasury>', 'one of our sub-accounts: where deposit addresses are swept to, forever')
    .description(
      'Says where the deposit factory of a treasury stands on every chain that has the deterministic deployment proxy, and what to send to that proxy to make it. Anyone may send it; nothing is sent from here. Afterwards name the address in NARU_DEPOSIT_FACTORY_<CHAIN>, in the policy of the signer (depositFactories), and run  naru migrate.',
    )
    .option('--json', 'print one JSON object')
    .action((text: string, options: { json?: boolean }) => {
      const treasury = parseAddress(text);
      const address = depositFactoryFor(treasury);
      const call = depositFactoryCall(treasury);
      if (options.json === true) return context.output.json({ treasury, factory: address, deploy: call });
      context.output.line(`factory   ${address}`);
      context.output.line(`send to   ${call.to}`);
      context.output.line(`data      ${call.data}`);
    });
  addExamples(factory, [
    ['naru deposits factory 0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359', 'address and deployment'],
  ]);
}

async function runList(
  context: CliContext,
  options: { state?: string; chain?: string; json?: boolean },
): Promise<void> {
  const { output } = context;
  const state = depositStates.find((one) => one === options.state?.toUpperCase());
  if (options.state !== undefined && state === undefined)
    throw usageError(`there is no state "${options.state}"; there are: ${depositStates.join(', ')}`);
  const filter: DepositFilter = {
    ...(state === undefined ? {} : { state }),
    ...(options.chain === undefined ? {} : { chain: options.chain }),
  };
  const rows = await withDatabase(context, (db) =>
    listDeposits(db, null, filter, { limit: ROWS_SHOWN, after: null }),
  );
  if (options.json === true)
    return output.json({
      deposits: rows.map(({ position: _, ...row }) => ({
        ...row,
        id: toPublicId('deposit', row.id),
        organisationId: toPublicId('organisation', row.organisationId),
        addressId: toPublicId('depositAddress', row.addressId),
      })),
    });
  if (rows.length === 0)
    return output.line('No deposit is there that fits. Addresses to be paid at:  naru deposits addresses');
  const { colours } = output;
  const columns = [
    { head: 'SEEN (UTC)' },
    { head: 'DEPOSIT' },
    { head: 'STATE' },
    { head: 'AMOUNT', align: 'right' as const },
    { head: 'CHAIN' },
    { head: 'TRANSACTION' },
    { head: 'WHY' },
  ];
  output.line(
    renderTable(
      colours,
      columns,
      rows.map((row) => [
        showTime(row.detectedAt),
        toPublicId('deposit', row.id),
        row.state === 'CREDITED' ? colours.green(row.state) : row.state,
        amountOf(row),
        row.chain,
        shortHex(row.transactionHash),
        row.uncreditedReason ?? '',
      ]),
    ),
  );
}

function amountOf(row: Deposit): string {
  return row.decimals === null
    ? `${row.amount} units of ${shortHex(row.token ?? '')}`
    : showAmount(row.amount, row.decimals, row.asset ?? '');
}

async function runAddresses(context: CliContext, options: { chain?: string; json?: boolean }): Promise<void> {
  const { output } = context;
  const rows = await withDatabase(context, (db) =>
    listDepositAddresses(
      db,
      { organisationId: null, chainId: options.chain ?? null },
      { limit: ROWS_SHOWN, after: null },
    ),
  );
  if (options.json === true)
    return output.json({
      addresses: rows.map((row) => ({ ...row, id: toPublicId('depositAddress', row.id) })),
    });
  if (rows.length === 0)
    return output.line('No deposit address has been given out yet: POST /v1/deposit-addresses makes one.');
  const columns = [
    { head: 'ADDRESS' },
    { head: 'CHAIN' },
    { head: 'OWNER' },
    { head: 'COIN' },
    { head: 'LABEL' },
  ];
  output.line(
    renderTable(
      output.colours,
      columns,
      rows.map((row) => [
        row.address,
        row.chainId,
        toPublicId('organisation', row.organisationId),
        row.state === 'DEPLOYED' ? 'ready' : row.takesCoin ? 'soon' : 'no',
        showText(row.label ?? ''),
      ]),
    ),
  );
}

function registerCredit(deposits: Command, context: CliContext): void {
  const credit = deposits
    .command('credit')
    .summary('credit a deposit that was not credited by itself')
    .argument('<deposit>', 'dep_…, as  naru deposits list  shows it')
    .description(
      'Credits a deposit that is final (UNCREDITED) to the organisation whose address was paid. Done again it changes nothing.',
    )
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action(async (text: string, options: { reason: string; json?: boolean }) => {
      const id = UUID_PATTERN.test(text) ? text.toLowerCase() : fromPublicId('deposit', text);
      if (id === null) throw usageError(`"${text}" is no deposit: dep_… as  naru deposits list  shows it`);
      const by = auditContextOf(context, requireReason(options.reason));
      const result = await withDatabase(context, (db) => creditDeposit({ db }, id, by));
      if (result.kind === 'refused') throw new CodedError(result.refusal.code, result.refusal.message);
      if (options.json === true)
        return context.output.json({ deposit: text, state: 'CREDITED', wasDone: result.replayed });
      context.output.line(
        result.replayed ? `${text} was credited already; nothing changed.` : `${text} is credited.`,
      );
    });
  addExamples(credit, [
    ['naru deposits credit dep_5y8kq3q8c6e7rvt0xx0n3m7d5e --reason "ticket 12"', 'the customer was told'],
  ]);
}

function registerSweep(deposits: Command, context: CliContext): void {
  const sweep = deposits
    .command('sweep')
    .summary('sweep all of an asset now, or show the last sweeps')
    .argument('[chain]', 'as  naru migrate  lists it')
    .argument('[code]', 'as  naru assets list  shows it')
    .description(
      'With an asset: has the processor sweep whatever deposit addresses hold of it at its next look, however little. Without: shows the last sweeps. Sweeps happen by themselves when they are worth their gas.',
    )
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action(
      async (
        chain: string | undefined,
        code: string | undefined,
        options: { reason?: string; json?: boolean },
      ) => {
        if (code === undefined) return await showSweeps(context, chain ?? null, options.json === true);
        const reason = requireReason(options.reason ?? '');
        const asset = await withDatabase(
          context,
          async (db) => {
            const found = await requireAsset(db, chain ?? '', code);
            await wishSweep(db, found, true);
            return found;
          },
          reason,
        );
        if (options.json === true) return context.output.json({ asset: asset.id, wanted: true });
        context.output.line(
          `The processor will sweep all ${asset.code} on ${asset.chainId} at its next look. Watch it:  naru deposits sweep ${asset.chainId}`,
        );
      },
    );
  addExamples(sweep, [
    ['naru deposits sweep', 'the last sweeps'],
    ['naru deposits sweep localhost USDC --reason "end of month"', 'everything there is'],
  ]);
}

async function showSweeps(context: CliContext, chain: string | null, isJson: boolean): Promise<void> {
  const { output } = context;
  const rows = await withDatabase(context, (db) => listSweeps(db, chain, ROWS_SHOWN));
  if (isJson)
    return output.json({ sweeps: rows.map((row) => ({ ...row, id: toPublicId('chainTx', row.id) })) });
  if (rows.length === 0) return output.line('Nothing has been swept yet.');
  const columns = [
    { head: 'PLANNED (UTC)' },
    { head: 'SWEEP' },
    { head: 'ASSET' },
    { head: 'STATE' },
    { head: 'FOR' },
    { head: 'TRANSACTION' },
  ];
  output.line(
    renderTable(
      output.colours,
      columns,
      rows.map((row) => [
        showTime(row.createdAt),
        toPublicId('chainTx', row.id),
        row.assetId,
        row.state,
        plural(row.addresses, 'address', 'addresses'),
        row.hash === null ? '' : shortHex(row.hash),
      ]),
    ),
  );
}

function registerMinimum(deposits: Command, context: CliContext): void {
  const minimum = deposits
    .command('minimum')
    .summary('set the smallest deposit that is credited by itself')
    .argument('<chain>', 'as  naru migrate  lists it')
    .argument('<code>', 'as  naru assets list  shows it')
    .argument('<amount>', 'e.g. 0.5; 0 credits everything')
    .description(
      'Smaller deposits are kept as UNCREDITED from now on and wait for a person. --sweep says from which amount on an address is worth a sweep; without it that stays as it is (at first the smallest withdrawal; for the coin also 20 times its gas).',
    )
    .option('--sweep <amount>', 'the least that an address must hold to be swept')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action(
      async (
        chain: string,
        code: string,
        text: string,
        options: { sweep?: string; reason: string; json?: boolean },
      ) => {
        const reason = requireReason(options.reason);
        const set = await withDatabase(
          context,
          async (db) => {
            const asset = await requireAsset(db, chain, code);
            const before = await readDepositLimit(db, asset.id);
            const limit = {
              assetId: asset.id,
              minimum: unitsOf(text, asset),
              sweepMinimum:
                options.sweep === undefined
                  ? (before?.sweepMinimum ?? asset.minimum)
                  : unitsOf(options.sweep, asset),
            };
            await withTransaction(db, (tx) => upsertDepositLimit(tx, limit));
            return { asset, ...limit };
          },
          reason,
        );
        const { asset, minimum: least, sweepMinimum } = set;
        if (options.json === true)
          return context.output.json({ asset: asset.id, minimum: least, sweepMinimum });
        const show = (units: bigint) => showAmount(units, asset.decimals, asset.code);
        context.output.line(
          `Deposits of ${asset.id} are credited by themselves from ${show(least)} on; addresses are swept from ${show(sweepMinimum)} on.`,
        );
      },
    );
  addExamples(minimum, [
    [
      'naru deposits minimum polygon USDC 1 --sweep 50 --reason "ticket 12"',
      'no dust, and sweeps that are worth it',
    ],
  ]);
}

function requireReason(text: string): string {
  if (text.trim() === '') throw usageError('the reason is empty: say why (--reason)');
  return text.trim();
}

async function requireAsset(db: Database, chain: string, code: string): Promise<Asset> {
  const { assets } = await readCatalogue(db);
  const asset = assets.get(`${chain}:${code.toUpperCase()}`);
  if (asset === undefined)
    throw usageError(`there is no asset ${chain}:${code.toUpperCase()}: naru assets list`);
  return asset;
}

function unitsOf(text: string, asset: Asset): bigint {
  const parsed = parseAmount(text, asset.decimals);
  if (parsed.ok) return parsed.units;
  throw usageError(
    parsed.problem === 'malformed'
      ? `"${text}" is no amount: digits and a point, as in 12.5`
      : `"${text}" has more decimals than ${asset.code}, which has ${asset.decimals}`,
  );
}
