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
import type { Transport } from './transport.ts';
import { createWaitFor, type WaitForOptions } from './wait-for.ts';

export type CallOptions = {
  /** For this call, all its tries included. */
  timeoutMs?: number;
  signal?: AbortSignal;
};
export type WriteOptions = CallOptions & {
  /** Yours, to repeat a call of before; made for you when left out. */
  idempotencyKey?: string;
};

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
export type PageOptions = { limit?: number; cursor?: string };

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

/** Rows of a page that `list` asks for: the most there are, as it wants all of them. */
const LIST_PAGE_ROWS = 100;

export function createWithdrawalsClient(transport: Transport): WithdrawalsClient {
  const get: WithdrawalsClient['get'] = (id, options) =>
    transport.json({ method: 'GET', path: pathOf(id), idempotencyKey: null, ...options }, withdrawal);

  const listPage: WithdrawalsClient['listPage'] = (filter = {}, options) =>
    transport.json(
      { method: 'GET', path: '/v1/withdrawals', query: toQuery(filter), idempotencyKey: null, ...options },
      withdrawalPage,
    );

  async function* list(filter: WithdrawalFilter = {}, options?: CallOptions): AsyncGenerator<WithdrawalBody> {
    let cursor: string | null = null;
    do {
      const page: WithdrawalPageBody = await listPage(
        { ...filter, limit: LIST_PAGE_ROWS, ...(cursor === null ? {} : { cursor }) },
        options,
      );
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  return {
    get,
    list,
    listPage,
    create: (input, options = {}) =>
      transport.json(
        {
          ...options,
          method: 'POST',
          path: '/v1/withdrawals',
          contentType: 'application/json',
          body: JSON.stringify(input),
          idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
        },
        withdrawal,
      ),
    quote: (input, options) =>
      transport.json(
        {
          ...options,
          method: 'POST',
          path: '/v1/withdrawals/quote',
          contentType: 'application/json',
          body: JSON.stringify(input),
          idempotencyKey: null,
        },
        withdrawalQuote,
      ),
    events: async (id, options) => {
      const path = `${pathOf(id)}/events`;
      const { data } = await transport.json(
        { method: 'GET', path, idempotencyKey: null, ...options },
        withdrawalEvents,
      );
      return data;
    },
    decision: (id, options) =>
      transport.json(
        { method: 'GET', path: `${pathOf(id)}/decision`, idempotencyKey: null, ...options },
        decision,
      ),
    cancel: (id, options = {}) =>
      transport.json(
        {
          ...options,
          method: 'POST',
          path: `${pathOf(id)}/cancel`,
          idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
        },
        withdrawal,
      ),
    waitFor: createWaitFor(get),
  };
}

function pathOf(id: string): string {
  return `/v1/withdrawals/${encodeURIComponent(id)}`;
}

function toQuery(
  filter: WithdrawalFilter & PageOptions,
): Record<string, string | readonly string[] | undefined> {
  const { createdFrom, createdTo, limit, ...rest } = filter;
  return {
    ...rest,
    createdFrom: createdFrom instanceof Date ? createdFrom.toISOString() : createdFrom,
    createdTo: createdTo instanceof Date ? createdTo.toISOString() : createdTo,
    limit: limit === undefined ? undefined : String(limit),
  };
}
