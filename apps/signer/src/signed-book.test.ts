import fc from 'fast-check';
import { keccak256, toHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { journalEntrySchema } from './journal-entry.ts';
import { createSignedBook, type SignedBook } from './signed-book.ts';
import { DAY_MS } from './signer.limits.ts';

const from = `0x${'11'.repeat(20)}` as const;
const PER_DAY_MAX = 100n;

const arbitraryAttempt = fc.record({
  nonce: fc.integer({ min: 0, max: 6 }),
  payload: fc.constantFrom('a', 'b', 'cancel'),
  amount: fc.bigInt({ min: 1n, max: 60n }),
  waitMs: fc.integer({ min: 0, max: DAY_MS / 2 }),
});
type Attempt = { nonce: number; payload: string; amount: bigint; waitMs: number };

function attemptOn(book: SignedBook, attempt: Attempt, nowMs: number): string {
  const verdict = book.judge(
    {
      chainId: 1,
      from,
      nonce: attempt.nonce,
      payloadHash: keccak256(toHex(attempt.payload)),
      isCancel: attempt.payload === 'cancel',
      spend:
        attempt.payload === 'cancel' ? null : { token: null, amount: attempt.amount, perDayMax: PER_DAY_MAX },
    },
    nowMs,
  );
  if (verdict.kind === 'new') book.apply(verdict.entry);
  return verdict.kind === 'refused' ? verdict.code : verdict.kind;
}

/** The rules once more, written the slow and obvious way. */
function createModel() {
  const signed: { nonce: number; payload: string; amount: bigint; atMs: number }[] = [];
  return (attempt: Attempt, nowMs: number): string => {
    const atNonce = signed.filter((one) => one.nonce === attempt.nonce);
    if (atNonce.some((one) => one.payload === attempt.payload)) return 'known';
    if (attempt.payload !== 'cancel') {
      if (atNonce.length > 0) return 'payload_conflict';
      const spent = signed
        .filter((one) => one.payload !== 'cancel' && nowMs - one.atMs < DAY_MS)
        .reduce((sum, one) => sum + one.amount, 0n);
      if (spent + attempt.amount > PER_DAY_MAX) return 'daily_limit';
    }
    signed.push({ ...attempt, atMs: nowMs });
    return 'new';
  };
}

describe('signed book', () => {
  it('tells the highest nonce of each account, cancels included', () => {
    const book = createSignedBook();
    expect(book.highestNonces()).toEqual([]);
    for (const [nonce, payload] of [
      [4, 'a'],
      [6, 'cancel'],
      [5, 'b'],
    ] as const)
      attemptOn(book, { nonce, payload, amount: 1n, waitMs: 0 }, 0);
    expect(book.highestNonces()).toEqual([{ chainId: 1, from, nonce: 6 }]);
  });

  it('agrees with the plain statement of its rules (property)', () => {
    fc.assert(
      fc.property(fc.array(arbitraryAttempt, { maxLength: 40 }), (attempts) => {
        const book = createSignedBook();
        const model = createModel();
        let nowMs = 1_760_000_000_000;
        for (const attempt of attempts) {
          nowMs += attempt.waitMs;
          expect(attemptOn(book, attempt, nowMs)).toBe(model(attempt, nowMs));
        }
      }),
    );
  });

  it('is the same after its entries were written down, read and applied, once or twice (property)', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryAttempt, { maxLength: 30 }),
        fc.array(arbitraryAttempt, { maxLength: 10 }),
        (past, future) => {
          const book = createSignedBook();
          let nowMs = 1_760_000_000_000;
          for (const attempt of past) {
            nowMs += attempt.waitMs;
            attemptOn(book, attempt, nowMs);
          }
          const written = JSON.stringify(book.entries().map((entry) => z.encode(journalEntrySchema, entry)));
          const read = z.array(journalEntrySchema).parse(JSON.parse(written));
          const replayed = createSignedBook();
          for (const entry of [...read, ...read]) replayed.apply(entry);
          for (const attempt of future) {
            nowMs += attempt.waitMs;
            expect(attemptOn(replayed, attempt, nowMs)).toBe(attemptOn(book, attempt, nowMs));
          }
        },
      ),
    );
  });
});
