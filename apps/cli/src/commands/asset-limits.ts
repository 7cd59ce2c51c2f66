import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { assetIdOf } from '@naru/core/chain/chain.ts';
import { assetUnknown } from '@naru/core/chain/change-asset.ts';
import { changeSetting } from '@naru/core/setting/change-setting.ts';
import { readSetting } from '@naru/core/setting/read-settings.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showAmount } from '../format.ts';
import { withInvalidations } from '../with-invalidations.ts';

/** The word for no limit of this kind. */
const NONE = 'none';

const texts = {
  minimum: { size: 'smallest', refused: 'smaller', example: ['0.5', 'half a dollar'] },
  maximum: { size: 'largest', refused: 'larger', example: ['50000', 'and no more in one withdrawal'] },
} as const;

/** `naru assets minimum` and `naru assets maximum`: settings of an asset, in its own units. */
export function registerLimit(assets: Command, context: CliContext, which: 'minimum' | 'maximum'): void {
  const { size, refused, example } = texts[which];
  const command = assets
    .command(which)
    .summary(`set the ${size} withdrawal of an asset`)
    .argument('<chain>', 'as  naru migrate  lists it, e.g. polygon')
    .argument('<code>', 'as  naru assets list  shows it')
    .argument('<amount>', `e.g. ${example[0]}; "${NONE}" for what ships`)
    .description(
      `Refuses ${refused} withdrawals of an asset from now on, on every instance. What was accepted is paid.`,
    )
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((chainId: string, code: string, text: string, options: { reason: string; json?: boolean }) =>
      runLimit(context, which, { chainId, code: code.toUpperCase(), text }, options),
    );
  addExamples(command, [
    [`naru assets ${which} polygon USDC ${example[0]} --reason "ticket 123"`, example[1]],
  ]);
}

async function runLimit(
  context: CliContext,
  which: 'minimum' | 'maximum',
  { chainId, code, text }: { chainId: string; code: string; text: string },
  options: { reason: string; json?: boolean },
): Promise<void> {
  const reason = requireReason(options.reason);
  await withDatabase(context, async (db) => {
    const { assets } = await readCatalogue(db);
    const asset = assets.get(assetIdOf(chainId, code));
    if (asset === undefined) throw assetUnknown({ chainId, code }, [...assets.values()]);
    const units = text === NONE ? null : unitsOf(text, asset.decimals);
    const of = { key: `asset.${which}`, target: asset.id };
    const { setting } = assertPresent(await readSetting(db, of), of.key);
    const to = { value: units === null ? null : String(units) };
    const change = { ...of, to, seenVersion: setting.version, acknowledged: false, reason };
    const made = await withInvalidations(context, (invalidations) =>
      changeSetting({ db, invalidations }, change, auditContextOf(context, reason)),
    );
    if ('code' in made) throw new CodedError(made.code, made.message);
    const now = units ?? setting.default;
    if (options.json === true)
      return context.output.json({ asset: asset.id, before: setting.current, [which]: now });
    const show = (value: unknown) =>
      typeof value === 'bigint' ? showAmount(value, asset.decimals, asset.code) : NONE;
    context.output.line(
      `The ${texts[which].size} withdrawal of ${asset.id} was ${show(setting.current)} and is ${show(now)} now.`,
    );
  });
}

/** An amount in the smallest unit, as a person writes it. */
export function unitsOf(text: string, decimals: number): bigint {
  const parsed = parseAmount(text, decimals);
  if (parsed.ok) return parsed.units;
  throw usageError(
    parsed.problem === 'malformed'
      ? `"${text}" is no amount: digits and a point, as in 12.5`
      : `"${text}" has more decimals than the asset, which has ${decimals}`,
  );
}

export function requireReason(text: string): string {
  const reason = text.trim();
  if (reason === '') throw usageError('the reason is empty: say why');
  return reason;
}
