import type { Database } from '@naru/db/database.ts';
import { listTreasuries, readTreasuryBooks } from './treasury.store.ts';
import type { Treasury } from './treasury.ts';

export type TreasuryOverview = {
  treasury: Treasury;
  /** What the books say that it holds, smallest unit; `leaving`: what open proposals pay. */
  balances: { assetId: string; decimals: number; units: bigint; leaving: bigint }[];
};

/** Of all chains, or of one. */
export async function readTreasuryOverviews(
  db: Database,
  chainId: string | null,
): Promise<TreasuryOverview[]> {
  const overviews: TreasuryOverview[] = [];
  for (const treasury of await listTreasuries(db)) {
    if (chainId !== null && treasury.chainId !== chainId) continue;
    const { holdings } = await readTreasuryBooks(db, treasury.chainId);
    const balances = holdings.map(({ assetId, decimals, ledger, inFlight }) => ({
      assetId,
      decimals,
      units: ledger,
      leaving: inFlight,
    }));
    overviews.push({ treasury, balances });
  }
  return overviews;
}
