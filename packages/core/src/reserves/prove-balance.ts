import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { createSumTree, leafText, type SumTree } from '@naru/kit/merkle-sum.ts';
import { RESERVES_PAGE_ROWS } from './reserves.limits.ts';
import { type Leaf, listLeaves, listLeavesOf, readNewestReport } from './reserves.store.ts';
import { hashText, type ReservesReport } from './reserves.ts';

export type BalanceProof = {
  report: ReservesReport;
  organisationId: string;
  assets: { assetId: string; decimals: number; leaf: Leaf; tree: SumTree }[];
};

/**
 * Shows an organisation that its balances are in the totals of the newest report. The tree is built again from the leaves
 * that were kept, in memory of its depth. Null: there is no report.
 */
export async function proveBalances(
  deps: { db: Database },
  organisationId: string,
): Promise<BalanceProof | null> {
  const report = await readNewestReport(deps.db);
  if (report === null) return null;
  const own = await listLeavesOf(deps.db, { reportId: report.id, organisationId });
  const assets: BalanceProof['assets'] = [];
  for (const { assetId, decimals, ...leaf } of own)
    assets.push({
      assetId,
      decimals,
      leaf,
      tree: await buildTree(deps.db, report.id, assetId, leaf.position),
    });
  return { report, organisationId, assets };
}

async function buildTree(db: Database, reportId: string, assetId: string, target: number): Promise<SumTree> {
  const tree = createSumTree(hashText, target);
  for (let from = 0; ; from += RESERVES_PAGE_ROWS) {
    const page = await listLeaves(db, { reportId, assetId, from }, RESERVES_PAGE_ROWS);
    for (const leaf of page) tree.add({ text: leafText({ ...leaf, assetId }), units: leaf.units });
    if (page.length < RESERVES_PAGE_ROWS) return assertPresent(tree.finish(), 'tree with a leaf');
  }
}
