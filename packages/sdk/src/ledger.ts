import {
  type LedgerAccountBody,
  type LedgerAccountPageBody,
  type LedgerAccountQueryInput,
  type LedgerPostingBody,
  type LedgerPostingPageBody,
  ledgerAccount,
  ledgerAccountPage,
  ledgerPostingPage,
} from '@naru/wire/ledger.ts';
import { allPages, type CallOptions, callsOf, type PageOptions } from './calls.ts';
import type { Transport } from './transport.ts';

/** As it was before a moment, ISO 8601; left out: as it is. */
type Moment = { at?: string };

/** From a balance to the rows that made it. */
export type LedgerClient = {
  accounts(filter?: LedgerAccountQueryInput, options?: CallOptions): AsyncIterable<LedgerAccountBody>;
  accountsPage(
    filter?: LedgerAccountQueryInput & PageOptions,
    options?: CallOptions,
  ): Promise<LedgerAccountPageBody>;
  account(id: string, moment?: Moment, options?: CallOptions): Promise<LedgerAccountBody>;
  /** Newest first, each with what the account was after it. */
  postings(id: string, moment?: Moment, options?: CallOptions): AsyncIterable<LedgerPostingBody>;
  postingsPage(
    id: string,
    page?: Moment & PageOptions,
    options?: CallOptions,
  ): Promise<LedgerPostingPageBody>;
};

export function createLedgerClient(transport: Transport): LedgerClient {
  const { read } = callsOf(transport);
  const path = '/v1/admin/ledger/accounts';
  const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const accountsPage: LedgerClient['accountsPage'] = (filter, options) =>
    read(path, ledgerAccountPage, options, filter);
  const postingsPage: LedgerClient['postingsPage'] = (id, page, options) =>
    read(`${pathOf(id)}/postings`, ledgerPostingPage, options, page);
  return {
    accountsPage,
    accounts: (filter, options) => allPages((page) => accountsPage({ ...filter, ...page }, options)),
    account: (id, moment, options) => read(pathOf(id), ledgerAccount, options, moment),
    postingsPage,
    postings: (id, moment, options) => allPages((page) => postingsPage(id, { ...moment, ...page }, options)),
  };
}
