import type { Hex } from '@naru/kit/hex.ts';
import { keccak256 } from 'viem';

/** Of the ASCII letters `a` to `f`: one bit tells lower from upper case. */
const LOWER_CASE_A = 97;
const CASE_BIT = 0x20;
const digits = Buffer.alloc(40);

/**
 * An address with its checksum in the case of its letters. Source: EIP-55. `address`: 0x and 40 hexadecimal digits, in
 * any case. Half the time of viem's function, which keeps the last few thousand answers and makes strings on the way:
 * every row of a bulk file comes by here, and hardly an address of it twice.
 */
export function checksumAddress(address: string): Hex {
  digits.write(address.slice(2).toLowerCase(), 'latin1');
  const hash = keccak256(digits, 'bytes');
  for (let index = 0; index < digits.length; index++) {
    const digit = digits[index] ?? 0;
    const byte = hash[index >> 1] ?? 0;
    const nibble = index % 2 === 0 ? byte >> 4 : byte & 15;
    if (digit >= LOWER_CASE_A && nibble >= 8) digits[index] = digit - CASE_BIT;
  }
  return `0x${digits.toString('latin1')}`;
}

/**
 * An address as a caller gives it, with its checksum. All lower case and all upper case carry none; mixed case must be
 * right, else null. Source: EIP-55.
 */
export function checkedAddress(text: string): Hex | null {
  const digits = text.slice(2);
  const hasChecksum = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  const address = checksumAddress(text);
  return hasChecksum && address !== text ? null : address;
}
