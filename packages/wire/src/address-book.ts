import { z } from 'zod';
import { address, addressBookEntryId, addressInput, blockedAddressId, chainName } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableLine, storableText, timestamp } from './text.ts';

export const addressBookEntry = z
  .object({
    id: addressBookEntryId,
    object: z.literal('address_book_entry'),
    chain: chainName,
    address,
    label: z.string().meta({ examples: ['Cold storage'] }),
    createdAt: timestamp.meta({ description: 'Its cooling-off began then.' }),
  })
  .meta({ id: 'AddressBookEntry', description: 'An address that your organisation knows.' });
export type AddressBookEntryBody = z.output<typeof addressBookEntry>;
export const addressBookPage = pageOf(addressBookEntry).meta({ id: 'AddressBookPage' });
export const addressBookQuery = z.strictObject(pageQuery);

export const addAddressRequest = z
  .strictObject({ chain: chainName, address: addressInput, label: storableLine(200) })
  .meta({ id: 'AddAddressRequest' });
export type AddAddressInput = z.input<typeof addAddressRequest>;

export const blockedAddress = z
  .object({
    id: blockedAddressId,
    object: z.literal('blocked_address'),
    chain: chainName.nullable().meta({ description: 'Null: on every chain.' }),
    address,
    reason: z.string(),
    addedBy: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'BlockedAddress', description: 'An address that nobody is paid at.' });
export type BlockedAddressBody = z.output<typeof blockedAddress>;
export const blockedAddressList = z
  .object({ data: z.array(blockedAddress) })
  .meta({ id: 'BlockedAddressList' });
export const unblockedAddress = z
  .object({ object: z.literal('unblocked_address'), id: blockedAddressId })
  .meta({ id: 'UnblockedAddress' });
export const blockListQuery = z.strictObject({ address: addressInput.optional() });

export const blockAddressRequest = z
  .strictObject({ chain: chainName.nullable(), address: addressInput, reason: storableText(500) })
  .meta({ id: 'BlockAddressRequest' });
export type BlockAddressInput = z.input<typeof blockAddressRequest>;
