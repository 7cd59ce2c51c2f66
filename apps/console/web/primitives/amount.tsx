import { formatAmount, formatWon } from '../format/number.ts';

/** All digits of an amount, with its asset. Aligned by the column that it stands in. */
export function Amount({ amount, asset, krw }: { amount: string; asset: string; krw?: string | null }) {
  return (
    <span className="tabular inline-flex flex-wrap items-baseline justify-end gap-x-1.5 whitespace-nowrap">
      <span>{formatAmount(amount)}</span>
      <span className="text-xs text-muted">{asset}</span>
      {krw === undefined || krw === null ? null : (
        <span className="text-xs text-muted">≈ {formatWon(krw)}</span>
      )}
    </span>
  );
}
