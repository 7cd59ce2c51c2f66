import { changeTierOf, removeTier, setTier } from '@naru/core/policy/change-tier.ts';
import { TIER_NAME_LENGTH_MAX } from '@naru/core/policy/policy.limits.ts';
import type { Tier } from '@naru/core/policy/policy.ts';
import { listTiers, readTierOf } from '@naru/core/policy/tier.store.ts';
import { withTransaction } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showCount, showText } from '../format.ts';
import { renderFields, renderTable } from '../output.ts';
import { parseOwner, requireOwner } from '../parse-owner.ts';
import { type Reasoned, reasonOf, withReason } from '../reasoned.ts';

const OWNER = 'org_01kjr3q8c6e7rvt0xx0n3m7d5d';
const CODE_PATTERN = /^[a-z][a-z0-9-]{1,39}$/;
const CEILING_PATTERN = /^[1-9][0-9]{0,29}$/;
/** Counts are stored in 64 bits. */
const COUNT_PATTERN = /^[1-9][0-9]{0,14}$/;

type SetOptions = Reasoned & {
  name?: string;
  perWithdrawal?: string;
  daily?: string;
  monthly?: string;
  dailyCount?: string;
  monthlyCount?: string;
};

export function registerTiersCommand(program: Command, context: CliContext): void {
  const tiers = program
    .command('tiers')
    .description(
      'Ceilings in won that organisations share: for one withdrawal, a day and a month of Seoul. An organisation without a tier has none of them. They need rates: naru rates list.',
    );
  const list = tiers
    .command('list')
    .summary('all tiers, with how many organisations are in each')
    .description('Shows all tiers. A dash is no ceiling.')
    .option('--json', 'print one JSON object; won as strings')
    .action((options: { json?: boolean }) => runList(context, options));
  addExamples(list, [['naru tiers list', 'who may how much']]);
  const show = tiers
    .command('show')
    .summary('the tier of an owner, and how much of it is used')
    .argument('<owner>', 'org_…')
    .description('Shows the tier of an owner and what it has asked for today and this month, in Seoul.')
    .option('--json', 'print one JSON object; won as strings')
    .action((owner: string, options: { json?: boolean }) => runShow(context, owner, options));
  addExamples(show, [[`naru tiers show ${OWNER}`, 'how much is left']]);
  const set = withReason(tiers.command('set'))
    .summary('make a tier, or change its ceilings')
    .argument('<code>', 'how it is called from then on: lower case, digits, hyphens')
    .description(
      'Makes a tier, or changes the one with this code; what is left out stays as it is. A ceiling is whole won, or "none". It holds for every organisation of the tier from the next second on, for what is accepted then.',
    )
    .option('--name <text>', 'what people call it; a new tier is called by its code without it')
    .option('--per-withdrawal <won>', 'for one withdrawal')
    .option('--daily <won>', 'for a day of Seoul')
    .option('--monthly <won>', 'for a month of Seoul')
    .option('--daily-count <number>', 'withdrawals of a day')
    .option('--monthly-count <number>', 'withdrawals of a month')
    .action((code: string, options: SetOptions) => runSet(context, code, options));
  addExamples(set, [
    [
      'naru tiers set standard --name Standard --per-withdrawal 5000000 --daily 20000000 \\\n      --reason "ticket 123"',
      '₩5 million at once, ₩20 million a day',
    ],
    ['naru tiers set standard --daily none --reason "ticket 124"', 'no ceiling for a day any more'],
  ]);
  registerAssignAndRemove(tiers, context);
}

