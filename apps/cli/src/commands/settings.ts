import { changeSetting, type SettingChange } from '@naru/core/setting/change-setting.ts';
import { listSettings, readSetting } from '@naru/core/setting/read-settings.ts';
import type { SettingValue, SettingVersion, SettingView } from '@naru/core/setting/setting.ts';
import type { Database } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showGwei, showText, showTime } from '../format.ts';
import { renderFields, renderTable, wrapText } from '../output.ts';
import { withInvalidations } from '../with-invalidations.ts';
import { requireReason } from './asset-limits.ts';

type ReadOptions = { json?: boolean };
type WriteOptions = { reason: string; seen?: string; acknowledge?: boolean; json?: boolean };

const GWEI_DECIMALS = 9;
const TARGET = 'a chain (polygon), an asset (polygon:USDC); nothing for the whole installation';

export function registerSettingsCommand(program: Command, context: CliContext): void {
  const settings = program
    .command('settings')
    .description(
      'What can be turned while everything runs: batch sizes, fees, retries, depth, limits. A change is in force on every instance within a second or two, is kept with who made it and why, and can be taken back. What is under way keeps what it was planned with.',
    );
  const list = settings
    .command('list')
    .summary('what is in force')
    .argument('[target]', TARGET)
    .description('Shows every setting of the chains that are configured, or of one chain or asset.')
    .option('--changed', 'only what somebody has decided')
    .option('--json', 'print one JSON object')
    .action((target: string | undefined, options: ReadOptions & { changed?: boolean }) =>
      runList(context, target, options),
    );
  addExamples(list, [
    ['naru settings list polygon', 'of one chain'],
    ['naru settings list --changed', 'what is not as it ships'],
  ]);
  registerGet(settings, context);
  registerSet(settings, context);
  registerRevert(settings, context);
}

function registerGet(settings: Command, context: CliContext): void {
  const explain = (name: 'get' | 'history', summary: string) => {
    const command = settings
      .command(name)
      .summary(summary)
      .argument('<key>', 'as  naru settings list  shows it, e.g. batch.items_max')
      .argument('[target]', TARGET)
      .description(
        name === 'get'
          ? 'Shows one setting: what it does, what is in force, what ships, its bounds, and its last changes.'
          : 'Shows every change of a setting, the newest first (at most 100): version, value, who, when and why.',
      )
      .option('--json', 'print one JSON object')
      .action((key: string, target: string | undefined, options: ReadOptions) =>
        runGet(context, name, { key, target: target ?? '' }, options),
      );
    addExamples(command, [[`naru settings ${name} batch.items_max polygon`, summary]]);
  };
  explain('get', 'what one setting does and is');
  explain('history', 'who changed it, when and why');
}

function registerSet(settings: Command, context: CliContext): void {
  const set = settings
    .command('set')
    .summary('put a value in force')
    .argument('<key>', 'as  naru settings list  shows it')
    .argument('<value>', 'digits, true or false; "30gwei" where wei are meant; "default" for what ships')
    .argument('[target]', TARGET)
    .description(
      'Puts a value in force on every instance, within a second or two and without a restart. With --seen nothing is changed if somebody else has decided since you looked.',
    )
    .requiredOption('--reason <text>', 'why; it is kept with the change')
    .option(
      '--seen <version>',
      'the version that you looked at; without it, whatever is in force is replaced',
    )
    .option('--acknowledge', 'you know what a dangerous change takes away')
    .option('--json', 'print one JSON object')
    .action((key: string, value: string, target: string | undefined, options: WriteOptions) =>
      runChange(context, { key, target: target ?? '', to: { value: valueFrom(value) } }, options),
    );
  addExamples(set, [
    ['naru settings set batch.items_max 200 polygon --reason "ticket 123"', 'smaller batches'],
    ['naru settings set fees.per_gas_max 300gwei polygon --reason "market" --seen 2', 'a higher ceiling'],
  ]);
}

function registerRevert(settings: Command, context: CliContext): void {
  const revert = settings
    .command('revert')
    .summary('go back to an earlier value')
    .argument('<key>', 'as  naru settings list  shows it')
    .argument('<version>', 'as  naru settings history  shows it; 0 for what ships')
    .argument('[target]', TARGET)
    .description('Puts the value of an earlier version in force again, as a new version.')
    .requiredOption('--reason <text>', 'why; it is kept with the change')
    .option('--seen <version>', 'the version that you looked at')
    .option('--acknowledge', 'you know what a dangerous change takes away')
    .option('--json', 'print one JSON object')
    .action((key: string, version: string, target: string | undefined, options: WriteOptions) =>
      runChange(context, { key, target: target ?? '', to: { version: versionOf(version) } }, options),
    );
  addExamples(revert, [
    ['naru settings revert batch.items_max 1 polygon --reason "ticket 123"', 'as it was'],
  ]);
}

/** Digits as they are; gwei are so much easier to read that they are taken, too. */
function valueFrom(text: string): string | null {
  if (text === 'default') return null;
  const gwei = /^([0-9.]+) ?gwei$/i.exec(text)?.[1];
  if (gwei === undefined) return text.replaceAll('_', '');
  const parsed = parseAmount(gwei, GWEI_DECIMALS);
  if (!parsed.ok) throw usageError(`"${text}" is no amount of gwei: digits, a point and at most 9 decimals`);
  return String(parsed.units);
}

