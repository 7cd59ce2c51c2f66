import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { type Asset, assetIdOf } from '@naru/core/chain/chain.ts';
import type { Database } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { type Command, Option } from 'commander';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { showAmount } from '../format.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { type Reasoned, reasonOf, withReason } from '../reasoned.ts';

type RecordOptions = Reasoned & { what: string; id?: string };

/** What a person says has happened on a chain without us. */
export type Said = { id: string; asset: Asset; amount: bigint; reason: string };

/**
 * The command `record` of accounts and of treasuries: books what happened on a chain without us, once for an id. `book`
 * answers false when it was booked before; `texts` says what each `--what` is booked as.
 */
export function addRecordCommand<What extends string>(
  parent: Command,
  context: CliContext,
  spec: {
    summary: string;
    description: string;
    texts: Readonly<Record<What, (chain: string) => string>>;
    book: (db: Database, what: What, said: Said) => Promise<boolean>;
  },
): Command {
  const whats = Object.keys(spec.texts) as What[];
  return withReason(parent.command('record'))
    .summary(spec.summary)
    .argument('<chain>', 'as  naru chains list  names it')
    .argument('<asset>', 'as  naru assets list  names it')
    .argument('<amount>', 'in whole units')
    .description(spec.description)
    .addOption(new Option('--what <what>', 'what happened').choices(whats).makeOptionMandatory())
    .option('--id <uuid>', 'names the event, so that the same call again books nothing; default: a new one')
    .action(async (chain: string, code: string, text: string, options: RecordOptions) => {
      const what = options.what as What;
      const reason = reasonOf(options);
      const id = (options.id ?? newUuid()).toLowerCase();
      if (!UUID_PATTERN.test(id)) throw usageError(`"${id}" is not a UUID`);
      const { isNew, shown } = await withDatabase(context, async (db) => {
        const asset = (await readCatalogue(db)).assets.get(assetIdOf(chain, code));
        if (asset === undefined) throw usageError(`${chain} has no asset "${code}": see  naru assets list`);
        const parsed = parseAmount(text, asset.decimals);
        if (!parsed.ok || parsed.units === 0n)
          throw usageError(`"${text}" is not a positive amount with at most ${asset.decimals} decimals`);
        return {
          isNew: await spec.book(db, what, { id, asset, amount: parsed.units, reason }),
          shown: showAmount(parsed.units, asset.decimals, asset.code),
        };
      });
      if (options.json === true) return context.output.json({ id, booked: isNew });
      context.output.line(
        isNew
          ? `Booked ${shown} as ${spec.texts[what](chain)} (${id}).`
          : `${id} was booked before: nothing was changed.`,
      );
    });
}
