export type Hex = `0x${string}`;

/** Buffer (a `bytea` column) → 0x-hex. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** 0x-hex → Buffer (for a `bytea` column). */
export function toBuffer(hex: string): Buffer {
  return Buffer.from(hex.startsWith('0x') ? hex.slice(2) : hex, 'hex');
}
