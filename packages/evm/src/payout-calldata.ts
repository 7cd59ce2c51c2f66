import type { Hex } from '@naru/kit/hex.ts';
import { bytes16ToUuid } from '@naru/kit/ids.ts';
import type { Address } from 'viem';
import { decodeFunctionData, getAddress } from 'viem/utils';
import { batchPayoutAbi } from './abi/batch-payout.gen.ts';
import { bytes32ToBatchId } from './batch-id.ts';
import { toToken } from './payout-log.ts';

/**
 * Reads back what a payout transaction asked for; needed by recovery, which knows the chain and an old database only.
 * The encoding half is in @naru/signer-protocol.
 */
const ITEM_BYTES = 52; // id (16) | to (20) | amount (uint128, 16)

export type PayoutCall = {
  /** UUID. */
  batchId: string;
  /** EIP-55; null for the chain's native coin. */
  token: Address | null;
  gasPerItem: bigint;
  /** Not empty. `id` is a UUID, `to` EIP-55, `amountUnits` the asset's smallest unit. */
  items: { id: string; to: Address; amountUnits: bigint }[];
};

export type PayoutCalldataProblem = 'not_pay' | 'foreign_batch_id' | 'malformed_items';

/** Refuses whatever the contract would refuse to read; throws nothing. */
export function decodePayoutCalldata(
  data: string,
): { ok: true; call: PayoutCall } | { ok: false; problem: PayoutCalldataProblem } {
  const args = decodeArguments(data);
  if (args === null) return { ok: false, problem: 'not_pay' };
  const [batchBytes, token, gasPerItem, packedHex] = args;
  const batchId = bytes32ToBatchId(batchBytes);
  if (batchId === null) return { ok: false, problem: 'foreign_batch_id' };

  const packed = Buffer.from(packedHex.slice(2), 'hex');
  if (packed.length === 0 || packed.length % ITEM_BYTES !== 0)
    return { ok: false, problem: 'malformed_items' };
  const items: PayoutCall['items'] = [];
  for (let offset = 0; offset < packed.length; offset += ITEM_BYTES) {
    const hex = packed.toString('hex', offset, offset + ITEM_BYTES);
    items.push({
      id: bytes16ToUuid(hex.slice(0, 32)),
      to: getAddress(`0x${hex.slice(32, 72)}`),
      amountUnits: BigInt(`0x${hex.slice(72)}`),
    });
  }
  return { ok: true, call: { batchId, token: toToken(getAddress(token)), gasPerItem, items } };
}

function decodeArguments(data: string): readonly [Hex, Address, bigint, Hex] | null {
  if (!/^0x([0-9a-f]{2})*$/i.test(data)) return null;
  try {
    const call = decodeFunctionData({ abi: batchPayoutAbi, data: `0x${data.slice(2)}` });
    return call.functionName === 'pay' ? call.args : null;
  } catch {
    return null; // another function, or arguments that are not ABI-encoded
  }
}
