import { describe, expect, test } from 'vitest';
import { ATTEMPTS_MAX } from '../chain-tx.limits.ts';
import type { Attempt } from '../chain-tx.ts';
import { decideAfterRefusal, decideAttempt, type Market } from './next-attempt.ts';

const fees = { kind: 'eip1559', maxFeePerGasWei: 40n, maxPriorityFeePerGasWei: 2n } as const;
const market: Market = {
  gasModel: 'eip1559',
  quote: fees,
  bump: () => ({ kind: 'bumped', fees }),
  random: () => 0.5,
};
const attempt = (purpose: Attempt['purpose']): Attempt => ({
  chainTxId: 'batch',
  number: 1,
  purpose,
  hash: '0x01',
  feePerGasWeiMax: 20n,
  tipPerGasWei: 1n,
  sendCount: 1,
});

describe('the next bytes for a nonce', () => {
  test('pay, until a cancel is wanted', () => {
    expect(decideAttempt({ wanted: null, failureCount: 0 }, [], market)).toMatchObject({ purpose: 'PAY' });
    expect(decideAttempt({ wanted: 'BUMP', failureCount: 0 }, [attempt('PAY')], market)).toMatchObject({
      purpose: 'PAY',
    });
    expect(decideAttempt({ wanted: 'CANCEL', failureCount: 0 }, [attempt('PAY')], market)).toMatchObject({
      purpose: 'CANCEL',
    });
  });

  test('stay a cancel when the fee of a cancel is raised', () => {
    const attempts = [attempt('PAY'), attempt('CANCEL')];
    expect(decideAttempt({ wanted: 'BUMP', failureCount: 0 }, attempts, market)).toMatchObject({
      purpose: 'CANCEL',
    });
  });

  test('are not signed above the ceiling, nor without end', () => {
    const reached = { kind: 'ceiling_reached', neededWei: 50n, feeCapWeiMax: 45n } as const;
    expect(
      decideAttempt({ wanted: 'BUMP', failureCount: 0 }, [attempt('PAY')], { ...market, bump: () => reached })
        .kind,
    ).toBe('postpone');
    const many = Array.from({ length: ATTEMPTS_MAX }, () => attempt('PAY'));
    expect(decideAttempt({ wanted: 'BUMP', failureCount: 0 }, many, market).kind).toBe('postpone');
  });
});

test('a nonce that the signer has signed for another payload is freed by a cancel; any other refusal waits', () => {
  expect(decideAfterRefusal('payload_conflict', 0, () => 0.5)).toMatchObject({ wanted: 'CANCEL' });
  expect(decideAfterRefusal('daily_limit', 0, () => 0.5).wanted).toBeUndefined();
});
