import { bytes16ToUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { decodeFunctionData, hexToBigInt, maxUint256, slice, toFunctionSelector, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { arbitraryItems, arbitraryRequest, payoutRequest } from '../test/requests.ts';
import { batchIdToBytes32, buildPayload, hashPayload, ITEM_BYTES, packItems, payloadAbi } from './payload.ts';
import type { PayoutIntent, SignRequest } from './schema.ts';

const from = `0x${'11'.repeat(20)}` as const;
const payout: PayoutIntent = {
  kind: 'payout',
  contract: `0x${'c0'.repeat(20)}`,
  batchId: '01890a5d-ac96-774b-bcce-b302099a8057',
  token: `0x${'70'.repeat(20)}`,
  gasPerItem: 100_000n,
  items: [
    { id: '01890a5d-ac96-774b-bcce-b302099a8058', to: `0x${'a1'.repeat(20)}`, amount: 5n },
    { id: '01890a5d-ac96-774b-bcce-b302099a8059', to: `0x${'a2'.repeat(20)}`, amount: 2n ** 64n + 7n },
  ],
};

describe('payout payload', () => {
  it('packs id, recipient and amount into 52 bytes an item', () => {
    expect(packItems(payout.items)).toBe(
      `0x01890a5dac96774bbcceb302099a8058${'a1'.repeat(20)}00000000000000000000000000000005` +
        `01890a5dac96774bbcceb302099a8059${'a2'.repeat(20)}00000000000000010000000000000007`,
    );
  });

  it('can be read back from the packed bytes (property)', () => {
    fc.assert(
      fc.property(arbitraryItems, (items) => {
        const packed = packItems(items);
        const read = items.map((_, index) => {
          const start = index * ITEM_BYTES;
          return {
            id: bytes16ToUuid(slice(packed, start, start + 16)),
            to: slice(packed, start + 16, start + 36),
            amount: hexToBigInt(slice(packed, start + 36, start + 52)),
          };
        });
        expect(read).toEqual(items);
        expect(packed.length).toBe(2 + items.length * ITEM_BYTES * 2);
      }),
    );
  });

  it('calls pay with the batch id in the high half of 32 bytes', () => {
    const payload = buildPayload(payout, { from });
    expect(payload.to).toBe(payout.contract);
    expect(payload.valueWei).toBe(0n);
    expect(slice(payload.data, 0, 4)).toBe(toFunctionSelector('pay(bytes32,address,uint256,bytes)'));
    expect(decodeFunctionData({ abi: payloadAbi, data: payload.data })).toEqual({
      functionName: 'pay',
      args: [
        `0x01890a5dac96774bbcceb302099a8057${'00'.repeat(16)}`,
        payout.token,
        100_000n,
        packItems(payout.items),
      ],
    });
  });

  it('sends the sum with a native batch and names the zero address', () => {
    const payload = buildPayload({ ...payout, token: null }, { from });
    expect(payload.valueWei).toBe(2n ** 64n + 12n);
    expect(decodeFunctionData({ abi: payloadAbi, data: payload.data }).args?.[1]).toBe(zeroAddress);
  });

  it('refuses to pack an amount that does not fit', () => {
    const item = { id: payout.batchId, to: from, amount: 2n ** 128n };
    expect(() => packItems([item])).toThrow('out of range');
  });

  it('writes a batch id as 16 bytes and 16 zeros', () => {
    expect(batchIdToBytes32(payout.batchId)).toHaveLength(66);
  });
});

describe('other payloads', () => {
  it('approves everything to the spender', () => {
    const payload = buildPayload({ kind: 'approve', token: payout.contract, spender: from }, { from });
    expect(payload).toMatchObject({ to: payout.contract, valueWei: 0n });
    expect(slice(payload.data, 0, 4)).toBe(toFunctionSelector('approve(address,uint256)'));
    expect(decodeFunctionData({ abi: payloadAbi, data: payload.data }).args).toEqual([from, maxUint256]);
  });

  it('cancels by sending nothing to oneself', () => {
    expect(buildPayload({ kind: 'cancel' }, { from })).toEqual({ to: from, data: '0x', valueWei: 0n });
  });
});

describe('payload hash', () => {
  const hashOf = (request: SignRequest) => hashPayload(request, buildPayload(request.intent, request));

  it('does not depend on the fees (property)', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const bumped: SignRequest = { ...request, fees: { kind: 'legacy', gasPriceWei: 10n ** 13n } };
        expect(hashOf(bumped)).toBe(hashOf(request));
      }),
    );
  });

  it('depends on chain, account, nonce, gas and every part of the intent', () => {
    const base = payoutRequest({ intent: payout });
    const [first, second] = payout.items;
    if (first === undefined || second === undefined) throw new Error('the fixture has two items');
    const intents: PayoutIntent[] = [
      { ...payout, contract: from },
      { ...payout, batchId: first.id },
      { ...payout, token: null },
      { ...payout, gasPerItem: 100_001n },
      { ...payout, items: [second, first] },
      { ...payout, items: [first] },
      { ...payout, items: [{ ...first, amount: 6n }, second] },
      { ...payout, items: [{ ...first, to: from }, second] },
      { ...payout, items: [{ ...first, id: payout.batchId }, second] },
    ];
    const variants = [
      base,
      { ...base, chainId: 1 },
      { ...base, nonce: 1 },
      { ...base, gas: 1_000_001n },
      { ...base, from: payout.contract },
      ...intents.map((intent) => ({ ...base, intent })),
    ];
    expect(new Set(variants.map(hashOf)).size).toBe(variants.length);
  });
});
