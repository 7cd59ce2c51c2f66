import type { FeeQuote } from '@naru/evm/fees.ts';
import { maxUnits } from '@naru/kit/money.ts';
import { SWEEP_ADDRESS_GAS_USED, SWEEP_COIN_FACTOR } from '../deposit.limits.ts';

/**
 * From which amount on an address is worth its share of a sweep; null: nothing is now, since the market asks more than the
 * fee ceiling. Of the coin, many times what the share burns; what a token is worth nobody here knows, so an operator says
 * (`naru deposits minimum`), and without that the smallest withdrawal stands for it.
 */
export function leastToSweep(
  asset: { address: string | null; minimum: bigint },
  sweepMinimum: bigint | null,
  quote: FeeQuote,
): bigint | null {
  if (quote.kind === 'ceiling_exceeded') return null;
  const configured = maxUnits(sweepMinimum ?? asset.minimum, 1n);
  if (asset.address !== null) return configured;
  const feeWei = quote.kind === 'legacy' ? quote.gasPriceWei : quote.maxFeePerGasWei;
  return maxUnits(configured, SWEEP_COIN_FACTOR * SWEEP_ADDRESS_GAS_USED * feeWei);
}

/**
 * Of the addresses worth a sweep, those of one transaction: of one factory, and as the chain has them now. Somebody else may
 * have swept some; what is on the chain less than the books say is left for the books to catch up.
 */
export function selectToSweep<H extends { factory: string; amount: bigint }>(
  holdings: readonly H[],
  onChain: readonly bigint[],
  least: bigint,
): H[] {
  const worth = holdings.filter((_, index) => (onChain[index] ?? 0n) >= least);
  const [first] = worth;
  return worth.filter(({ factory }) => factory === first?.factory);
}
