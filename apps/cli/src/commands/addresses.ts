import { ENTRIES_LISTED_MAX, LABEL_LENGTH_MAX } from '@naru/core/address-book/address-book.limits.ts';
import { listEntries, readEntry } from '@naru/core/address-book/address-book.store.ts';
import type { AddressBookEntry } from '@naru/core/address-book/address-book.ts';
import { addEntry, dropEntry } from '@naru/core/address-book/change-address-book.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { readRules, versionAt } from '@naru/core/policy/rules.ts';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, newUuid, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showText, showTime } from '../format.ts';
import { renderTable } from '../output.ts';
import { parseAddress } from '../parse-address.ts';
import { parseOwner, requireOwner } from '../parse-owner.ts';
import { type Reasoned, reasonOf, withReason } from '../reasoned.ts';

const OWNER = 'org_01kjr3q8c6e7rvt0xx0n3m7d5d';
const HOUR_MS = 3_600_000;

/** What the policy in force makes of the book. `coolingOffHours` null: it does not look at it. */
type BookRule = { coolingOffHours: number | null };

export function registerAddressesCommand(program: Command, context: CliContext): void {
  const addresses = program
    .command('addresses')
    .description(
      'The address book of an owner: addresses that it knows. Where its policy says ALLOW_ONLY, only these are paid, once their cooling-off has passed (docs/policy.md). Owners keep their book themselves over the API; here an operator does, and the audit log says so. The sub-accounts that pay are  naru accounts.',
    );
  const list = addresses
    .command('list')
    .summary('the book of an owner, the newest first')
    .argument('<owner>', 'org_…')
    .description('Shows the addresses of an owner, and from when on each can be paid by the policy in force.')
    .option('--json', 'print one JSON object')
    .action((owner: string, options: { json?: boolean }) => runList(context, owner, options));
  addExamples(list, [[`naru addresses list ${OWNER}`, 'all of them']]);
  const add = withReason(addresses.command('add'))
    .summary('add an address to the book of an owner')
    .argument('<owner>', 'org_…')
    .argument('<chain>', 'as in polygon')
    .argument('<address>', '0x…')
    .description(
      'Adds an address. Its cooling-off begins now, also when it stood there before; nobody can shorten it but a new policy.',
    )
    .requiredOption('--label <text>', 'what the owner calls it, as in "cold storage"')
    .action((owner: string, chain: string, address: string, options: Reasoned & { label: string }) =>
      runAdd(context, { owner, chain, address }, options),
    );
  addExamples(add, [
    [
      `naru addresses add ${OWNER} polygon \\\n      0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --label "cold storage" --reason "ticket 123"`,
      'can be paid once its cooling-off has passed',
    ],
  ]);
  const remove = withReason(addresses.command('remove'))
    .summary('take an address out of the book of an owner')
    .argument('<owner>', 'org_…')
    .argument('<id>', 'adr_…, as  naru addresses list  shows it')
    .description(
      'Removes an address. Where the policy says ALLOW_ONLY, withdrawals to it that are not taken up yet go to a person.',
    )
    .action((owner: string, id: string, options: Reasoned) => runRemove(context, owner, id, options));
  addExamples(remove, [
    [
      `naru addresses remove ${OWNER} adr_01kjr3q8c6e7rvt0xx0n3m7d5g \\\n      --reason "its owner lost the key"`,
      'from the next second on',
    ],
  ]);
}

async function runList(context: CliContext, owner: string, options: { json?: boolean }): Promise<void> {
  const { output } = context;
  const organisationId = parseOwner(owner);
  const { entries, rule } = await withDatabase(context, async (db) => {
    await requireOwner(db, organisationId, owner);
    return {
      entries: await readAll(db, organisationId),
      rule: await readBookRule(db, organisationId),
    };
  });
  if (options.json === true) return output.json({ addresses: entries.map((entry) => toJson(entry, rule)) });
  const id = toPublicId('organisation', organisationId);
  if (entries.length === 0)
    return output.line(
      `The address book of ${id} is empty.${rule.coolingOffHours === null ? '' : ' Its policy pays only addresses of the book: nothing can be withdrawn. Add one with  naru addresses add.'}`,
    );
  const now = Date.now();
  const rows = entries.map((entry) => {
    const from = payableFrom(entry, rule);
    return [
      toPublicId('addressBookEntry', entry.id),
      entry.chain,
      entry.address,
      showText(entry.label),
      showTime(entry.createdAt),
      from === null ? 'now' : from.getTime() <= now ? 'now' : `from ${showTime(from)}`,
      showText(entry.addedBy),
    ];
  });
  const columns = ['ID', 'CHAIN', 'ADDRESS', 'LABEL', 'ADDED (UTC)', 'CAN BE PAID', 'BY'];
  output.line(
    renderTable(
      output.colours,
      columns.map((head) => ({ head })),
      rows,
    ),
  );
  output.line();
  output.line(
    rule.coolingOffHours === null
      ? 'The policy in force does not look at the book: other addresses are paid as well.'
      : `The policy in force pays only these, ${plural(rule.coolingOffHours, 'hour')} after they were added.`,
  );
}

