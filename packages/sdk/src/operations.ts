import {
  type DeadLetterBody,
  type DeadLetterPageBody,
  deadLetter,
  deadLetterPage,
  operatorNotes,
} from '@naru/wire/dead-letter.ts';
import { type WithdrawalBody, withdrawal } from '@naru/wire/withdrawal.ts';
import { type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

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
  const { read, post } = callsOf(transport);
  const withdrawalPath = (id: string) => `/v1/admin/withdrawals/${encodeURIComponent(id)}`;
  const letterPath = (id: string) => `/v1/admin/dead-letters/${encodeURIComponent(id)}`;
  return {
    withdrawals: {
      retry: (id, input, options) => post(`${withdrawalPath(id)}/retry`, withdrawal, options, input),
      release: (id, input, options) => post(`${withdrawalPath(id)}/release`, withdrawal, options, input),
      bump: (id, input, options) => post(`${withdrawalPath(id)}/bump`, withdrawal, options, input),
      note: (id, input, options) => post(`${withdrawalPath(id)}/note`, operatorNotes, options, input),
    },
    deadLetters: {
      listPage: (filter, options) => read('/v1/admin/dead-letters', deadLetterPage, options, filter),
      get: (id, options) => read(letterPath(id), deadLetter, options),
      close: (id, input, options) => post(`${letterPath(id)}/close`, deadLetter, options, input),
      note: (id, input, options) => post(`${letterPath(id)}/note`, deadLetter, options, input),
    },
  };
}
