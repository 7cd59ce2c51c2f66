import {
  type DeadLetterBody,
  type DeadLetterPageBody,
  deadLetter,
  deadLetterPage,
  operatorNotes,
} from '@naru/wire/dead-letter.ts';
import { type WithdrawalBody, withdrawal } from '@naru/wire/withdrawal.ts';
import type { CallSpec, Transport } from './transport.ts';
import type { CallOptions, PageOptions, WriteOptions } from './withdrawals.ts';

/** For operators: none of these can pay a withdrawal twice, in whatever order they are called. */
export type OperationsClient = {
  withdrawals: {
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
  const withdrawalPath = (id: string) => `/v1/admin/withdrawals/${encodeURIComponent(id)}`;
  const letterPath = (id: string) => `/v1/admin/dead-letters/${encodeURIComponent(id)}`;
  const post = (path: string, body: unknown, options: WriteOptions = {}): CallSpec => ({
    ...options,
    method: 'POST',
    path,
    contentType: 'application/json',
    body: JSON.stringify(body),
    idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
  });
  return {
    withdrawals: {
      retry: (id, input, options) =>
        transport.json(post(`${withdrawalPath(id)}/retry`, input, options), withdrawal),
      release: (id, input, options) =>
        transport.json(post(`${withdrawalPath(id)}/release`, input, options), withdrawal),
      bump: (id, input, options) =>
        transport.json(post(`${withdrawalPath(id)}/bump`, input, options), withdrawal),
      note: (id, input, options) =>
        transport.json(post(`${withdrawalPath(id)}/note`, input, options), operatorNotes),
    },
    deadLetters: {
      listPage: ({ limit, ...filter } = {}, options) =>
        transport.json(
          {
            method: 'GET',
            path: '/v1/admin/dead-letters',
            query: { ...filter, limit: limit === undefined ? undefined : String(limit) },
            idempotencyKey: null,
            ...options,
          },
          deadLetterPage,
        ),
      get: (id, options) =>
        transport.json({ method: 'GET', path: letterPath(id), idempotencyKey: null, ...options }, deadLetter),
      close: (id, input, options) =>
        transport.json(post(`${letterPath(id)}/close`, input, options), deadLetter),
      note: (id, input, options) =>
        transport.json(post(`${letterPath(id)}/note`, input, options), deadLetter),
    },
  };
}
