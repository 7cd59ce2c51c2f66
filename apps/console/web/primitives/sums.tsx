import { sumByAsset } from '../format/number.ts';
import { Amount } from './amount.tsx';

/** What amounts add up to, an asset a line; assets are never added to one another. */
export function Sums({ rows }: { rows: readonly { asset: string; amount: string }[] }) {
  return (
    <span className="inline-flex flex-col items-end">
      {sumByAsset(rows).map(({ asset, amount }) => (
        <Amount key={asset} asset={asset} amount={amount} />
      ))}
    </span>
  );
}
