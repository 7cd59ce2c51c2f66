import { type DecisionBody, decision } from '@naru/wire/policy.ts';
import {
  type CreateWithdrawalInput,
  type WithdrawalBody,
  type WithdrawalEventBody,
  type WithdrawalPageBody,
  type WithdrawalStateName,
  withdrawal,
  withdrawalEvents,
  withdrawalPage,
} from '@naru/wire/withdrawal.ts';
import { type QuoteInput, type WithdrawalQuoteBody, withdrawalQuote } from '@naru/wire/withdrawal-fee.ts';
import {
  allPages,
  type CallOptions,
  callsOf,
  type PageOptions,
  type Query,
  type WriteOptions,
} from './calls.ts';
import type { Transport } from './transport.ts';
import { createWaitFor, type WaitForOptions } from './wait-for.ts';

export type WithdrawalFilter = {
  state?: WithdrawalStateName | readonly WithdrawalStateName[];
  chain?: string;
  asset?: string;
  to?: string;
  reference?: string;
  priority?: WithdrawalBody['priority'];
  bulkId?: string;
  /** ISO 8601 with offset, or a Date. Inclusive. */
  createdFrom?: string | Date;
  /** Exclusive. */
  createdTo?: string | Date;
};

export type WithdrawalsClient = {
  /** Requests a withdrawal. Amounts are decimal strings. */
  create(input: CreateWithdrawalInput, options?: WriteOptions): Promise<WithdrawalBody>;
  /** What it would cost, and whether it would be accepted now. Reserves nothing. */
  quote(input: QuoteInput, options?: CallOptions): Promise<WithdrawalQuoteBody>;
  get(id: string, options?: CallOptions): Promise<WithdrawalBody>;
  /** All that match, newest first, a page at a time behind the scenes. */
  list(filter?: WithdrawalFilter, options?: CallOptions): AsyncIterable<WithdrawalBody>;
  listPage(filter?: WithdrawalFilter & PageOptions, options?: CallOptions): Promise<WithdrawalPageBody>;
  /** Every change of state, oldest first. */
  events(id: string, options?: CallOptions): Promise<WithdrawalEventBody[]>;
  /** What the rules said of it; a problem `decision_not_found` where none governed it, or it waits. */
  decision(id: string, options?: CallOptions): Promise<DecisionBody>;
  cancel(id: string, options?: WriteOptions): Promise<WithdrawalBody>;
  /** Polls until the withdrawal is in one of the states (by default a final one). */
  waitFor(id: string, options?: WaitForOptions): Promise<WithdrawalBody>;
};

export function createWithdrawalsClient(transport: Transport): WithdrawalsClient {
  const { read, post, send } = callsOf(transport);
  const get: WithdrawalsClient['get'] = (id, options) => read(pathOf(id), withdrawal, options);
  const listPage: WithdrawalsClient['listPage'] = (filter = {}, options) =>
    read('/v1/withdrawals', withdrawalPage, options, toQuery(filter));
  return {
    get,
    listPage,
    list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
    create: (input, options) => post('/v1/withdrawals', withdrawal, options, input),
    quote: (input, options) => send('POST', '/v1/withdrawals/quote', withdrawalQuote, options, input),
    events: async (id, options) => (await read(`${pathOf(id)}/events`, withdrawalEvents, options)).data,
    decision: (id, options) => read(`${pathOf(id)}/decision`, decision, options),
    cancel: (id, options) => post(`${pathOf(id)}/cancel`, withdrawal, options),
    waitFor: createWaitFor(get),
  };
}

function pathOf(id: string): string {
  return `/v1/withdrawals/${encodeURIComponent(id)}`;
}

function toQuery({ createdFrom, createdTo, ...rest }: WithdrawalFilter & PageOptions): Query {
  return { ...rest, createdFrom: toText(createdFrom), createdTo: toText(createdTo) };
}

export function toText(instant: string | Date | undefined): string | undefined {
  return instant instanceof Date ? instant.toISOString() : instant;
}