async function runAdd(
  context: CliContext,
  input: { owner: string; chain: string; address: string },
  options: Reasoned & { label: string },
): Promise<void> {
  const organisationId = parseOwner(input.owner);
  const address = parseAddress(input.address);
  const label = options.label.trim();
  if (label === '' || label.length > LABEL_LENGTH_MAX)
    throw usageError(`a label has 1 to ${LABEL_LENGTH_MAX} characters`);
  const { actor: addedBy } = auditContextOf(context);
  const id = newUuid();
  const { entry, rule } = await withDatabase(
    context,
    async (db) => {
      await requireOwner(db, organisationId, input.owner);
      const catalogue = await readCatalogue(db);
      // As if the owner's own key had done it: of the sort that reaches this chain.
      const network = catalogue.chains.get(input.chain)?.network === 'main' ? 'live' : 'test';
      await withTransaction(db, (tx) =>
        addEntry(
          tx,
          catalogue,
          { organisationId, network },
          { id, chain: input.chain, address, label, addedBy },
        ),
      );
      return {
        entry: assertPresent(await readEntry(db, organisationId, id), 'entry'),
        rule: await readBookRule(db, organisationId),
      };
    },
    reasonOf(options),
  );
  if (options.json === true) return context.output.json({ address: toJson(entry, rule) });
  context.output.line(
    `${address} stands in the address book now (${toPublicId('addressBookEntry', id)}), as "${showText(label)}".`,
  );
  const from = payableFrom(entry, rule);
  if (from !== null && from.getTime() > entry.createdAt.getTime())
    context.output.line(`It can be paid from ${showTime(from)} UTC on.`);
}

async function runRemove(context: CliContext, owner: string, text: string, options: Reasoned): Promise<void> {
  const organisationId = parseOwner(owner);
  const id = fromPublicId('addressBookEntry', text);
  if (id === null) throw usageError(`"${text}" is no id of an entry, as in adr_01kjr3q8c6e7rvt0xx0n3m7d5g`);
  const removed = await withDatabase(
    context,
    async (db) => {
      const found = await readEntry(db, organisationId, id);
      if (found === null)
        throw new CodedError(
          'address_book_entry_not_found',
          `${owner} has no entry ${text}: see  naru addresses list ${owner}`,
        );
      await withTransaction(db, (tx) => dropEntry(tx, organisationId, id));
      return found;
    },
    reasonOf(options),
  );
  if (options.json === true)
    return context.output.json({ removed: toJson(removed, { coolingOffHours: null }) });
  context.output.line(
    `${removed.address} (${showText(removed.label)}) does not stand in the address book any more.`,
  );
}

/** Page by page; a book has 10,000 entries at the most. */
async function readAll(db: Database, organisationId: string): Promise<AddressBookEntry[]> {
  const entries: AddressBookEntry[] = [];
  for (;;) {
    const after = entries.at(-1)?.id ?? null;
    const page = await listEntries(db, organisationId, { limit: ENTRIES_LISTED_MAX, after });
    entries.push(...page);
    if (page.length < ENTRIES_LISTED_MAX) return entries;
  }
}

async function readBookRule(db: Database, organisationId: string): Promise<BookRule> {
  const { versions } = await readRules(db);
  const book = versionAt(versions, organisationId, new Date())?.document.addressBook;
  return { coolingOffHours: book?.mode === 'ALLOW_ONLY' ? book.coolingOffHours : null };
}

/** Null: the policy does not ask. */
function payableFrom({ createdAt }: AddressBookEntry, { coolingOffHours }: BookRule): Date | null {
  return coolingOffHours === null ? null : new Date(createdAt.getTime() + coolingOffHours * HOUR_MS);
}

function toJson({ id, ...entry }: AddressBookEntry, rule: BookRule) {
  return {
    id: toPublicId('addressBookEntry', id),
    ...entry,
    payableFrom: payableFrom({ id, ...entry }, rule),
  };
}