function registerAssignAndRemove(tiers: Command, context: CliContext): void {
  const assign = withReason(tiers.command('assign'))
    .summary('put an owner into a tier, or take it out of its tier')
    .argument('<owner>', 'org_…')
    .argument('<code>', 'as  naru tiers list  shows it; "none" for no tier and no ceilings')
    .description(
      'Puts an owner into a tier, in the place of the one it was in. What it asked for today and this month in a tier counts already.',
    )
    .action((owner: string, code: string, options: Reasoned) => runAssign(context, owner, code, options));
  addExamples(assign, [
    [`naru tiers assign ${OWNER} standard --reason "contract 12"`, 'from the next second on'],
    [`naru tiers assign ${OWNER} none --reason "contract 13"`, 'no ceilings in won'],
  ]);
  const remove = withReason(tiers.command('remove'))
    .summary('end a tier that nobody is in')
    .argument('<code>', 'as  naru tiers list  shows it')
    .description(
      'Ends a tier. It is refused while an owner is in it, so that no ceiling is lifted by the way.',
    )
    .action((code: string, options: Reasoned) => runRemove(context, code, options));
  addExamples(remove, [['naru tiers remove trial --reason "not offered any more"', 'when it is empty']]);
}

async function runList(context: CliContext, options: { json?: boolean }): Promise<void> {
  const { output } = context;
  const tiers = await withDatabase(context, (db) => listTiers(db));
  if (options.json === true) return output.json({ tiers });
  if (tiers.length === 0)
    return output.line('There are no tiers, so nobody has ceilings in won. Make one with  naru tiers set.');
  const rows = tiers.map((tier) => [
    tier.code,
    showText(tier.name),
    showWon(tier.perWithdrawalKrwMax),
    showWon(tier.dailyKrwMax),
    showWon(tier.monthlyKrwMax),
    tier.dailyCountMax === null ? '–' : showCount(tier.dailyCountMax),
    tier.monthlyCountMax === null ? '–' : showCount(tier.monthlyCountMax),
    showCount(tier.organisations),
  ]);
  const right = { align: 'right' as const };
  const columns = [
    { head: 'TIER' },
    { head: 'NAME' },
    { head: 'AT ONCE', ...right },
    { head: 'A DAY', ...right },
    { head: 'A MONTH', ...right },
    { head: 'COUNT A DAY', ...right },
    { head: 'A MONTH', ...right },
    { head: 'OWNERS', ...right },
  ];
  output.line(renderTable(output.colours, columns, rows));
}

async function runShow(context: CliContext, owner: string, options: { json?: boolean }): Promise<void> {
  const { output } = context;
  const organisationId = parseOwner(owner);
  const found = await withDatabase(context, async (db) => {
    await requireOwner(db, organisationId, owner);
    return await readTierOf(db, organisationId);
  });
  const id = toPublicId('organisation', organisationId);
  if (options.json === true)
    return output.json({ organisationId: id, ...(found ?? { tier: null, day: null, month: null }) });
  if (found === null) return output.line(`${id} is in no tier: it has no ceilings in won.`);
  const { tier, day, month } = found;
  const usage = (amount: bigint, amountMax: bigint | null, count: bigint, countMax: bigint | null) =>
    `${showWon(amount)} of ${showWon(amountMax)}, ${plural(count, 'withdrawal')} of ${countMax === null ? '–' : showCount(countMax)}`;
  output.line(`${id} is in the tier ${output.colours.bold(tier.code)} (${showText(tier.name)}).`);
  output.line(
    renderFields(
      output.colours,
      [
        ['at once', showWon(tier.perWithdrawalKrwMax)],
        ['today', usage(day.amountKrw, tier.dailyKrwMax, day.count, tier.dailyCountMax)],
        ['this month', usage(month.amountKrw, tier.monthlyKrwMax, month.count, tier.monthlyCountMax)],
      ],
      '  ',
    ),
  );
}

async function runSet(context: CliContext, code: string, options: SetOptions): Promise<void> {
  if (!CODE_PATTERN.test(code))
    throw usageError(
      `"${code}" cannot name a tier: a lower case letter first, then lower case letters, digits and hyphens, 2 to 40 in all`,
    );
  const given = readGiven(options);
  if (Object.keys(given).length === 0)
    throw usageError('nothing to set: give a ceiling, as in --daily 20000000, or --name');
  const { made, tier } = await withDatabase(
    context,
    (db) =>
      withTransaction(db, async (tx) => {
        const before = (await listTiers(tx)).find((one) => one.code === code);
        const next = { ...(before ?? emptyTier(code)), ...given };
        await setTier(tx, next);
        const after = (await listTiers(tx)).find((one) => one.code === code);
        return { made: before === undefined, tier: after ?? { ...next, organisations: 0 } };
      }),
    reasonOf(options),
  );
  const { output } = context;
  if (options.json === true) return output.json({ tier });
  const ceilings = describeCeilings(tier);
  output.line(
    `${made ? 'Made the tier' : 'The tier'} ${code}${made ? '' : ` (${plural(tier.organisations, 'owner')}) now has`}: ${ceilings}.`,
  );
  if (tier.organisations === 0)
    output.line(`Nobody is in it yet:  naru tiers assign org_… ${code} --reason …`);
}

