import type { Hex } from '@naru/kit/hex.ts';
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../chain-tx.ts';
import type { BatchRecord, Receipt } from '../ports.ts';
import { decideForeign } from './consumed-nonce.ts';

const chainTx = { id: 'batch', nonce: 4n };
const record = (batchId: string, outcome = 1): BatchRecord => ({
  batchId,
  payer: '0xacc0',
  token: null,
  items: [{ withdrawalId: 'wd', outcome }],
  transactionHash: '0x99',
  blockNumber: 50n,
  blockHash: '0xb0',
});
const evidence = {
  counts: [5n, 5n],
  attempts: [] as Attempt[],
  receipts: new Map<Hex, Receipt>(),
  itemIds: ['wd'],
  records: [] as BatchRecord[],
};

describe('a nonce that was used, with no receipt of ours', () => {
  test('was used by somebody else, when every provider counts it at final depth', () => {
    expect(decideForeign(chainTx, evidence)).toEqual({ kind: 'displaced', paidElsewhere: false });
  });

  test.each([[[5n, 4n]], [[4n, 5n]], [[]]])('is waited for while the counts are %s', (counts) => {
    expect(decideForeign(chainTx, { ...evidence, counts })).toEqual({ kind: 'wait' });
  });

  test('was used by the batch itself, when the scan had missed its record and a restore its attempts', () => {
    expect(decideForeign(chainTx, { ...evidence, records: [record('batch')] })).toEqual({
      kind: 'mined',
      seen: { blockNumber: 50n, blockHash: '0xb0', attempt: null },
    });
  });

  test('may have been used by a forgotten batch that paid the same withdrawal, which only recovery can attach', () => {
    expect(decideForeign(chainTx, { ...evidence, records: [record('other')] })).toEqual({
      kind: 'displaced',
      paidElsewhere: true,
    });
    expect(decideForeign(chainTx, { ...evidence, records: [record('other', 2)] })).toEqual({
      kind: 'displaced',
      paidElsewhere: false,
    });
  });
});
