import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import { describe, expect, test } from 'vitest';
import { decideNext } from './after-send.ts';

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
    const next = decideNext(outcome, 0, Math.random);
    expect(next.failed).toBe(expected.failed);
    expect(next.wanted).toBe(expected.wanted);
    // Whatever it was, the row is looked at again: nothing ends here.
    expect(next.delayMs).toBeGreaterThanOrEqual(0);
  });

  test('the same unknown answer again and again waits longer, up to a limit', () => {
    const delays = Array.from(
      { length: 12 },
      (_, failures) => decideNext({ kind: 'unknown', reason: 'timeout' }, failures, Math.random).delayMs,
    );
    expect(delays[0]).toBeLessThan(300);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(2_500);
  });
});
