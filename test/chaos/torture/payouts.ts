import { randomBytes } from 'node:crypto';
import type { Hex } from '@naru/kit/hex.ts';
import type { Random } from './random.ts';

export type Priority = 'STANDARD' | 'VIP' | 'EMERGENCY';

/** A payout of this run, and what its client was told about it. */
export type Payout = {
  phase: string;
  /** The client's own, the same in every try. */
  idempotencyKey: string;
  asset: 'USDC' | 'USDT' | 'ETH';
  /** Fresh, so that its balance must equal the amount. */
  to: Hex;
  /** Smallest unit; `amount` is the same as decimal text. */
  units: bigint;
  amount: string;
  priority: Priority;
  /** After it was accepted, the same call is made once more. */
  isRepeated: boolean;
  /** After it was accepted, its client asks to cancel it. */
  isCanceled: boolean;
  /** Of the withdrawal, a UUID: what the 202 said. Null: not accepted yet. */
  id: string | null;
  cancel: 'not asked' | 'refused' | 'canceled';
};

/** Of a hundred payouts. */
const USDC_SHARE = 0.6;
const USDT_SHARE = 0.25;
const VIP_SHARE = 0.1;
const EMERGENCY_SHARE = 0.02;
const REPEATED_SHARE = 0.1;
const CANCELED_SHARE = 0.04;

const DECIMALS = { USDC: 6, USDT: 6, ETH: 18 } as const;
/** Smallest units; to it comes a number of the payout's own, so that a swapped amount shows. */
const LEAST = { USDC: 1_000_000n, USDT: 1_000_000n, ETH: 1_000_000_000_000n } as const;

export function createPayouts(phase: string, count: number, random: Random): Payout[] {
  return Array.from({ length: count }, (_, index) => {
    const share = random.whole(0, 9_999) / 10_000;
    const asset = share < USDC_SHARE ? 'USDC' : share < USDC_SHARE + USDT_SHARE ? 'USDT' : 'ETH';
    const units = LEAST[asset] + BigInt(random.whole(1, 999_999));
    const priority = random.chance(EMERGENCY_SHARE)
      ? 'EMERGENCY'
      : random.chance(VIP_SHARE)
        ? 'VIP'
        : 'STANDARD';
    return {
      phase,
      idempotencyKey: `${phase}-${index}-${randomBytes(8).toString('hex')}`,
      asset,
      to: `0x${randomBytes(20).toString('hex')}`,
      units,
      amount: decimalText(units, DECIMALS[asset]),
      priority,
      isRepeated: random.chance(REPEATED_SHARE),
      isCanceled: random.chance(CANCELED_SHARE),
      id: null,
      cancel: 'not asked',
    };
  });
}

function decimalText(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The payouts as a file of the bulk route, one a line. */
export function bulkFile(payouts: readonly Payout[]): string {
  const rows = payouts.map(
    ({ asset, to, amount, idempotencyKey, priority }) =>
      `localhost,${asset},${to},${amount},${idempotencyKey},${priority}\n`,
  );
  return `chain,asset,to,amount,reference,priority\n${rows.join('')}`;
}
