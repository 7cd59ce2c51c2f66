import { randomBytes } from 'node:crypto';
import type { Hex } from '@naru/kit/hex.ts';

/** Rows handed on at once. */
const ROWS_IN_PIECE = 1_000;
/** Smallest unit of a token with 6 decimals; as text in `AMOUNT`. */
export const AMOUNT_UNITS = 1_234_567n;
export const AMOUNT = '1.234567';

/** An address that nobody has used. */
export function freshAddress(): Hex {
  return `0x${randomBytes(20).toString('hex')}`;
}

/** A bulk file that pays `AMOUNT` USDC to each address, a piece at a time. */
export async function* payoutFile(recipients: Iterable<Hex>): AsyncGenerator<string> {
  let piece = 'chain,asset,to,amount,reference,priority\n';
  let row = 0;
  for (const to of recipients) {
    row += 1;
    piece += `localhost,USDC,${to},${AMOUNT},bench-${row},STANDARD\n`;
    if (row % ROWS_IN_PIECE !== 0) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

export function* freshAddresses(count: number): Generator<Hex> {
  for (let index = 0; index < count; index++) yield freshAddress();
}
