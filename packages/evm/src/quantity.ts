import type { Hex } from '@naru/kit/hex.ts';

/**
 * "Quantity" of the Ethereum JSON-RPC specification (https://ethereum.org/developers/docs/apis/json-rpc/#hex-encoding):
 * 0x and hex digits. Leading zeros, which the specification forbids and some nodes send, are let through.
 */
const QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;

/** Null when the value is no quantity. */
export function parseQuantity(value: unknown): bigint | null {
  return typeof value === 'string' && QUANTITY.test(value) ? BigInt(value) : null;
}

export function toQuantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}
