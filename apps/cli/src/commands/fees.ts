import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { type Asset, assetIdOf } from '@naru/core/chain/chain.ts';
import { assetUnknown } from '@naru/core/chain/change-asset.ts';
import { changeFeeSchedule } from '@naru/core/withdrawal-fee/change-fee-schedule.ts';
import { type CoinWorth, weiInToken } from '@naru/core/withdrawal-fee/coin-worth.ts';
import { listSchedules } from '@naru/core/withdrawal-fee/fee-schedule.store.ts';
import type { FeeSchedule, FeeTerms } from '@naru/core/withdrawal-fee/withdrawal-fee.ts';
import type { Database } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showAmount, showText, showTime } from '../format.ts';
import { type Colours, renderTable } from '../output.ts';
import { withInvalidations } from '../with-invalidations.ts';
import { requireReason, unitsOf } from './asset-limits.ts';

const WEI_PER_COIN = 10n ** 18n;

type SetOptions = {
  flat?: string;
  percent?: string;
  gas?: string;
  min?: string;
  max?: string;
  owner?: string;
  none?: boolean;
  reason: string;
  json?: boolean;
};

export function registerFeesCommand(program: Command, context: CliContext): void {
  const fees = program
    .command('fees')
    .description(
      'What withdrawals cost their owners, on top of the amount and in the same asset. A fee is fixed when a withdrawal is accepted, held beside its amount, ours once it is paid, and released when it is not.',
    );
  const list = fees
    .command('list')
    .summary('what is charged now')
    .description('Shows the fees in force, of everybody and of owners with fees of their own.')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((options: { json?: boolean }) => runList(context, options));
  addExamples(list, [['naru fees list', 'of every asset']]);
  registerSet(fees, context);
  const history = fees
    .command('history')
    .summary('who changed a fee, when and why')
    .argument('<chain>', 'e.g. polygon')
    .argument('<code>', 'as  naru assets list  shows it')
    .description('Shows every decision about the fees of an asset, the newest first (at most 100).')
    .option('--owner <org>', 'of this organisation (org_…) instead of everybody')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chainId: string, code: string, options: { owner?: string; json?: boolean }) =>
      runHistory(context, { chainId, code: code.toUpperCase() }, options),
    );
  addExamples(history, [['naru fees history polygon USDC', 'of everybody']]);
}

function registerSet(fees: Command, context: CliContext): void {
  const set = fees
    .command('set')
    .summary('change what withdrawals of an asset cost')
    .argument('<chain>', 'e.g. polygon')
    .argument('<code>', 'as  naru assets list  shows it')
    .description(
      'Puts a fee in force from the next request on, on every instance: the sum of the parts given, each rounded up to the smallest unit. What is not given is nothing. Withdrawals that were accepted keep their fee.',
    )
    .option('--flat <amount>', 'the same for each withdrawal, e.g. 0.5')
    .option('--percent <percent>', 'of the amount, with two decimals at most, e.g. 0.25')
    .option('--gas <percent>', 'of what the gas of one payment costs, e.g. 100')
    .option('--min <amount>', 'the fee is no less')
    .option('--max <amount>', 'the fee is no more')
    .option('--owner <org>', 'only for this organisation (org_…)')
    .option('--none', 'end it: an owner has what everybody has, and everybody pays nothing')
    .requiredOption('--reason <text>', 'why; it is kept with the change')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chainId: string, code: string, options: SetOptions) =>
      runSet(context, { chainId, code: code.toUpperCase() }, options),
    );
  addExamples(set, [
    ['naru fees set polygon USDC --flat 0.5 --percent 0.1 --max 20 --reason "price list 2026"', 'both'],
    ['naru fees set polygon POL --gas 120 --reason "ticket 123"', 'its gas and a fifth'],
    ['naru fees set polygon USDC --gas 100 --reason "ticket 123"', 'its gas, by the rates of POL and USDC'],
    ['naru fees set polygon USDC --none --reason "ticket 123"', 'nothing any more'],
  ]);
}

async function runSet(
  context: CliContext,
  target: { chainId: string; code: string },
  options: SetOptions,
): Promise<void> {
  const reason = requireReason(options.reason);
  const organisationId = ownerOf(options.owner);
  await withDatabase(context, async (db) => {
    const asset = await requireAsset(db, target);
    const terms = options.none === true ? null : termsOf(options, asset);
    const change = { assetId: asset.id, organisationId, terms, seenVersion: null, reason };
    const made = await withInvalidations(context, (invalidations) =>
      changeFeeSchedule({ db, invalidations }, change, auditContextOf(context, reason)),
    );
    if ('code' in made) throw new CodedError(made.code, made.message);
    if (options.json === true) return context.output.json({ fee: made });
    context.output.line(
      `A withdrawal of ${asset.id}${options.owner === undefined ? '' : ` by ${options.owner}`} costs ${describe(made, asset)} from now on (version ${made.version}).`,
    );
  });
}

function termsOf(options: SetOptions, { decimals }: Asset): FeeTerms {
  if ([options.flat, options.percent, options.gas, options.min].every((part) => part === undefined))
    throw usageError(
      'say what it costs (--flat, --percent, --gas, --min), or that it costs nothing (--none)',
    );
  const amount = (text: string | undefined) => (text === undefined ? 0n : unitsOf(text, decimals));
  return {
    flat: amount(options.flat),
    basisPoints: Number(options.percent === undefined ? 0n : unitsOf(options.percent, 2)),
    gasPercent: Number(options.gas === undefined ? 0n : unitsOf(options.gas, 0)),
    feeMin: amount(options.min),
    feeMax: options.max === undefined ? null : amount(options.max),
  };
}

function ownerOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const uuid = fromPublicId('organisation', text);
  if (uuid === null) throw usageError(`"${text}" is no organisation: org_…, as  naru owners list  shows it`);
  return uuid;
}

async function requireAsset(
  db: Database,
  { chainId, code }: { chainId: string; code: string },
): Promise<Asset> {
  const { assets } = await readCatalogue(db);
  const asset = assets.get(assetIdOf(chainId, code));
  if (asset === undefined) throw assetUnknown({ chainId, code }, [...assets.values()]);
  return asset;
}

async function runList(context: CliContext, options: { json?: boolean }): Promise<void> {
  const { chains, assets, fees } = await withDatabase(context, (db) => readCatalogue(db));
  const inForce = [...fees.schedules.values()].filter(({ ended }) => !ended);
  const { output } = context;
  if (options.json === true)
    return output.json({ fees: inForce, coinWorth: Object.fromEntries(fees.coinWorth) });
  if (inForce.length === 0) return output.line('Withdrawals cost nothing: no fee is in force.');
  const rows = inForce.flatMap((schedule) => {
    const asset = assets.get(schedule.assetId);
    return asset === undefined ? [] : [[asset.id, nameOwner(schedule), describe(schedule, asset)]];
  });
  output.line(
    renderTable(output.colours, [{ head: 'ASSET' }, { head: 'OF' }, { head: 'A WITHDRAWAL COSTS' }], rows),
  );
  for (const [assetId, worth] of fees.coinWorth) {
    const asset = assets.get(assetId);
    const symbol = chains.get(asset?.chainId ?? '')?.nativeSymbol ?? 'coin';
    if (asset !== undefined) output.line(`\n${describeWorth(output.colours, asset, symbol, worth)}`);
  }
}

/** By what the gas of a token is charged now; where it is not by rates, that needs somebody. */
function describeWorth(colours: Colours, asset: Asset, symbol: string, worth: CoinWorth): string {
  if (worth.kind === 'unknown')
    return colours.red(
      `! Withdrawals of ${asset.id} whose fee follows gas are refused: ${worth.why}. Give it a source (naru rates source), or fix what ${symbol} is worth (naru settings set fees.units_per_coin).`,
    );
  const price = `1 ${symbol} is ${showAmount(weiInToken(WEI_PER_COIN, worth), asset.decimals, asset.code)}`;
  if (worth.kind === 'fixed')
    return colours.yellow(
      `! Gas of ${asset.id}: ${price}, as fees.units_per_coin has it, since no rate can be used: ${worth.why}.`,
    );
  const by = worth.rates
    .map(({ base, quote, staleness }) => `${base}/${quote}${staleness === 'fresh' ? '' : `, ${staleness}`}`)
    .join(', ');
  return colours.dim(`Gas of ${asset.id}: ${price} by the rates (${by}).`);
}

async function runHistory(
  context: CliContext,
  target: { chainId: string; code: string },
  options: { owner?: string; json?: boolean },
): Promise<void> {
  const organisationId = ownerOf(options.owner);
  await withDatabase(context, async (db) => {
    const asset = await requireAsset(db, target);
    const history = await listSchedules(db, { assetId: asset.id, organisationId });
    const { output } = context;
    if (options.json === true) return output.json({ history });
    if (history.length === 0) return output.line('Nobody has decided about it: withdrawals cost nothing.');
    const rows = history.map((one) => [
      `${one.version}`,
      describe(one, asset),
      showTime(one.at),
      showText(one.actor),
      showText(one.reason),
    ]);
    const columns = [
      { head: 'VERSION' },
      { head: 'COSTS' },
      { head: 'AT (UTC)' },
      { head: 'BY' },
      { head: 'WHY' },
    ];
    output.line(renderTable(output.colours, columns, rows));
  });
}

function nameOwner({ organisationId }: FeeSchedule): string {
  return organisationId === null ? 'everybody' : toPublicId('organisation', organisationId);
}

/** `0.5 USDC + 0.1 % + 100 % of its gas, from 0.1 USDC, up to 20 USDC` */
function describe(schedule: FeeSchedule, asset: Asset): string {
  if (schedule.ended) return schedule.organisationId === null ? 'nothing' : 'what everybody pays';
  const show = (units: bigint) => showAmount(units, asset.decimals, asset.code);
  const parts = [
    schedule.flat === 0n ? null : show(schedule.flat),
    schedule.basisPoints === 0 ? null : `${showAmount(BigInt(schedule.basisPoints), 2)} %`,
    schedule.gasPercent === 0 ? null : `${schedule.gasPercent} % of its gas`,
  ].filter((part) => part !== null);
  const bounds = [
    schedule.feeMin === 0n ? '' : `, from ${show(schedule.feeMin)}`,
    schedule.feeMax === null ? '' : `, up to ${show(schedule.feeMax)}`,
  ];
  return `${parts.length === 0 ? 'nothing' : parts.join(' + ')}${bounds.join('')}`;
}
