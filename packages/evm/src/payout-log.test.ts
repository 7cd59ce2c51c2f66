import { newUuid, uuidToBytes16 } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { encodeAbiParameters, encodeFunctionData, getAddress, type Hex } from 'viem';
import { describe, expect, it, test } from 'vitest';
import { batchPayoutAbi } from './abi/batch-payout.gen.ts';
import { batchIdToBytes32, bytes32ToBatchId } from './batch-id.ts';
import { decodePayoutCalldata } from './payout-calldata.ts';
import { BATCH_EXECUTED_TOPIC, decodePayoutLog, PAYOUT_OUTCOMES } from './payout-log.ts';

const ZERO_ADDRESS = `0x${'00'.repeat(20)}` as const;
const batchId = newUuid();
const payer = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266' as const;
const token = '0x5fbdb2315678afecb367f032d93f642f64180aa3' as const;

const hexBytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
const uuid = fc.uuid();
const address = hexBytes(20).map((hex) => getAddress(`0x${hex}`));

const topicOf = (value: string): Hex => `0x${value.slice(2).padStart(64, '0')}`;
const bytesData = (packed: string): Hex => encodeAbiParameters([{ type: 'bytes' }], [`0x${packed}`]);
const outcomeHex = (id: string, code: number) =>
  uuidToBytes16(id).slice(2) + code.toString(16).padStart(2, '0');

function logOf(change: { topics?: readonly string[]; data?: string } = {}) {
  return {
    topics: [BATCH_EXECUTED_TOPIC, batchIdToBytes32(batchId), topicOf(payer), topicOf(token)],
    data: bytesData(outcomeHex(newUuid(), 1)) as string,
    ...change,
  };
}

describe('a batch id', () => {
  it('goes to 32 bytes and back', () => {
    fc.assert(
      fc.property(uuid, (id) => {
        const bytes32 = batchIdToBytes32(id);
        expect(bytes32).toMatch(/^0x[0-9a-f]{32}0{32}$/);
        expect(bytes32ToBatchId(bytes32)).toBe(id);
      }),
    );
  });
  test.each([
    '',
    '0x',
    `0x${'11'.repeat(32)}`,
    `0x${'11'.repeat(16)}${'00'.repeat(15)}01`,
    `0x${'11'.repeat(16)}`,
  ])('is not read from %s', (text) => expect(bytes32ToBatchId(text)).toBeNull());
});

describe('a BatchExecuted log', () => {
  it('is read back item by item', () => {
    const item = fc.record({ id: uuid, code: fc.nat(3) });
    fc.assert(
      fc.property(uuid, address, fc.array(item, { minLength: 1, maxLength: 50 }), (id, anyPayer, items) => {
        const decoded = decodePayoutLog({
          topics: [BATCH_EXECUTED_TOPIC, batchIdToBytes32(id), topicOf(anyPayer), topicOf(ZERO_ADDRESS)],
          data: bytesData(items.map((one) => outcomeHex(one.id, one.code)).join('')),
        });
        const outcomes = items.map((one) => ({ id: one.id, outcome: PAYOUT_OUTCOMES[one.code] }));
        expect(decoded).toEqual({ ok: true, batch: { batchId: id, payer: anyPayer, token: null, outcomes } });
      }),
    );
  });

  it('names the token in EIP-55 form', () => {
    expect(decodePayoutLog(logOf())).toMatchObject({
      ok: true,
      batch: { batchId, payer: getAddress(payer), token: getAddress(token) },
    });
  });

  const { topics } = logOf();
  const [signature = '', idTopic = '', payerTopic = '', tokenTopic = ''] = topics;
  test.each([
    ['no topics', { topics: [] }, 'not_batch_executed'],
    ['another event', { topics: [idTopic, idTopic, payerTopic, tokenTopic] }, 'not_batch_executed'],
    ['a missing topic', { topics: [signature, idTopic, payerTopic] }, 'malformed_topics'],
    [
      'a payer that is no address',
      { topics: [signature, idTopic, `0x${'11'.repeat(32)}`, tokenTopic] },
      'malformed_topics',
    ],
    [
      'a foreign batch id',
      { topics: [signature, `0x${'11'.repeat(32)}`, payerTopic, tokenTopic] },
      'foreign_batch_id',
    ],
    ['no data', { data: '0x' }, 'malformed_data'],
    ['data that is not hex', { data: 'xyz' }, 'malformed_data'],
    ['an offset that leads out', { data: `0x${'ff'.repeat(64)}` }, 'malformed_data'],
    ['no outcomes', { data: bytesData('') }, 'malformed_outcomes'],
    ['half an outcome', { data: bytesData('00'.repeat(25)) }, 'malformed_outcomes'],
    ['an outcome from the future', { data: bytesData(outcomeHex(batchId, 4)) }, 'unknown_outcome'],
  ])('with %s is refused', (_what, change, problem) => {
    expect(decodePayoutLog(logOf(change))).toEqual({ ok: false, problem });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(hexBytes(32), { maxLength: 5 }),
        fc.uint8Array({ maxLength: 200 }),
        (words, data) => {
          const wild = [BATCH_EXECUTED_TOPIC, ...words.map((word) => `0x${word}`)];
          decodePayoutLog({ topics: wild, data: `0x${Buffer.from(data).toString('hex')}` });
        },
      ),
    );
  });
});

describe('the calldata of a payout', () => {
  it('is read back item by item', () => {
    const item = fc.record({
      id: uuid,
      to: address,
      amountUnits: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    });
    fc.assert(
      fc.property(uuid, fc.array(item, { minLength: 1, maxLength: 20 }), (id, items) => {
        const packed = items
          .map(({ id: itemId, to, amountUnits }) => {
            return uuidToBytes16(itemId).slice(2) + to.slice(2) + amountUnits.toString(16).padStart(32, '0');
          })
          .join('');
        const data = encodeFunctionData({
          abi: batchPayoutAbi,
          functionName: 'pay',
          args: [batchIdToBytes32(id), token, 60_000n, `0x${packed}`],
        });
        const call = { batchId: id, token: getAddress(token), gasPerItem: 60_000n, items };
        expect(decodePayoutCalldata(data)).toEqual({ ok: true, call });
      }),
    );
  });

  const pay = (id: Hex, items: Hex) =>
    encodeFunctionData({ abi: batchPayoutAbi, functionName: 'pay', args: [id, ZERO_ADDRESS, 1n, items] });
  test.each([
    ['nothing', '0x', 'not_pay'],
    ['text', 'pay', 'not_pay'],
    [
      'another function',
      encodeFunctionData({
        abi: batchPayoutAbi,
        functionName: 'executedAt',
        args: [payer, batchIdToBytes32(batchId)],
      }),
      'not_pay',
    ],
    ['a cut call', pay(batchIdToBytes32(batchId), '0x').slice(0, 100), 'not_pay'],
    ['a foreign batch id', pay(`0x${'22'.repeat(32)}`, `0x${'00'.repeat(52)}`), 'foreign_batch_id'],
    ['no items', pay(batchIdToBytes32(batchId), '0x'), 'malformed_items'],
    ['half an item', pay(batchIdToBytes32(batchId), `0x${'00'.repeat(53)}`), 'malformed_items'],
  ])('of %s is refused', (_what, data, problem) => {
    expect(decodePayoutCalldata(data)).toEqual({ ok: false, problem });
  });
});
