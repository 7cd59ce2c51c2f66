import { expect, test } from 'vitest';
import type { BatchRecord } from '../ports.ts';
import { findConflict, selectBusy, uniteRecords } from './recovery.ts';

const record = (batchId: string): BatchRecord => ({
  batchId,
  payer: '0xacc0',
  token: null,
  items: [],
  transactionHash: '0x01',
  blockNumber: 1n,
  blockHash: '0xb0',
});

test('a batch that one of two providers hides is found, and once', () => {
  const united = uniteRecords([[record('a')], [record('a'), record('b')]]);
  expect(united.map(({ batchId }) => batchId)).toEqual(['a', 'b']);
});

test('an account is busy while a transaction of it waits in a pool, or for its depth', () => {
  const counts = { latest: [5n], pending: [5n], final: [5n] };
  expect(selectBusy(['0xacc0'], counts)).toEqual([]);
  expect(selectBusy(['0xacc0'], { ...counts, pending: [6n] })).toEqual(['0xacc0']);
  expect(selectBusy(['0xacc0'], { ...counts, final: [4n] })).toEqual(['0xacc0']);
  expect(selectBusy(['0xacc0'], { ...counts, final: null })).toEqual([]);
});

test('a batch is not written past an older plan that has not ended here', () => {
  expect(findConflict({ nonce: 1n }, null, [])).toBeNull();
  expect(findConflict({ nonce: 1n }, 'tx', [])).toContain('nonce 1');
  expect(findConflict({ nonce: 1n }, null, [{ withdrawalId: 'wd', chainTxId: 'older' }])).toContain('older');
});
