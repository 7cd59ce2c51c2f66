import { randomBytes } from 'node:crypto';
import type { Hex } from '@naru/kit/hex.ts';
import type { Random } from './random.ts';

export type Priority = 'STANDARD' | 'VIP' | 'EMERGENCY';

/**
 * What the rules make of a payout: paid by itself; refused when it is asked for, since its recipient is blocked or the
 * tier's ceiling is below it; denied when it is taken up, since its recipient is sanctioned; or decided by people.
 */
export type Ruling = 'free' | 'blocked' | 'over-limit' | 'sanctioned' | 'approved' | 'denied';

/** Recipients that nothing may ever reach. */
export type Outlaws = { blocked: readonly Hex[]; sanctioned: readonly Hex[] };

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
  ruling: Ruling;
  /** People who must approve it; 0: none. */
  quorum: number;
  /** The code of the refusal, where it was refused. */
  refusal: string | null;
  cancel: 'not asked' | 'refused' | 'canceled';
};

/** Of a hundred payouts. */
const USDC_SHARE = 0.6;
const USDT_SHARE = 0.25;
const VIP_SHARE = 0.1;
const EMERGENCY_SHARE = 0.02;
const REPEATED_SHARE = 0.1;
const CANCELED_SHARE = 0.04;
const RULED_SHARE: Readonly<Record<Exclude<Ruling, 'free'>, number>> = {
  blocked: 0.03,
  'over-limit': 0.03,
  sanctioned: 0.03,
  approved: 0.06,
  denied: 0.03,
};
/** One row in so many goes in as a file. */
const BULK_SHARE = 10;
/** Of a token, in whole units. Far from the borders of `mix/rules.ts`, whatever an old rate adds to their value. */
const WHOLE_UNITS = { onePerson: [100, 200], twoPeople: [400, 500], overLimit: [2_500, 3_000] } as const;

export function fileRows(payouts: number): number {
  return Math.floor(payouts / BULK_SHARE);
}

export function isRefusedBy(ruling: Ruling, code: string | undefined): boolean {
  if (ruling === 'blocked') return code === 'address_blocked';
  return ruling === 'over-limit' && code === 'limit_exceeded';
}

const DECIMALS = { USDC: 6, USDT: 6, ETH: 18 } as const;
/** Smallest units; to it comes a number of the payout's own, so that a swapped amount shows. */
const LEAST = { USDC: 1_000_000n, USDT: 1_000_000n, ETH: 1_000_000_000_000n } as const;

export function createPayouts(phase: string, count: number, random: Random, outlaws: Outlaws): Payout[] {
  return Array.from({ length: count }, (_, index) => {
    const isInFile = index < fileRows(count);
    const share = random.whole(0, 9_999) / 10_000;
    const drawn = share < USDC_SHARE ? 'USDC' : share < USDC_SHARE + USDT_SHARE ? 'USDT' : 'ETH';
    const ruling = drawRuling(random, isInFile);
    // What is decided by its value is of a token.
    const asset = drawn === 'ETH' && isByValue(ruling) ? 'USDC' : drawn;
    const quorum = isForPeople(ruling) ? random.whole(1, 2) : 0;
    const units = drawUnits(random, asset, ruling, quorum);
    const priority = random.chance(EMERGENCY_SHARE)
      ? 'EMERGENCY'
      : random.chance(VIP_SHARE)
        ? 'VIP'
        : 'STANDARD';
    return {
      phase,
      idempotencyKey: `${phase}-${index}-${randomBytes(8).toString('hex')}`,
      asset,
      to: recipientOf(random, ruling, outlaws),
      units,
      amount: decimalText(units, DECIMALS[asset]),
      priority,
      isRepeated: random.chance(REPEATED_SHARE),
      isCanceled: random.chance(CANCELED_SHARE),
      id: null,
      ruling,
      quorum,
      refusal: null,
      cancel: 'not asked',
    };
  });
}

/** A file is accepted or refused as a whole, so what is refused at once stands in none. */
function drawRuling(random: Random, isInFile: boolean): Ruling {
  let share = random.whole(0, 9_999) / 10_000;
  for (const [ruling, width] of Object.entries(RULED_SHARE) as [Exclude<Ruling, 'free'>, number][]) {
    if (share < width) return isInFile && (ruling === 'blocked' || ruling === 'over-limit') ? 'free' : ruling;
    share -= width;
  }
  return 'free';
}

export function isForPeople(ruling: Ruling): boolean {
  return ruling === 'approved' || ruling === 'denied';
}

function isByValue(ruling: Ruling): boolean {
  return isForPeople(ruling) || ruling === 'over-limit';
}

function drawUnits(random: Random, asset: Payout['asset'], ruling: Ruling, quorum: number): bigint {
  const own = BigInt(random.whole(1, 999_999));
  if (!isByValue(ruling)) return LEAST[asset] + own;
  const range =
    ruling === 'over-limit' ? 'overLimit' : quorum === 2 ? ('twoPeople' as const) : ('onePerson' as const);
  const [least, most] = WHOLE_UNITS[range];
  return BigInt(random.whole(least, most)) * LEAST.USDC + own;
}

function recipientOf(random: Random, ruling: Ruling, { blocked, sanctioned }: Outlaws): Hex {
  if (ruling === 'blocked') return random.pick(blocked);
  if (ruling === 'sanctioned') return random.pick(sanctioned);
  return `0x${randomBytes(20).toString('hex')}`;
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
