import fc from 'fast-check';
import { keccak256, toHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Spend } from './check-policy.ts';
import { journalEntrySchema } from './journal-entry.ts';
import { createSignedBook, type SignedBook } from './signed-book.ts';
import { DAY_MS, HOUR_MS } from './signer.limits.ts';

const from = `0x${'11'.repeat(20)}` as const;
const PER_HOUR_MAX = 60n;
const PER_DAY_MAX = 100n;
const ITEMS_PER_HOUR_MAX = 3;
const GAS_PER_DAY_MAX = 40n;

const arbitraryAttempt = fc.record({
  nonce: fc.integer({ min: 0, max: 6 }),
  payload: fc.constantFrom('a', 'b', 'cancel'),
  amount: fc.bigInt({ min: 1n, max: 60n }),
  feeWei: fc.bigInt({ min: 1n, max: 15n }),
  waitMs: fc.oneof(fc.integer({ min: 0, max: HOUR_MS / 2 }), fc.integer({ min: 0, max: DAY_MS / 2 })),
});
type Attempt = { nonce: number; payload: string; amount: bigint; feeWei: bigint; waitMs: number };

function spendOf(amount: bigint): Spend {
  const all = { perHourMax: PER_HOUR_MAX, perDayMax: PER_DAY_MAX, itemsPerHourMax: ITEMS_PER_HOUR_MAX };
  return { token: null, amount, items: 1, isInternal: false, limits: { all, account: null } };
}

function attemptOn(book: SignedBook, attempt: Attempt, nowMs: number): string {
  const verdict = book.judge(
    {
      chainId: 1,
      from,
      nonce: attempt.nonce,
      payloadHash: keccak256(toHex(attempt.payload)),
      isCancel: attempt.payload === 'cancel',
      spend: attempt.payload === 'cancel' ? null : spendOf(attempt.amount),
      fee: {
        feeWei: attempt.feeWei,
        limits: { perHourWeiMax: GAS_PER_DAY_MAX, perDayWeiMax: GAS_PER_DAY_MAX },
      },
    },
    nowMs,
  );
  if (verdict.kind === 'new') book.apply(verdict.entry);
  return verdict.kind === 'refused' ? verdict.code : verdict.kind;
}

/** The rules once more, written the slow and obvious way. */
function createModel() {
  const signed: (Attempt & { atMs: number })[] = [];
  const raises: { atMs: number; wei: bigint }[] = [];
  const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);
  return (attempt: Attempt, nowMs: number): string => {
    const atNonce = signed.filter((one) => one.nonce === attempt.nonce);
    const dearest = atNonce.reduce((max, one) => (one.feeWei > max ? one.feeWei : max), 0n);
    const raise = attempt.feeWei > dearest ? attempt.feeWei - dearest : 0n;
    const isKnown = atNonce.some((one) => one.payload === attempt.payload);
    if (isKnown && raise === 0n) return 'known';
    if (!isKnown && attempt.payload !== 'cancel') {
      if (atNonce.length > 0) return 'payload_conflict';
      const payments = signed.filter(
        (one, index) =>
          one.payload !== 'cancel' &&
          signed.findIndex((first) => first.nonce === one.nonce && first.payload === one.payload) === index,
      );
      const within = (windowMs: number) => payments.filter((one) => nowMs - one.atMs < windowMs);
      if (within(HOUR_MS).length + 1 > ITEMS_PER_HOUR_MAX) return 'count_limit';
      if (sum(within(HOUR_MS).map((one) => one.amount)) + attempt.amount > PER_HOUR_MAX)
        return 'hourly_limit';
      if (sum(within(DAY_MS).map((one) => one.amount)) + attempt.amount > PER_DAY_MAX) return 'daily_limit';
    }
    const spentWei = sum(raises.filter((one) => nowMs - one.atMs < DAY_MS).map((one) => one.wei));
    if (spentWei + raise > GAS_PER_DAY_MAX) return 'gas_money_limit';
    raises.push({ atMs: nowMs, wei: raise });
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
      attemptOn(book, { nonce, payload, amount: 1n, feeWei: 1n, waitMs: 0 }, 0);
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