async function runAssign(context: CliContext, owner: string, code: string, options: Reasoned): Promise<void> {
  const organisationId = parseOwner(owner);
  const assigned = code === 'none' ? null : code;
  await withDatabase(
    context,
    (db) => withTransaction(db, (tx) => changeTierOf(tx, { organisationId, code: assigned })),
    reasonOf(options),
  );
  const id = toPublicId('organisation', organisationId);
  if (options.json === true) return context.output.json({ organisationId: id, code: assigned });
  context.output.line(
    assigned === null
      ? `${id} is in no tier now: it has no ceilings in won.`
      : `${id} is in the tier ${code} now.`,
  );
}

async function runRemove(context: CliContext, code: string, options: Reasoned): Promise<void> {
  await withDatabase(context, (db) => withTransaction(db, (tx) => removeTier(tx, code)), reasonOf(options));
  if (options.json === true) return context.output.json({ removed: code });
  context.output.line(`There is no tier ${code} any more.`);
}

function emptyTier(code: string): Tier {
  return {
    code,
    name: code,
    perWithdrawalKrwMax: null,
    dailyKrwMax: null,
    monthlyKrwMax: null,
    dailyCountMax: null,
    monthlyCountMax: null,
  };
}

/** What the command line names, and nothing else. */
function readGiven(options: SetOptions): Partial<Tier> {
  const given: Partial<Tier> = {};
  if (options.name !== undefined) {
    const name = options.name.trim();
    if (name === '' || name.length > TIER_NAME_LENGTH_MAX)
      throw usageError(`a name has 1 to ${TIER_NAME_LENGTH_MAX} characters`);
    given.name = name;
  }
  if (options.perWithdrawal !== undefined)
    given.perWithdrawalKrwMax = parseCeiling('--per-withdrawal', options.perWithdrawal);
  if (options.daily !== undefined) given.dailyKrwMax = parseCeiling('--daily', options.daily);
  if (options.monthly !== undefined) given.monthlyKrwMax = parseCeiling('--monthly', options.monthly);
  if (options.dailyCount !== undefined) given.dailyCountMax = parseCount('--daily-count', options.dailyCount);
  if (options.monthlyCount !== undefined)
    given.monthlyCountMax = parseCount('--monthly-count', options.monthlyCount);
  return given;
}

function parseCeiling(option: string, text: string): bigint | null {
  if (text === 'none') return null;
  if (!CEILING_PATTERN.test(text))
    throw usageError(`"${text}" is no ceiling for ${option}: whole won without separators, or "none"`);
  return BigInt(text);
}

function parseCount(option: string, text: string): bigint | null {
  if (text === 'none') return null;
  if (!COUNT_PATTERN.test(text))
    throw usageError(`"${text}" is no count for ${option}: a whole number above 0, or "none"`);
  return BigInt(text);
}

function describeCeilings(tier: Tier): string {
  const parts = [
    tier.perWithdrawalKrwMax === null ? null : `${showWon(tier.perWithdrawalKrwMax)} at once`,
    tier.dailyKrwMax === null ? null : `${showWon(tier.dailyKrwMax)} a day`,
    tier.monthlyKrwMax === null ? null : `${showWon(tier.monthlyKrwMax)} a month`,
    tier.dailyCountMax === null ? null : `${plural(tier.dailyCountMax, 'withdrawal')} a day`,
    tier.monthlyCountMax === null ? null : `${plural(tier.monthlyCountMax, 'withdrawal')} a month`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'no ceilings' : parts.join(', ');
}

function showWon(won: bigint | null): string {
  return won === null ? '–' : `₩${showCount(won)}`;
}
