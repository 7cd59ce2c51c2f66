import type { Hex } from '@naru/kit/hex.ts';
import { getAddress, isAddress } from 'viem';

/** An address that a person typed, with its checksum. Null: it is none, or its checksum is wrong: a character was mistyped. */
export function parseOwnAddress(text: string): Hex | null {
  const hex = text.slice(2);
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return null;
  const isMixed = /[a-f]/.test(hex) && /[A-F]/.test(hex);
  return isMixed && !isAddress(text) ? null : getAddress(`0x${hex.toLowerCase()}`);
}
