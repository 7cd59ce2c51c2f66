import type { Hex } from '@naru/kit/hex.ts';
import { bytes16ToUuid, uuidToBytes16 } from '@naru/kit/ids.ts';

/**
 * A batch's id on chain: the 16 bytes of its UUID, then 16 zero bytes. The zeros are part of the format, so that an id
 * that is not ours is recognised.
 */
const ZEROS = '0'.repeat(32);

export function batchIdToBytes32(uuid: string): Hex {
  return `${uuidToBytes16(uuid)}${ZEROS}`;
}

/** Null when the bytes are no batch id of this form: whoever calls the contract chooses them. */
export function bytes32ToBatchId(bytes32: string): string | null {
  const match = /^0x([0-9a-f]{32})0{32}$/i.exec(bytes32);
  return match?.[1] === undefined ? null : bytes16ToUuid(match[1]);
}
