import type { Tx } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import { type Catalogue, isReachable } from '../chain/chain.ts';
import { Refused } from '../command/run-keyed.ts';
import { checksumAddress } from '../withdrawal/checksum-address.ts';
import { ENTRIES_MAX } from './address-book.limits.ts';
import { countEntries, insertEntry, removeEntry } from './address-book.store.ts';
import { deleteBlocked, insertBlocked } from './block-list.store.ts';

/** Adds an address to the caller's own book. Its cooling-off begins now, also when it stood there before. */
export async function addEntry(
  tx: Tx,
  catalogue: Catalogue,
  caller: Pick<Caller, 'organisationId' | 'network'>,
  input: { id: string; chain: string; address: string; label: string; addedBy: string },
): Promise<void> {
  const chain = catalogue.chains.get(input.chain);
  if (chain === undefined || !isReachable(chain, caller.network))
    throw new Refused('chain_not_supported', `The chain "${input.chain}" is not available here.`);
  const address = requireAddress(input.address);
  if (!(await insertEntry(tx, caller.organisationId, { ...input, address })))
    throw badAddress('value_not_allowed', `${address} stands in the address book of ${input.chain} already.`);
  if ((await countEntries(tx, caller.organisationId)) > ENTRIES_MAX)
    throw badAddress('too_many', `An address book has ${ENTRIES_MAX} entries at most.`);
}

/** Takes an address out of the caller's book: withdrawals to it that are not planned yet go to a person. */
export async function dropEntry(tx: Tx, organisationId: string, id: string): Promise<void> {
  if (!(await removeEntry(tx, organisationId, id)))
    throw new Refused(
      'address_book_entry_not_found',
      'The address book of your organisation has no entry with this id.',
    );
}

/** Blocks an address on a chain, or on all: no organisation pays it from the next second on. */
export async function blockAddress(
  tx: Tx,
  catalogue: Catalogue,
  input: { id: string; chain: string | null; address: string; reason: string; addedBy: string },
): Promise<void> {
  if (input.chain !== null && !catalogue.chains.has(input.chain))
    throw new Refused('chain_not_supported', `The chain "${input.chain}" is not available here.`);
  const address = requireAddress(input.address);
  const { id, reason, addedBy } = input;
  if (!(await insertBlocked(tx, { id, chainId: input.chain, address, reason, addedBy })))
    throw badAddress(
      'value_not_allowed',
      `${address} is blocked on ${input.chain ?? 'every chain'} already.`,
    );
}

export async function unblockAddress(tx: Tx, id: string): Promise<void> {
  if (!(await deleteBlocked(tx, id)))
    throw new Refused('blocked_address_not_found', 'There is no blocked address with this id.');
}

/** In EIP-55; mixed case must have the right checksum. */
function requireAddress(text: string) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text))
    throw badAddress('address_malformed', 'An address is 0x followed by 40 hexadecimal digits.');
  const digits = text.slice(2);
  const address = checksumAddress(text);
  if (digits !== digits.toLowerCase() && digits !== digits.toUpperCase() && address !== text)
    throw badAddress(
      'address_checksum',
      'The checksum of the address is wrong; a character may be mistyped.',
    );
  return address;
}

function badAddress(code: string, message: string): Refused {
  return new Refused('validation_failed', message, {
    details: { errors: [{ pointer: '/address', code, message }] },
  });
}
