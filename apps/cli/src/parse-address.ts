import { type Address, checksumAddress, isAddress } from 'viem';
import { usageError } from './context.ts';
import { ADDRESS_PATTERN } from './patterns.ts';

/** In EIP-55 form; refuses one whose checksum is wrong. */
export function parseAddress(text: string): Address {
  if (!ADDRESS_PATTERN.test(text))
    throw usageError(`"${text}" is not an address: 0x and 40 hexadecimal digits`);
  const isMixed = /[a-f]/.test(text.slice(2)) && /[A-F]/.test(text.slice(2));
  if (isMixed && !isAddress(text))
    throw usageError(`the checksum of ${text} is wrong: a character may be mistyped`);
  return checksumAddress(`0x${text.slice(2).toLowerCase()}`);
}
