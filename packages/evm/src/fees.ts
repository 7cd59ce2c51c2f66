import { assert } from '@naru/kit/assert.ts';

/** How much a transaction offers for gas. Wei per gas everywhere. No I/O in this file; fee-oracle.ts asks the chain. */
export type Fees =
  | { kind: 'eip1559'; maxFeePerGasWei: bigint; maxPriorityFeePerGasWei: bigint }
  | { kind: 'legacy'; gasPriceWei: bigint };

export type FeePolicy = {
  gasModel: 'eip1559' | 'legacy';
  /** No transaction offers more than this, whatever the market asks. */
  feeCapWeiMax: bigint;
  /** No transaction offers less; above zero where nodes have a minimum, as on Polygon and BSC. */
  feeCapWeiMin: bigint;
  /** The least tip, and the tip of an idle chain. */
  priorityFeeWeiMin: bigint;
  /** Of the next block's base fee. 200 lasts six full blocks in a row (EIP-1559 raises it by 12.5 % a block at most). */
  baseFeeHeadroomPercent: number;
  /** Which tip, of those paid in recent blocks, to offer: 50 is the median by gas. */
  rewardPercentile: number;
  /** How many recent blocks to look at. */
  historyBlocks: number;
};

export type FeeMarket = {
  /** Of the next block; 0 on a chain without base fee. */
  baseFeeWei: bigint;
  /** At the policy's percentile. On a chain without base fee, the whole gas price. */
  priorityFeeWei: bigint;
};

/** `ceiling_exceeded`: even the cheapest offer that the next block could take is above the ceiling. */
export type FeeQuote =
  | Fees
  | { kind: 'ceiling_exceeded'; baseFeeWei: bigint; neededWei: bigint; feeCapWeiMax: bigint };

/**
 * An offer the next block would take, with the policy's headroom as far as the ceiling leaves room for it.
 * EIP-1559: https://eips.ethereum.org/EIPS/eip-1559
 */
export function computeFees(market: FeeMarket, policy: FeePolicy): FeeQuote {
  assertPolicy(policy);
  const { feeCapWeiMax, feeCapWeiMin, priorityFeeWeiMin } = policy;
  const { baseFeeWei } = market;
  const neededWei = max(baseFeeWei + priorityFeeWeiMin, feeCapWeiMin);
  if (neededWei > feeCapWeiMax) return { kind: 'ceiling_exceeded', baseFeeWei, neededWei, feeCapWeiMax };

  const priorityFeeWei = max(market.priorityFeeWei, priorityFeeWeiMin);
  const comfortableWei = percentOfCeil(baseFeeWei, policy.baseFeeHeadroomPercent) + priorityFeeWei;
  const maxFeePerGasWei = min(max(comfortableWei, feeCapWeiMin), feeCapWeiMax);
  if (policy.gasModel === 'legacy') return { kind: 'legacy', gasPriceWei: maxFeePerGasWei };
  return {
    kind: 'eip1559',
    maxFeePerGasWei,
    // Under the ceiling, the tip gives way before the base fee does.
    maxPriorityFeePerGasWei: min(priorityFeeWei, maxFeePerGasWei - baseFeeWei),
  };
}

export type FeeBump =
  | { kind: 'bumped'; fees: Fees }
  /** The least a replacement would need is above the ceiling: keep the attempt that is out. */
  | { kind: 'ceiling_reached'; neededWei: bigint; feeCapWeiMax: bigint };

/**
 * Nodes replace a pooled transaction by one that pays 10 % more in both fields (geth, bor, BSC, Erigon, Nethermind, Besu);
 * 12.5 % leaves room for other roundings and is exact in eighths.
 */
const BUMP_NUMERATOR = 9n;
const BUMP_DENOMINATOR = 8n;

/**
 * Fees of a same-nonce replacement: at least an eighth more than `previous` in each field, rounded up, and what `quote`
 * asks where that is more and fits under the ceiling. `previous` and `quote` must be of the policy's gas model.
 */
export function bumpFees(previous: Fees, quote: Fees | null, policy: FeePolicy): FeeBump {
  assertPolicy(policy);
  assert(
    previous.kind === policy.gasModel,
    `cannot bump ${previous.kind} fees on a ${policy.gasModel} chain`,
  );
  assert(quote === null || quote.kind === previous.kind, 'a replacement keeps the type of its transaction');
  const { feeCapWeiMax } = policy;
  const leastWei = raise(offerOf(previous).maxFeeWei);
  if (leastWei > feeCapWeiMax) return { kind: 'ceiling_reached', neededWei: leastWei, feeCapWeiMax };

  const wanted = quote === null ? { maxFeeWei: 0n, priorityFeeWei: 0n } : offerOf(quote);
  const maxFeeWei = min(max(leastWei, wanted.maxFeeWei), feeCapWeiMax);
  if (previous.kind === 'legacy') return { kind: 'bumped', fees: { kind: 'legacy', gasPriceWei: maxFeeWei } };

  assert(
    previous.maxPriorityFeePerGasWei <= previous.maxFeePerGasWei,
    'the previous attempt tips more than it offers',
  );
  const priorityFeeWei = min(max(raise(previous.maxPriorityFeePerGasWei), wanted.priorityFeeWei), maxFeeWei);
  return {
    kind: 'bumped',
    fees: { kind: 'eip1559', maxFeePerGasWei: maxFeeWei, maxPriorityFeePerGasWei: priorityFeeWei },
  };
}

/** Also strictly more, because an eighth of zero is nothing and nodes refuse equal fields. */
function raise(wei: bigint): bigint {
  return max((wei * BUMP_NUMERATOR + BUMP_DENOMINATOR - 1n) / BUMP_DENOMINATOR, wei + 1n);
}

function offerOf(fees: Fees): { maxFeeWei: bigint; priorityFeeWei: bigint } {
  return fees.kind === 'legacy'
    ? { maxFeeWei: fees.gasPriceWei, priorityFeeWei: fees.gasPriceWei }
    : { maxFeeWei: fees.maxFeePerGasWei, priorityFeeWei: fees.maxPriorityFeePerGasWei };
}

function assertPolicy(policy: FeePolicy): void {
  assert(policy.feeCapWeiMax > 0n, 'the fee ceiling must be above zero');
  assert(policy.feeCapWeiMin <= policy.feeCapWeiMax, 'the fee floor is above the fee ceiling');
  assert(policy.feeCapWeiMin >= 0n && policy.priorityFeeWeiMin >= 0n, 'fees are not negative');
  assert(
    Number.isInteger(policy.baseFeeHeadroomPercent) && policy.baseFeeHeadroomPercent >= 100,
    'baseFeeHeadroomPercent must be a whole number from 100',
  );
}

function percentOfCeil(wei: bigint, percent: number): bigint {
  return (wei * BigInt(percent) + 99n) / 100n;
}

const min = (a: bigint, b: bigint) => (a < b ? a : b);
const max = (a: bigint, b: bigint) => (a > b ? a : b);
