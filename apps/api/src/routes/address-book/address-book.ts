import type { AddressBookEntry } from '@naru/core/address-book/address-book.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import {
  type AddressBookEntryBody,
  addAddressRequest,
  addressBookEntry,
  addressBookPage,
  addressBookQuery,
} from '@naru/wire/address-book.ts';
import type { RouteDeps } from '../../deps.ts';
import { encodeCursor, readCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { uuidOf } from '../params.ts';
import { addressBookParams, orderOf } from '../rule-orders.ts';

function toBody({ id, chain, address, label, createdAt }: AddressBookEntry): AddressBookEntryBody {
  return {
    id: toPublicId('addressBookEntry', id),
    object: 'address_book_entry',
    chain,
    address,
    label,
    createdAt: createdAt.toISOString(),
  };
}

async function readOne(
  { rules }: RouteDeps,
  organisationId: string,
  id: string,
): Promise<AddressBookEntryBody> {
  const found = await rules.entry(organisationId, id);
  if (found === null) throw new ProblemError('address_book_entry_not_found');
  return toBody(found);
}

export const listAddressBookRoute = defineRoute({
  method: 'GET',
  path: '/v1/address-book',
  operationId: 'listAddressBook',
  tag: 'Address book',
  summary: 'List the address book',
  description: 'Addresses that your organisation knows, the newest first.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: addressBookQuery, body: null },
  responses: { 200: { description: 'One page.', schema: addressBookPage } },
  errors: [],
  handler: async ({ rules }, { caller, query }) => {
    const after = query.cursor === undefined ? null : readCursor(query.cursor, {});
    const rows = await rules.entries(caller.organisationId, { limit: query.limit + 1, after });
    const data = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? data.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor(last.id, {});
    return { status: 200, body: { data: data.map(toBody), nextCursor } } as const;
  },
});

export const addAddressRoute = defineRoute({
  method: 'POST',
  path: '/v1/address-book',
  operationId: 'addAddress',
  tag: 'Address book',
  summary: 'Add an address',
  description:
    'Where the policy pays only addresses of the book, this one can be paid once its cooling-off has passed. An address that was removed before begins anew.',
  scope: 'address-book:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'address_book.add',
  request: { params: null, query: null, body: addAddressRequest },
  responses: { 201: { description: 'Added.', schema: addressBookEntry } },
  errors: ['chain_not_supported'],
  handler: async (deps, call) => {
    const { value, headers } = doneOrThrow(await deps.rules.addEntry(orderOf(call), call.body));
    return { status: 201, headers, body: await readOne(deps, call.caller.organisationId, value) } as const;
  },
});

export const removeAddressRoute = defineRoute({
  method: 'POST',
  path: '/v1/address-book/:id/remove',
  operationId: 'removeAddress',
  tag: 'Address book',
  summary: 'Remove an address',
  description:
    'Where the policy pays only addresses of the book, withdrawals to it that are not taken up yet go to a person.',
  scope: 'address-book:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'address_book.remove',
  request: { params: addressBookParams, query: null, body: null },
  responses: { 200: { description: 'What was removed.', schema: addressBookEntry } },
  errors: ['address_book_entry_not_found'],
  handler: async (deps, call) => {
    const id = uuidOf('addressBookEntry', call.params.id);
    const { headers } = doneOrThrow(await deps.rules.removeEntry(orderOf(call), id));
    return { status: 200, headers, body: await readOne(deps, call.caller.organisationId, id) } as const;
  },
});