function versionOf(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw usageError(`"${text}" is no version: a whole number, as  naru settings history  shows it`);
}

async function runChange(
  context: CliContext,
  what: Pick<SettingChange, 'key' | 'target' | 'to'>,
  options: WriteOptions,
): Promise<void> {
  const reason = requireReason(options.reason);
  const seenVersion = options.seen === undefined ? null : versionOf(options.seen);
  await withDatabase(context, async (db) => {
    const before = await requireSetting(db, what);
    const change = { ...what, seenVersion, acknowledged: options.acknowledge === true, reason };
    const made = await withInvalidations(context, (invalidations) =>
      changeSetting({ db, invalidations }, change, auditContextOf(context, reason)),
    );
    if ('code' in made) throw new CodedError(made.code, hint(made.code, made.message));
    const { setting: after } = await requireSetting(db, what);
    if (options.json === true) return context.output.json({ before: before.setting, change: made });
    context.output.line(
      `${nameOf(after)} was ${showValue(before.setting)} and is ${showValue(after)} now (version ${after.version}).`,
    );
    context.output.line(wrapText(after.effect, 100));
  });
}

function hint(code: string, message: string): string {
  if (code === 'setting_dangerous') return `${message} Here: --acknowledge`;
  return message;
}

async function requireSetting(
  db: Database,
  of: { key: string; target: string },
): Promise<{ setting: SettingView; history: SettingVersion[] }> {
  const found = await readSetting(db, of);
  if (found !== null) return found;
  const all = await listSettings(db);
  const targets = all.filter(({ key }) => key === of.key).map(({ target }) => target);
  throw usageError(
    targets.length === 0
      ? `there is no setting "${of.key}":  naru settings list  shows all of them`
      : targets[0] === ''
        ? `${of.key} is of the whole installation: leave "${of.target}" out`
        : `${of.key} needs a target: ${targets.join(', ')}`,
  );
}

async function runList(
  context: CliContext,
  target: string | undefined,
  options: ReadOptions & { changed?: boolean },
): Promise<void> {
  const all = await withDatabase(context, (db) => listSettings(db, target === undefined ? {} : { target }));
  const shown = options.changed === true ? all.filter(({ version }) => version > 0) : all;
  const { output } = context;
  if (options.json === true) return output.json({ settings: shown });
  if (all.length === 0 && target !== undefined)
    throw usageError(`nothing is called "${target}": name a chain (polygon) or an asset (polygon:USDC)`);
  if (shown.length === 0)
    return output.line(
      options.changed === true
        ? 'Everything is as it ships.'
        : 'No chain is configured, so there is little to show.',
    );
  const { colours } = output;
  const right = { align: 'right' as const };
  const rows = shown.map((view) => [
    view.target === '' ? colours.dim('installation') : view.target,
    view.key,
    view.version === 0 ? showValue(view) : colours.bold(showValue(view)),
    colours.dim(view.version === 0 ? '' : showValue({ ...view, current: view.default })),
    view.unit,
    view.changed === null ? '' : `v${view.version} ${showText(view.changed.actor)}`,
  ]);
  const columns = [
    { head: 'OF' },
    { head: 'SETTING' },
    { head: 'IN FORCE', ...right },
    { head: 'SHIPS', ...right },
    { head: 'UNIT' },
    { head: 'BY' },
  ];
  output.line(renderTable(colours, columns, rows));
}

async function runGet(
  context: CliContext,
  what: 'get' | 'history',
  of: { key: string; target: string },
  options: ReadOptions,
): Promise<void> {
  const { setting, history } = await withDatabase(context, (db) => requireSetting(db, of));
  const { output } = context;
  if (options.json === true) return output.json({ setting, history });
  if (what === 'get') {
    output.line(`${nameOf(setting)}: ${setting.summary}`);
    output.line(
      renderFields(output.colours, [
        ['in force', `${showValue(setting)} ${setting.unit}`],
        ['ships', showValue({ ...setting, current: setting.default })],
        ['bounds', setting.min === null ? 'true or false' : `${setting.min} to ${setting.max}`],
        ['read by', setting.readers.join(', ')],
        ['effect', setting.effect],
      ]),
    );
    output.line();
  }
  if (history.length === 0) return output.line('Nobody has changed it.');
  const rows = history.map((one) => [
    `${one.version}`,
    one.value === null ? 'what ships' : String(one.value),
    showTime(one.at),
    showText(one.actor),
    showText(one.reason),
  ]);
  const columns = [
    { head: 'VERSION' },
    { head: 'VALUE' },
    { head: 'AT (UTC)' },
    { head: 'BY' },
    { head: 'WHY' },
  ];
  output.line(renderTable(output.colours, columns, rows));
  output.line(`${plural(history.length, 'change')}.`);
}

function nameOf({ key, target }: { key: string; target: string }): string {
  return target === '' ? key : `${key} of ${target}`;
}

function showValue({ current, unit }: { current: SettingValue | null; unit: string }): string {
  if (current === null) return 'none';
  return unit === 'wei per gas' && typeof current === 'bigint' ? showGwei(current) : String(current);
}
