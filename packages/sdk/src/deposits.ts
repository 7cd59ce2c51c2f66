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
import type { Transport } from './transport.ts';
import type { CallOptions, PageOptions, WriteOptions } from './withdrawals.ts';

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
  /** Credits what was not credited by itself. Done again it changes nothing. */
  credit(id: string, input: CreditDepositInput, options?: CallOptions): Promise<AdminDepositBody>;
};

/** Rows of a page that `list` asks for: the most there are, as it wants all of them. */
const LIST_PAGE_ROWS = 100;

export function createDepositsClient(transport: Transport): DepositsClient {
  const listPage: DepositsClient['listPage'] = (filter = {}, options) =>
    transport.json(read('/v1/deposits', filter, options), depositPage);
  return {
    get: (id, options) =>
      transport.json(read(`/v1/deposits/${encodeURIComponent(id)}`, {}, options), deposit),
    listPage,
    list: (filter = {}, options) => all((page) => listPage({ ...filter, ...page }, options)),
  };
}

export function createDepositAddressesClient(transport: Transport): DepositAddressesClient {
  const path = '/v1/deposit-addresses';
  const listPage: DepositAddressesClient['listPage'] = (filter = {}, options) =>
    transport.json(read(path, filter, options), depositAddressPage);
  return {
    create: (input, options = {}) =>
      transport.json(
        {
          ...options,
          method: 'POST',
          path,
          contentType: 'application/json',
          body: JSON.stringify(input),
          idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
        },
        depositAddress,
      ),
    get: (id, options) =>
      transport.json(read(`${path}/${encodeURIComponent(id)}`, {}, options), depositAddress),
    listPage,
    list: (filter = {}, options) => all((page) => listPage({ ...filter, ...page }, options)),
  };
}

export function createAdminDepositsClient(transport: Transport): AdminDepositsClient {
  const path = '/v1/admin/deposits';
  return {
    listPage: (filter = {}, options) => transport.json(read(path, filter, options), adminDepositPage),
    credit: (id, input, options = {}) =>
      transport.json(
        {
          ...options,
          method: 'POST',
          path: `${path}/${encodeURIComponent(id)}/credit`,
          contentType: 'application/json',
          body: JSON.stringify(input),
          // The deposit itself is the key: a repeat finds it credited.
          idempotencyKey: null,
        },
        adminDeposit,
      ),
  };
}

function read(path: string, query: DepositFilter & PageOptions, options?: CallOptions) {
  const { limit, ...rest } = query;
  return {
    method: 'GET',
    path,
    query: { ...rest, limit: limit === undefined ? undefined : String(limit) },
    idempotencyKey: null,
    ...options,
  } as const;
}

async function* all<T>(
  readPage: (page: PageOptions) => Promise<{ data: T[]; nextCursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: { data: T[]; nextCursor: string | null } = await readPage({
      limit: LIST_PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
