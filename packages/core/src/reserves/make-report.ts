import { randomBytes } from 'node:crypto';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createSumTree, leafText, type SumTree } from '@naru/kit/merkle-sum.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import type { Chain } from '../chain/chain.ts';
import type { DepositPort } from '../deposit/deposit.ports.ts';
import { readHotWallets } from '../reconciliation/reconciliation.store.ts';
import { type AssetHoldings, type ChainHoldings, tryChainReserves } from './read-chain-reserves.ts';
import { RESERVES_PAGE_ROWS } from './reserves.limits.ts';
import {
  freezeMoment,
  insertLeaves,
  insertReport,
  type LedgerTotals,
  listBalances,
  readLedgerTotals,
} from './reserves.store.ts';
import {
  type AssetReserves,
  type ChainReserves,
  hashText,
  type ReservesBody,
  type ReservesReport,
} from './reserves.ts';

/**
 * Makes and keeps a report: what is owed against what the chains hold. Chains first, then the books in one moment and one
 * transaction, the trees over all balances included; its hash is in the audit log, which is sealed.
 */
export async function makeReservesReport(
  deps: { db: Database; clock: Clock },
  chains: readonly { chain: Chain; port: DepositPort }[],
  by: AuditContext,
): Promise<ReservesReport> {
  const { assets } = await readCatalogue(deps.db);
  const read: Parameters<typeof describeChain>[2][] = [];
  for (const { chain, port } of chains) {
    const own = [...assets.values()].filter((asset) => asset.chainId === chain.id);
    read.push({ chain, ...(await tryChainReserves(deps.db, { chain, port, assets: own })) });
  }
  const id = newUuid();
  return await withTransaction(deps.db, async (tx) => {
    await freezeMoment(tx);
    await setAuditContext(tx, by);
    const described: ChainReserves[] = [];
    for (const one of read) described.push(await describeChain(tx, id, one));
    const body: ReservesBody = {
      version: 1,
      id,
      madeAt: deps.clock.now().toISOString(),
      chains: described,
    };
    const text = JSON.stringify(body);
    const report = await insertReport(tx, { id, body: text, hash: hashText(text) });
    await recordAudit(tx, {
      action: 'reserves.report',
      subject: `reserves_report ${id}`,
      after: { hash: report.hash },
    });
    return report;
  });
}

async function describeChain(
  tx: Tx,
  reportId: string,
  read: { chain: Chain; holdings: ChainHoldings | null; problem: string | null },
): Promise<ChainReserves> {
  const { chain, holdings, problem } = read;
  const totals = await readLedgerTotals(tx, chain.id);
  const { wallets } = await readHotWallets(tx, chain.id);
  const assets: AssetReserves[] = [];
  for (const total of totals) {
    const inFlight = wallets.find(({ assetId }) => assetId === total.assetId)?.inFlight ?? 0n;
    const tree = await keepTree(tx, reportId, total.assetId);
    assets.push(describeAsset(total, inFlight, holdings?.byAsset.get(total.assetId) ?? null, tree));
  }
  return {
    chain: chain.id,
    block: holdings === null ? null : String(holdings.block),
    blockHash: holdings?.blockHash ?? null,
    isFinal: holdings?.isFinal ?? false,
    providers: holdings?.providers ?? 0,
    problem,
    assets,
  };
}

/** Of one asset, from the books and, where it could be read, the chain. Pure. */
export function describeAsset(
  total: LedgerTotals,
  inFlight: bigint,
  onChain: AssetHoldings | null,
  tree: Pick<SumTree, 'hash' | 'sum' | 'leaves'> | null,
): AssetReserves {
  const ledger = total.hotWallet + total.depositWallet + total.treasury;
  const held = onChain === null ? null : onChain.subAccounts + onChain.depositAddresses + onChain.treasury;
  const difference = held === null ? null : held - ledger;
  const text = (units: bigint | undefined) => (units === undefined ? null : String(units));
  return {
    asset: total.assetId,
    decimals: total.decimals,
    customersUnits: String(total.customers),
    customersReservedUnits: String(total.customersReserved),
    suspenseUnits: String(total.suspense),
    houseUnits: String(total.house),
    subAccountsUnits: text(onChain?.subAccounts),
    depositAddressesUnits: text(onChain?.depositAddresses),
    treasuryUnits: text(onChain?.treasury),
    ledgerUnits: String(ledger),
    inFlightUnits: String(inFlight),
    arrivingUnits: String(total.arriving),
    differenceUnits: difference === null ? null : String(difference),
    explained: difference === null ? null : difference >= -inFlight && difference <= total.arriving,
    covered: held === null ? null : held + inFlight >= total.customers + total.suspense,
    tree: tree === null ? null : { root: tree.hash, sumUnits: String(tree.sum), leaves: tree.leaves },
  };
}

/** Writes the leaves of an asset page by page and builds their tree on the way. */
async function keepTree(tx: Tx, reportId: string, assetId: string): Promise<SumTree | null> {
  const tree = createSumTree(hashText);
  let position = 0;
  for (let after: string | null = null; ; ) {
    const page = await listBalances(tx, assetId, after, RESERVES_PAGE_ROWS);
    const leaves = page.map(({ organisationId, units }) => ({
      position: position++,
      organisationId,
      units,
      salt: randomBytes(32).toString('hex'),
    }));
    for (const leaf of leaves) tree.add({ text: leafText({ ...leaf, assetId }), units: leaf.units });
    if (leaves.length > 0) await insertLeaves(tx, { reportId, assetId }, leaves);
    after = page.at(-1)?.organisationId ?? null;
    if (page.length < RESERVES_PAGE_ROWS) return tree.finish();
  }
}
