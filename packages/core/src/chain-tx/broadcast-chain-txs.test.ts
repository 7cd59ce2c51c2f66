import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import { describe, expect, test } from 'vitest';
import { decideNext } from './broadcast-chain-txs.ts';
import type { OpenChainTx } from './chain-tx.store.ts';
import { selectStuck } from './heal-stuck.ts';

describe('what an answer to a send leads to', () => {
  const cases: [SendOutcome, { wanted?: 'BUMP' | 'CANCEL'; failed: boolean }][] = [
    [{ kind: 'accepted', how: 'new' }, { failed: false }],
    [{ kind: 'accepted', how: 'already_known' }, { failed: false }],
    [{ kind: 'nonce_consumed' }, { failed: false }],
    [{ kind: 'replacement_underpriced' }, { failed: true, wanted: 'BUMP' }],
    [
      { kind: 'underpriced', below: 'base_fee' },
      { failed: true, wanted: 'BUMP' },
    ],
    [{ kind: 'insufficient_funds' }, { failed: true }],
    [
      { kind: 'rejected', cause: 'intrinsic_gas_too_low' },
      { failed: true, wanted: 'CANCEL' },
    ],
    [{ kind: 'unknown', reason: 'timeout' }, { failed: true }],
  ];
  test.each(cases)('%j', (outcome, expected) => {
    const next = decideNext(outcome, 0);
    expect(next.failed).toBe(expected.failed);
    expect(next.wanted).toBe(expected.wanted);
    // Whatever it was, the row is looked at again: nothing ends here.
    expect(next.delayMs).toBeGreaterThanOrEqual(0);
  });

  test('the same unknown answer again and again waits longer, up to a limit', () => {
    const delays = Array.from(
      { length: 12 },
      (_, failures) => decideNext({ kind: 'unknown', reason: 'timeout' }, failures).delayMs,
    );
    expect(delays[0]).toBeLessThan(300);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(2_500);
  });
});

describe('what gets a higher fee', () => {
  const open = (nonce: bigint, overrides: Partial<OpenChainTx> = {}): OpenChainTx => ({
    id: `tx-${nonce}`,
    kind: 'PAYOUT',
    state: 'BROADCASTED',
    version: 1,
    subAccountId: 'account',
    from: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    nonce,
    wanted: null,
    blockNumber: null,
    blockHash: null,
    minedAttempt: null,
    newestAttemptAgeMs: 60_000,
    attemptCount: 1,
    itemCount: 1,
    ...overrides,
  });

  test('only the lowest nonce of an account that no block holds yet', () => {
    const rows = [open(1n, { state: 'MINED' }), open(2n), open(3n), open(7n, { subAccountId: 'other' })];
    expect(selectStuck(rows, 10_000).map((row) => row.nonce)).toEqual([2n, 7n]);
  });

  test('nothing that is young, unsent, or asked for already', () => {
    expect(selectStuck([open(1n, { newestAttemptAgeMs: 5_000 })], 10_000)).toEqual([]);
    expect(selectStuck([open(1n, { state: 'SIGNED' })], 10_000)).toEqual([]);
    expect(selectStuck([open(1n, { wanted: 'BUMP' })], 10_000)).toEqual([]);
    // A later one does not overtake: the lowest is what all the others wait for.
    expect(selectStuck([open(1n, { wanted: 'BUMP' }), open(2n)], 10_000)).toEqual([]);
  });
});
