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
import { type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

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
  const { read, post, send } = callsOf(transport);
  const pathOf = ({ chain, address }: AccountRef) =>
    `/v1/admin/sub-accounts/${encodeURIComponent(chain)}/${encodeURIComponent(address)}`;
  const thresholds = '/v1/admin/account-thresholds';
  return {
    list: async (filter, options) =>
      (await read('/v1/admin/sub-accounts', subAccountList, options, filter)).data,
    add: (input, options) => send('POST', '/v1/admin/sub-accounts', subAccount, options, input),
    change: (account, input, options) =>
      send('POST', `${pathOf(account)}/changes`, subAccount, options, input),
    setRole: (account, input, options) => send('POST', `${pathOf(account)}/role`, subAccount, options, input),
    topUp: (account, input, options) => post(`${pathOf(account)}/top-ups`, accountTransfer, options, input),
    transfers: (query, options) => read('/v1/admin/account-transfers', accountTransferList, options, query),
    thresholds: {
      list: async (filter, options) => (await read(thresholds, accountThresholdList, options, filter)).data,
      set: async (input, options) =>
        (await send('POST', thresholds, accountThresholdList, options, input)).data,
      remove: async (input, options) =>
        (await send('POST', `${thresholds}/remove`, accountThresholdList, options, input)).data,
    },
    forecast: async (filter, options) =>
      (await read('/v1/admin/account-forecast', reserveForecastList, options, filter)).data,
  };
}
