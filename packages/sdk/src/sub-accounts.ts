import {
  type AccountThresholdBody,
  type AccountTransferBody,
  type AddSubAccountInput,
  accountThresholdList,
  accountTransfer,
  accountTransferList,
  type ChangeRoleInput,
  type ChangeSubAccountInput,
  type RemoveThresholdInput,
  type ReserveForecastBody,
  reserveForecastList,
  type SetThresholdInput,
  type SubAccountBody,
  subAccount,
  subAccountList,
  type TopUpInput,
} from '@naru/wire/sub-account.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, WriteOptions } from './withdrawals.ts';

/** Names one account. */
export type AccountRef = { chain: string; address: string };
export type TransferQuery = { chain?: string; open?: boolean; limit?: number; cursor?: string };

/** For operators: the accounts that pay, hold the reserve and hold gas money. Needs the scope `admin`. */
export type SubAccountsClient = {
  list(filter?: { chain?: string }, options?: CallOptions): Promise<SubAccountBody[]>;
  /** It is `JOINING` for some seconds. The same call again changes nothing. */
  add(input: AddSubAccountInput, options?: CallOptions): Promise<SubAccountBody>;
  /** Pause, resume, drain or retire. The same call again changes nothing. */
  change(account: AccountRef, input: ChangeSubAccountInput, options?: CallOptions): Promise<SubAccountBody>;
  setRole(account: AccountRef, input: ChangeRoleInput, options?: CallOptions): Promise<SubAccountBody>;
  topUp(account: AccountRef, input: TopUpInput, options?: WriteOptions): Promise<AccountTransferBody>;
  transfers(
    query?: TransferQuery,
    options?: CallOptions,
  ): Promise<{ data: AccountTransferBody[]; nextCursor: string | null }>;
  thresholds: {
    list(filter?: { chain?: string }, options?: CallOptions): Promise<AccountThresholdBody[]>;
    set(input: SetThresholdInput, options?: CallOptions): Promise<AccountThresholdBody[]>;
    remove(input: RemoveThresholdInput, options?: CallOptions): Promise<AccountThresholdBody[]>;
  };
  forecast(filter?: { chain?: string }, options?: CallOptions): Promise<ReserveForecastBody[]>;
};

export function createSubAccountsClient(transport: Transport): SubAccountsClient {
  const read = (
    path: string,
    query: Record<string, string | number | boolean | undefined>,
    call?: CallOptions,
  ) => {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
    return { ...call, method: 'GET', path: `${path}${search}`, idempotencyKey: null } as const;
  };
  const write = (path: string, input: unknown, call?: CallOptions, idempotencyKey: string | null = null) =>
    ({
      ...call,
      method: 'POST',
      path,
      contentType: 'application/json',
      body: JSON.stringify(input),
      idempotencyKey,
    }) as const;
  const pathOf = ({ chain, address }: AccountRef) =>
    `/v1/admin/sub-accounts/${encodeURIComponent(chain)}/${encodeURIComponent(address)}`;
  const thresholds = '/v1/admin/account-thresholds';
  return {
    list: async (filter = {}, call) =>
      (await transport.json(read('/v1/admin/sub-accounts', filter, call), subAccountList)).data,
    add: (input, call) => transport.json(write('/v1/admin/sub-accounts', input, call), subAccount),
    change: (account, input, call) =>
      transport.json(write(`${pathOf(account)}/changes`, input, call), subAccount),
    setRole: (account, input, call) =>
      transport.json(write(`${pathOf(account)}/role`, input, call), subAccount),
    topUp: (account, input, call = {}) =>
      transport.json(
        write(`${pathOf(account)}/top-ups`, input, call, call.idempotencyKey ?? crypto.randomUUID()),
        accountTransfer,
      ),
    transfers: (query = {}, call) =>
      transport.json(read('/v1/admin/account-transfers', query, call), accountTransferList),
    thresholds: {
      list: async (filter = {}, call) =>
        (await transport.json(read(thresholds, filter, call), accountThresholdList)).data,
      set: async (input, call) =>
        (await transport.json(write(thresholds, input, call), accountThresholdList)).data,
      remove: async (input, call) =>
        (await transport.json(write(`${thresholds}/remove`, input, call), accountThresholdList)).data,
    },
    forecast: async (filter = {}, call) =>
      (await transport.json(read('/v1/admin/account-forecast', filter, call), reserveForecastList)).data,
  };
}
