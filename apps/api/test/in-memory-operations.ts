import type { DeadLetter } from '@naru/core/dead-letter/dead-letter.ts';
import type { Operations } from '@naru/core/dead-letter/operations.ts';
import type { Refusal } from '@naru/core/withdrawal/withdrawal.errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { InMemory } from './in-memory-withdrawals.ts';

/** A stand-in for operators' verbs, for tests of the edge alone: it knows what is there, and does nothing to it. */
export type InMemoryOperations = Operations & { open(withdrawalId: string): string };

export function createInMemoryOperations(withdrawals: InMemory): InMemoryOperations {
  const letters = new Map<string, DeadLetter>();
  const answer = <T>(value: T | null | undefined, code: Refusal['code']) =>
    value === null || value === undefined
      ? ({ kind: 'refused', refusal: { code, message: '', retryable: false }, replayed: false } as const)
      : ({ kind: 'done', value, replayed: false } as const);
  const withdrawal = async (id: string) => answer(withdrawals.find(id), 'withdrawal_not_found');
  const letter = async (id: string) => answer(letters.get(id), 'dead_letter_not_found');
  return {
    open(withdrawalId) {
      const id = newUuid();
      const at = new Date();
      letters.set(id, {
        ...{
          id,
          kind: 'WITHDRAWAL',
          subject: withdrawalId,
          cause: 'attempts_exhausted',
          detail: 'in a test',
        },
        ...{ chain: 'localhost', asset: 'USDC', decimals: 6, amount: 1n, state: 'OPEN', present: true },
        ...{
          seenCount: 1,
          firstSeenAt: at,
          lastSeenAt: at,
          closedAt: null,
          closedBy: null,
          closeReason: null,
        },
        notes: [],
      });
      return id;
    },
    list: async () => ({ data: [...letters.values()], next: null }),
    get: async (id) => letters.get(id) ?? null,
    close: letter,
    noteLetter: letter,
    noteWithdrawal: async (id) => answer(withdrawals.find(id) === null ? null : [], 'withdrawal_not_found'),
    retry: withdrawal,
    bump: withdrawal,
    release: withdrawal,
  };
}
