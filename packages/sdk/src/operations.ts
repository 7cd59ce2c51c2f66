import {
  type DeadLetterBody,
  type DeadLetterPageBody,
  deadLetter,
  deadLetterPage,
  operatorNotes,
} from '@naru/wire/dead-letter.ts';
import {
  type OperatedWithdrawalBody,
  type OperatedWithdrawalPageBody,
  operatedWithdrawalPage,
  type SearchHitsBody,
  searchHits,
  type WithdrawalCountsBody,
  withdrawalCounts,
} from '@naru/wire/operated-withdrawal.ts';
import { type WithdrawalBody, withdrawal } from '@naru/wire/withdrawal.ts';
import {
  type ChainTxDetailBody,
  chainTxDetail,
  type WithdrawalDetailBody,
  withdrawalDetail,
} from '@naru/wire/withdrawal-detail.ts';
import {
  allPages,
  type CallOptions,
  callsOf,
  type PageOptions,
  type Query,
  type WriteOptions,
} from './calls.ts';
import type { Transport } from './transport.ts';
import { toText, type WithdrawalFilter } from './withdrawals.ts';

/** Of withdrawals of all organisations. */
export type OperatorFilter = WithdrawalFilter & {
  organisationId?: string;
  /** Whole units, as decimal text; inclusive. */
  amountMin?: string;
  amountMax?: string;
  failureCode?: string;
  subAccount?: string;
  hasDeadLetter?: boolean;
  /** An id, a hash, an address, or how a reference begins. */
  q?: string;
};
export type OperatorOrder = { order?: 'newest' | 'oldest' };

/** For operators: none of these can pay a withdrawal twice, in whatever order they are called. */
export type OperationsClient = {
  /** By an id of any kind, a hash, an address, a reference, an amount, a name; what is named exactly comes first. */
  search(q: string, options?: CallOptions): Promise<SearchHitsBody['data']>;
  withdrawals: {
    /** Of all organisations, a page at a time behind the scenes. */
    list(
      filter?: OperatorFilter & OperatorOrder,
      options?: CallOptions,
    ): AsyncIterable<OperatedWithdrawalBody>;
    listPage(
      filter?: OperatorFilter & OperatorOrder & PageOptions,
      options?: CallOptions,
    ): Promise<OperatedWithdrawalPageBody>;
    /** How many are in each state; up to a bound, which `isExact` tells. */
    counts(
      filter?: Omit<OperatorFilter, 'state'>,
      options?: CallOptions,
    ): Promise<WithdrawalCountsBody['data']>;
    /** The whole story of one, and what you may do about it now. */
    get(id: string, options?: CallOptions): Promise<WithdrawalDetailBody>;
    /** A new withdrawal in place of one that failed unpaid; or the same one, tried at once. */
    retry(
      id: string,
      input: { reason: string; acceptDuplicate?: boolean },
      options?: WriteOptions,
    ): Promise<WithdrawalBody>;
    release(
      id: string,
      input: { reason: string; wholeBatch?: boolean },
      options?: WriteOptions,
    ): Promise<WithdrawalBody>;
    bump(id: string, input: { reason: string }, options?: WriteOptions): Promise<WithdrawalBody>;
    note(
      id: string,
      input: { text: string },
      options?: WriteOptions,
    ): Promise<{ data: DeadLetterBody['notes'] }>;
  };
  chainTxs: { get(id: string, options?: CallOptions): Promise<ChainTxDetailBody> };
  deadLetters: {
    listPage(
      filter?: { state?: DeadLetterBody['state']; cause?: string } & PageOptions,
      options?: CallOptions,
    ): Promise<DeadLetterPageBody>;
    get(id: string, options?: CallOptions): Promise<DeadLetterBody>;
    close(id: string, input: { reason: string }, options?: WriteOptions): Promise<DeadLetterBody>;
    note(id: string, input: { text: string }, options?: WriteOptions): Promise<DeadLetterBody>;
  };
};

export function createOperationsClient(transport: Transport): OperationsClient {
  const { read, post } = callsOf(transport);
  const withdrawalPath = (id: string) => `/v1/admin/withdrawals/${encodeURIComponent(id)}`;
  const letterPath = (id: string) => `/v1/admin/dead-letters/${encodeURIComponent(id)}`;
  const listPage: OperationsClient['withdrawals']['listPage'] = (filter = {}, options) =>
    read('/v1/admin/withdrawals', operatedWithdrawalPage, options, toQuery(filter));
  return {
    search: async (q, options) => (await read('/v1/admin/search', searchHits, options, { q })).data,
    withdrawals: {
      listPage,
      list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
      counts: async (filter = {}, options) =>
        (await read('/v1/admin/withdrawals/counts', withdrawalCounts, options, toQuery(filter))).data,
      get: (id, options) => read(withdrawalPath(id), withdrawalDetail, options),
      retry: (id, input, options) => post(`${withdrawalPath(id)}/retry`, withdrawal, options, input),
      release: (id, input, options) => post(`${withdrawalPath(id)}/release`, withdrawal, options, input),
      bump: (id, input, options) => post(`${withdrawalPath(id)}/bump`, withdrawal, options, input),
      note: (id, input, options) => post(`${withdrawalPath(id)}/note`, operatorNotes, options, input),
    },
    chainTxs: {
      get: (id, options) => read(`/v1/admin/chain-txs/${encodeURIComponent(id)}`, chainTxDetail, options),
    },
    deadLetters: {
      listPage: (filter, options) => read('/v1/admin/dead-letters', deadLetterPage, options, filter),
      get: (id, options) => read(letterPath(id), deadLetter, options),
      close: (id, input, options) => post(`${letterPath(id)}/close`, deadLetter, options, input),
      note: (id, input, options) => post(`${letterPath(id)}/note`, deadLetter, options, input),
    },
  };
}

function toQuery(filter: OperatorFilter & OperatorOrder & PageOptions): Query {
  const { createdFrom, createdTo, ...rest } = filter;
  return { ...rest, createdFrom: toText(createdFrom), createdTo: toText(createdTo) };
}
