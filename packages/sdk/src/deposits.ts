import {
  type AdminDepositBody,
  type AdminDepositPageBody,
  adminDeposit,
  adminDepositPage,
  type CreateDepositAddressInput,
  type CreditDepositInput,
  type DepositAddressBody,
  type DepositAddressPageBody,
  type DepositBody,
  type DepositPageBody,
  deposit,
  depositAddress,
  depositAddressPage,
  depositPage,
} from '@naru/wire/deposit.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

export type DepositFilter = {
  state?: DepositBody['state'];
  chain?: string;
  asset?: string;
  addressId?: string;
};

export type DepositsClient = {
  get(id: string, options?: CallOptions): Promise<DepositBody>;
  /** All that match, newest first, a page at a time behind the scenes. */
  list(filter?: DepositFilter, options?: CallOptions): AsyncIterable<DepositBody>;
  listPage(filter?: DepositFilter & PageOptions, options?: CallOptions): Promise<DepositPageBody>;
};

export type DepositAddressesClient = {
  /** One more address to be paid at. It stays valid forever. */
  create(input: CreateDepositAddressInput, options?: WriteOptions): Promise<DepositAddressBody>;
  get(id: string, options?: CallOptions): Promise<DepositAddressBody>;
  list(filter?: { chain?: string }, options?: CallOptions): AsyncIterable<DepositAddressBody>;
  listPage(filter?: { chain?: string } & PageOptions, options?: CallOptions): Promise<DepositAddressPageBody>;
};

export type AdminDepositsClient = {
  /** Of all organisations; `{ state: 'UNCREDITED' }` are those that wait for a person. */
  listPage(filter?: DepositFilter & PageOptions, options?: CallOptions): Promise<AdminDepositPageBody>;
  get(id: string, options?: CallOptions): Promise<AdminDepositBody>;
  /** Credits what was not credited by itself. Done again it changes nothing. */
  credit(id: string, input: CreditDepositInput, options?: CallOptions): Promise<AdminDepositBody>;
};

export function createDepositsClient(transport: Transport): DepositsClient {
  const { read } = callsOf(transport);
  const listPage: DepositsClient['listPage'] = (filter, options) =>
    read('/v1/deposits', depositPage, options, filter);
  return {
    get: (id, options) => read(`/v1/deposits/${encodeURIComponent(id)}`, deposit, options),
    listPage,
    list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
  };
}

export function createDepositAddressesClient(transport: Transport): DepositAddressesClient {
  const { read, post } = callsOf(transport);
  const path = '/v1/deposit-addresses';
  const listPage: DepositAddressesClient['listPage'] = (filter, options) =>
    read(path, depositAddressPage, options, filter);
  return {
    create: (input, options) => post(path, depositAddress, options, input),
    get: (id, options) => read(`${path}/${encodeURIComponent(id)}`, depositAddress, options),
    listPage,
    list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
  };
}

export function createAdminDepositsClient(transport: Transport): AdminDepositsClient {
  const { read, send } = callsOf(transport);
  const path = '/v1/admin/deposits';
  return {
    listPage: (filter, options) => read(path, adminDepositPage, options, filter),
    get: (id, options) => read(`${path}/${encodeURIComponent(id)}`, adminDeposit, options),
    // The deposit itself is the key: a repeat finds it credited.
    credit: (id, input, options) =>
      send('POST', `${path}/${encodeURIComponent(id)}/credit`, adminDeposit, options, input),
  };
}
