import { BLOCK_REASON_LENGTH_MAX, BLOCKED_LISTED_MAX } from '@naru/core/address-book/address-book.limits.ts';
import type { BlockedAddress } from '@naru/core/address-book/address-book.ts';
import { listBlocked, readBlocked } from '@naru/core/address-book/block-list.store.ts';
import { blockAddress, unblockAddress } from '@naru/core/address-book/change-address-book.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, newUuid, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showText, showTime } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';
import { type Reasoned, reasonOf, withReason } from '../reasoned.ts';

const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

export function registerBlockedCommand(program: Command, context: CliContext): void {
  const blocked = program
    .command('blocked')
    .description(
      'Addresses that nobody is paid at, whoever asks. What is in flight to one already is not called back.',
    );
  const list = blocked
    .command('list')
    .summary('blocked addresses, the newest first')
    .argument('[address]', 'only this one')
    .description('Shows which addresses are blocked, where, by whom and why.')
    .option('--json', 'print one JSON object')
    .action((address: string | undefined, options: { json?: boolean }) => runList(context, address, options));
  addExamples(list, [
    ['naru blocked list', `the newest ${BLOCKED_LISTED_MAX}`],
    [`naru blocked list ${ADDRESS}`, 'is this one blocked?'],
  ]);
  const add = withReason(blocked.command('add'))
    .summary('block an address')
    .argument('<address>', '0x…')
    .description(
      'No owner can ask for a withdrawal to it from the next second on. One that a policy governs and that is not taken up yet is denied.',
    )
    .option('--chain <chain>', 'on this chain only; on every chain when left out')
    .action((address: string, options: Reasoned & { chain?: string }) => runAdd(context, address, options));
  addExamples(add, [
    [`naru blocked add ${ADDRESS} --reason "police order 2026-11"`, 'on every chain'],
    [`naru blocked add ${ADDRESS} --chain polygon --reason "a contract that burns"`, 'on one'],
  ]);
  const remove = withReason(blocked.command('remove'))
    .summary('let an address be paid again')
    .argument('<id>', 'blk_…, as  naru blocked list  shows it')
    .description('Unblocks an address. What it was blocked for stays in the audit log.')
    .action((id: string, options: Reasoned) => runRemove(context, id, options));
  addExamples(remove, [
    ['naru blocked remove blk_01kjr3q8c6e7rvt0xx0n3m7d5g --reason "order lifted"', 'from the next second on'],
  ]);
}

async function runList(
  context: CliContext,
  text: string | undefined,
  options: { json?: boolean },
): Promise<void> {
  const { output } = context;
  const address = text === undefined ? undefined : parseAddress(text);
  const found = await withDatabase(context, (db) => listBlocked(db, { address }));
  if (options.json === true) return output.json({ blocked: found.map(toJson) });
  if (found.length === 0)
    return output.line(address === undefined ? 'No address is blocked.' : `${address} is not blocked.`);
  const rows = found.map((one) => [
    toPublicId('blockedAddress', one.id),
    one.address,
    one.chainId ?? 'every chain',
    showTime(one.createdAt),
    showText(one.addedBy),
    showText(one.reason),
  ]);
  const columns = ['ID', 'ADDRESS', 'ON', 'SINCE (UTC)', 'BY', 'WHY'].map((head) => ({ head }));
  output.line(renderTable(output.colours, columns, rows));
  if (found.length >= BLOCKED_LISTED_MAX)
    output.line(`These are the newest ${BLOCKED_LISTED_MAX}; name an address to find it among any number.`);
}

async function runAdd(
  context: CliContext,
  text: string,
  options: Reasoned & { chain?: string },
): Promise<void> {
  const address = parseAddress(text);
  const reason = reasonOf(options, BLOCK_REASON_LENGTH_MAX);
  const chain = options.chain ?? null;
  const { actor: addedBy } = auditContextOf(context);
  const id = newUuid();
  const made = await withDatabase(
    context,
    async (db) => {
      const catalogue = await readCatalogue(db);
      await withTransaction(db, (tx) => blockAddress(tx, catalogue, { id, chain, address, reason, addedBy }));
      return assertPresent(await readBlocked(db, id), 'blocked address');
    },
    reason,
  );
  if (options.json === true) return context.output.json({ blocked: toJson(made) });
  context.output.line(
    `${address} is blocked on ${chain ?? 'every chain'} now (${toPublicId('blockedAddress', id)}).`,
  );
}

async function runRemove(context: CliContext, text: string, options: Reasoned): Promise<void> {
  const id = fromPublicId('blockedAddress', text);
  if (id === null)
    throw usageError(
      `"${text}" is no id of a blocked address, as in blk_01kjr3q8c6e7rvt0xx0n3m7d5g: see  naru blocked list`,
    );
  const removed = await withDatabase(
    context,
    (db) =>
      withTransaction(db, async (tx) => {
        const found = await readBlocked(tx, id);
        if (found === null)
          throw new CodedError(
            'blocked_address_not_found',
            `${text} is not blocked, or not any more: see  naru blocked list`,
          );
        await unblockAddress(tx, id);
        return found;
      }),
    reasonOf(options),
  );
  if (options.json === true) return context.output.json({ unblocked: toJson(removed) });
  context.output.line(`${removed.address} can be paid again on ${removed.chainId ?? 'every chain'}.`);
}

function toJson({ id, chainId, ...blocked }: BlockedAddress) {
  return { id: toPublicId('blockedAddress', id), chain: chainId, ...blocked };
}
