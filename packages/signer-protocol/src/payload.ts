import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { toBuffer, toHex } from '@naru/kit/hex.ts';
import { uuidToBytes16 } from '@naru/kit/ids.ts';
import { sumUnits } from '@naru/kit/money.ts';
import { encodeExecution } from '@naru/safe/safe-transaction.ts';
import { safeTransactionOf } from '@naru/safe/safe-transfer.ts';
import { type Address, encodeFunctionData, keccak256, maxUint256, parseAbi, zeroAddress } from 'viem';
import { AMOUNT_MAX } from './limits.ts';
import type { PayoutItem, SignIntent, SignRequest } from './schema.ts';

/** What a transaction does, apart from its nonce, gas and fees. Frozen before the first signature. */
export type Payload = { to: Address; data: Hex; valueWei: bigint };

/** The functions that a signed transaction may call; a Safe's `execTransaction` is built by packages/safe. */
export const payloadAbi = parseAbi([
  'function pay(bytes32 batchId, address token, uint256 gasPerItem, bytes items) payable',
  'function approve(address spender, uint256 amount) returns (bool)',
  'function sweep(address token, bytes32[] salts)',
]);

const ID_BYTES = 16;
const ADDRESS_BYTES = 20;
const AMOUNT_BYTES = 16;

/** Bytes of one packed item: id | to | amount (big endian). */
export const ITEM_BYTES = ID_BYTES + ADDRESS_BYTES + AMOUNT_BYTES;

const LOW_64_BITS = 2n ** 64n - 1n;

/**
 * The one function by which worker and signer turn an intent into a transaction's payload: the signer never accepts
 * data from the worker, the worker checks the signed bytes against its own. Pure.
 * @param sender - the account that signs; a cancel sends to it.
 */
export function buildPayload(intent: SignIntent, sender: { from: Address }): Payload {
  switch (intent.kind) {
    case 'payout':
      return {
        to: intent.contract,
        data: encodeFunctionData({
          abi: payloadAbi,
          functionName: 'pay',
          args: [
            batchIdToBytes32(intent.batchId),
            intent.token ?? zeroAddress,
            intent.gasPerItem,
            packItems(intent.items),
          ],
        }),
        valueWei: intent.token === null ? sumUnits(intent.items.map((item) => item.amount)) : 0n,
      };
    case 'approve':
      return {
        to: intent.token,
        data: encodeFunctionData({
          abi: payloadAbi,
          functionName: 'approve',
          args: [intent.spender, maxUint256],
        }),
        valueWei: 0n,
      };
    case 'sweep':
      return {
        to: intent.factory,
        data: encodeFunctionData({
          abi: payloadAbi,
          functionName: 'sweep',
          args: [intent.token ?? zeroAddress, intent.salts],
        }),
        valueWei: 0n,
      };
    case 'safe': {
      const { token, to, amount, safeNonce } = intent;
      const transaction = safeTransactionOf({ token, to, amount, nonce: safeNonce });
      return { to: intent.safe, data: encodeExecution(transaction, intent.signatures), valueWei: 0n };
    }
    case 'cancel':
      return { to: sender.from, data: '0x', valueWei: 0n };
  }
}

/** The batch's UUID and 16 zero bytes. */
export function batchIdToBytes32(batchId: string): Hex {
  return `${uuidToBytes16(batchId)}${'00'.repeat(16)}`;
}

/** Items as the payout contract reads them, 52 bytes each, in order. */
export function packItems(items: readonly PayoutItem[]): Hex {
  const packed = Buffer.alloc(items.length * ITEM_BYTES);
  let offset = 0;
  for (const item of items) {
    assert(item.amount > 0n && item.amount <= AMOUNT_MAX, `amount out of range in item ${item.id}`);
    const idBytes = packed.write(uuidToBytes16(item.id).slice(2), offset, 'hex');
    const toBytes = packed.write(item.to.slice(2), offset + ID_BYTES, 'hex');
    assert(idBytes === ID_BYTES && toBytes === ADDRESS_BYTES, `malformed id or address in item ${item.id}`);
    const amountOffset = offset + ID_BYTES + ADDRESS_BYTES;
    packed.writeBigUInt64BE(item.amount >> 64n, amountOffset);
    packed.writeBigUInt64BE(item.amount & LOW_64_BITS, amountOffset + 8);
    offset += ITEM_BYTES;
  }
  return toHex(packed);
}

/**
 * Identity of a payload at its place: keccak-256 of chainId (32 bytes) | from (20) | nonce (32) | to (20) |
 * value (32) | gas (32) | data. Two requests that differ in fees only have the same hash. All parts before `data`
 * have a fixed length, so no two different inputs give the same bytes.
 */
export function hashPayload(
  request: Pick<SignRequest, 'chainId' | 'from' | 'nonce' | 'gas'>,
  payload: Payload,
): Hex {
  return keccak256(
    Buffer.concat([
      uint256Bytes(BigInt(request.chainId)),
      toBuffer(request.from),
      uint256Bytes(BigInt(request.nonce)),
      toBuffer(payload.to),
      uint256Bytes(payload.valueWei),
      uint256Bytes(request.gas),
      toBuffer(payload.data),
    ]),
  );
}

function uint256Bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}
