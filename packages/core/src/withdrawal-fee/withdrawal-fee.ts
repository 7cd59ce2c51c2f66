import { divideRoundingUp, maxUnits, minUnits } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { AMOUNT_MAX } from '../withdrawal/withdrawal.limits.ts';
import { type CoinWorth, weiInToken } from './coin-worth.ts';

/** How a fee is made up. Amounts in the smallest unit of the asset. */
export type FeeTerms = {
  flat: bigint;
  /** Of the amount, in hundredths of a percent. */
  basisPoints: number;
  /** Of what the gas of one payment costs now, in percent: 100 is the cost. */
  gasPercent: number;
  feeMin: bigint;
  feeMax: bigint | null;
};

export type FeeSchedule = FeeTerms & {
  /** UUID; it stands with every withdrawal that was charged by it. */
  id: string;
  assetId: string;
  /** Null: of everybody who has none of their own. */
  organisationId: string | null;
  version: number;
  /** An organisation has again what everybody has. */
  ended: boolean;
  actor: string;
  reason: string;
  at: Date;
};

/** All that a fee is decided by, as of a moment ago: schedules in force, and what gas costs. */
export type FeeBook = {
  /** By asset id; of an organisation by `<asset id>/<organisation id>`. */
  schedules: ReadonlyMap<string, FeeSchedule>;
  /** By chain id, wei per gas; a price that is too old to charge by is not in it. */
  gasPrices: ReadonlyMap<string, bigint>;
  /** By asset id, of tokens whose fee follows gas: what the coin of their chain is worth in them. */
  coinWorth: ReadonlyMap<string, CoinWorth>;
};

export const noFees: FeeBook = { schedules: new Map(), gasPrices: new Map(), coinWorth: new Map() };

export type Fee =
  | { kind: 'known'; fee: bigint; scheduleId: string | null }
  /** It depends on gas, and what gas costs is not known: nothing can be accepted at a price nobody knows. */
  | { kind: 'unknown'; why: string };

export function scheduleKey(assetId: string, organisationId: string | null): string {
  return organisationId === null ? assetId : `${assetId}/${organisationId}`;
}

/** Whose schedule counts: the organisation's own, unless it ended, else that of everybody. Null: it costs nothing. */
export function scheduleFor(book: FeeBook, assetId: string, organisationId: string): FeeSchedule | null {
  // Most deployments charge nothing: two look-ups fewer for each withdrawal.
  if (book.schedules.size === 0) return null;
  const own = book.schedules.get(scheduleKey(assetId, organisationId));
  if (own !== undefined && !own.ended) return own;
  const common = book.schedules.get(assetId);
  return common === undefined || common.ended ? null : common;
}

/** What one withdrawal costs on top of its amount. Decided once, when it is accepted. */
export function decideFee(
  book: FeeBook,
  of: { chain: Chain; asset: Asset; organisationId: string; amount: bigint },
): Fee {
  const schedule = scheduleFor(book, of.asset.id, of.organisationId);
  if (schedule === null) return { kind: 'known', fee: 0n, scheduleId: null };
  const gas = schedule.gasPercent === 0 ? 0n : gasOfOnePayment(book, of.chain, of.asset);
  if (typeof gas !== 'bigint') return { kind: 'unknown', why: gas.why };
  return { kind: 'known', fee: computeFee(schedule, of.amount, gas), scheduleId: schedule.id };
}

const BASIS_POINTS_OF_ALL = 10_000n;
const PERCENT_OF_ALL = 100n;

/** `gasCost`: of one payment, in the smallest unit of the asset. Every part is rounded up: never less than what was said. */
export function computeFee(terms: FeeTerms, amount: bigint, gasCost: bigint): bigint {
  const fee =
    terms.flat +
    divideRoundingUp(amount * BigInt(terms.basisPoints), BASIS_POINTS_OF_ALL) +
    divideRoundingUp(gasCost * BigInt(terms.gasPercent), PERCENT_OF_ALL);
  const bounded = minUnits(maxUnits(fee, terms.feeMin), terms.feeMax ?? AMOUNT_MAX);
  return minUnits(bounded, AMOUNT_MAX);
}

/** In the smallest unit of the asset: for the coin wei, for a token what the coin is worth in it. */
function gasOfOnePayment(book: FeeBook, chain: Chain, asset: Asset): bigint | { why: string } {
  const weiPerGas = book.gasPrices.get(chain.id);
  if (weiPerGas === undefined) return { why: `what gas costs on ${chain.id} is not known at the moment` };
  const wei = weiPerGas * (asset.gasPerItem + chain.dataGasPerItem);
  if (asset.address === null) return wei;
  const worth = book.coinWorth.get(asset.id);
  if (worth === undefined || worth.kind === 'unknown') {
    const why = worth === undefined ? '' : `: ${worth.why}`;
    return { why: `what ${chain.nativeSymbol} is worth in ${asset.code} is not known at the moment${why}` };
  }
  return weiInToken(wei, worth);
}
