import { describe, expect, test } from 'vitest';
import type { OpenChainTx } from '../chain-tx.store.ts';
import { selectStuck } from './stuck.ts';

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
