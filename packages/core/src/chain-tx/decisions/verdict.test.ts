import type { Hex } from '@naru/kit/hex.ts';
import { describe, expect, test } from 'vitest';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { Attempt } from '../chain-tx.ts';
import type { BatchRecord, Receipt } from '../ports.ts';
import { judge, selectDeep } from './verdict.ts';

const BLOCK: Hex = '0xb10c';
const chainTx: OpenChainTx = {
  id: 'batch',
  kind: 'PAYOUT',
  state: 'MINED',
  version: 3,
  subAccountId: 'account',
  from: '0xacc0',
  nonce: 4n,
  wanted: null,
  blockNumber: 100n,
  blockHash: BLOCK,
  minedAttempt: 1,
  newestAttemptAgeMs: 1_000,
  attemptCount: 1,
  itemCount: 1,
};
const attempt = (purpose: Attempt['purpose']): Attempt => ({
  chainTxId: 'batch',
  number: 1,
  purpose,
  hash: '0x01',
  feePerGasWeiMax: 2n,
  tipPerGasWei: 1n,
  sendCount: 1,
});
const receipt = (succeeded: boolean, blockHash = BLOCK): Receipt => ({
  transactionHash: '0x01',
  succeeded,
  blockNumber: 100n,
  blockHash,
  gasUsed: 1n,
  gasPriceWei: 1n,
});
const record = (outcome: number): BatchRecord => ({
  batchId: 'batch',
  payer: '0xacc0',
  token: null,
  items: [{ withdrawalId: 'wd', outcome }],
  transactionHash: '0x01',
  blockNumber: 100n,
  blockHash: BLOCK,
});

describe('what two providers say of a payment', () => {
  const judged = (receipts: (Receipt | null)[], records: (BatchRecord | null)[]) =>
    judge(chainTx, attempt('PAY'), { receipts, records });

  test('that both have it and its record ends it', () => {
    expect(judged([receipt(true), receipt(true)], [record(1), record(1)])).toMatchObject({
      kind: 'final',
      verdict: { state: 'EXECUTED' },
    });
    expect(judged([receipt(false), receipt(false)], [null, null])).toMatchObject({
      kind: 'final',
      verdict: { state: 'REVERTED' },
    });
  });

  test.each([
    ['one has no receipt', [receipt(true), null], [record(1), record(1)]],
    ['one says that it failed', [receipt(false), receipt(true)], [record(1), record(1)]],
    ['one has no record', [receipt(true), receipt(true)], [record(1), null]],
    ['their records differ', [receipt(true), receipt(true)], [record(1), record(2)]],
    ['one has it in another block', [receipt(true), receipt(true, '0xb0')], [record(1), null]],
    ['both say failed, and one has a record', [receipt(false), receipt(false)], [record(1), null]],
  ])('%s: nothing is concluded', (_, receipts, records) => {
    expect(judged(receipts, records).kind).toBe('wait');
  });

  test('a batch that neither has in its block is gone, and never failed', () => {
    expect(judged([null, null], [null, null])).toEqual({ kind: 'gone' });
    expect(judged([null, receipt(true, '0xb0')], [null, null])).toEqual({ kind: 'gone' });
    // A restored batch whose attempts nobody knows, and whose record is gone: there is no hash to ask for.
    expect(judge(chainTx, undefined, { receipts: [], records: [null, null] })).toEqual({ kind: 'gone' });
  });
});

test('deep is what is deep by every head: a provider ahead on a chain of its own does not make a block final', () => {
  expect(selectDeep([chainTx], [103n, 103n], 4)).toHaveLength(1);
  expect(selectDeep([chainTx], [900n, 102n], 4)).toHaveLength(0);
  expect(selectDeep([chainTx], [], 4)).toHaveLength(0);
});
