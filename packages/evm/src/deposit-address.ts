import { toBuffer } from '@naru/kit/hex.ts';
import { uuidToBytes16 } from '@naru/kit/ids.ts';
import { type Address, getCreate2Address, type Hex, keccak256 } from 'viem';
import { depositForwarderBytecode } from './abi/deposit-forwarder.gen.ts';

const FORWARDER_CODE_HASH = keccak256(toBuffer(depositForwarderBytecode));

/** The salt of a deposit address: its UUID and 16 zero bytes. */
export function depositSalt(id: string): Hex {
  return `${uuidToBytes16(id)}${'00'.repeat(16)}`;
}

/**
 * Where the forwarder of a deposit address stands, or will stand (EIP-1014); EIP-55. `DepositFactory.addressOf` says the
 * same, and a test compares the two.
 */
export function depositAddressOf(factory: Hex, id: string): Address {
  return getCreate2Address({ from: factory, salt: depositSalt(id), bytecodeHash: FORWARDER_CODE_HASH });
}
