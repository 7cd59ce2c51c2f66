import type { Database } from '@naru/db/database.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits, minUnits, sumUnits } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import type { DepositPort } from '../deposit/deposit.ports.ts';
import { listSubAccounts } from '../sub-account/sub-account.store.ts';
import { findTreasury } from '../treasury/treasury.store.ts';
import { RESERVES_PAGE_ROWS } from './reserves.limits.ts';
import { listHolders } from './reserves.store.ts';

/** On the chain, smallest unit. */
export type AssetHoldings = { subAccounts: bigint; depositAddresses: bigint; treasury: bigint };

export type ChainHoldings = {
  block: bigint;
  blockHash: Hex;
  isFinal: boolean;
  providers: number;
  /** By asset id. */
  byAsset: ReadonlyMap<string, AssetHoldings>;
};

/**
 * What the accounts, the deposit addresses and the treasury of a chain hold at one block, as every provider asked says. A final block
 * where a node keeps its state; else the newest that all of them have, which the report says. Throws when they disagree.
 */
export async function readChainReserves(
  db: Database,
  target: { chain: Chain; port: DepositPort; assets: readonly Asset[] },
): Promise<ChainHoldings> {
  const { chain, port } = target;
  const providers = Math.min(2, port.providerCount);
  const head = (await port.heads(providers)).reduce(minUnits);
  const final = maxUnits(head - BigInt(chain.confirmations) + 1n, 0n);
  try {
    return { ...(await readAt(db, target, final, providers)), isFinal: true };
  } catch (error) {
    if (final === head) throw error;
    const newest = await readAt(db, target, head, providers).catch(() => {
      throw error;
    });
    return { ...newest, isFinal: false };
  }
}

async function readAt(
  db: Database,
  { chain, port, assets }: { chain: Chain; port: DepositPort; assets: readonly Asset[] },
  block: bigint,
  providers: number,
): Promise<Omit<ChainHoldings, 'isFinal'>> {
  const [header] = await port.headers(block, block);
  if (header === undefined) throw new Error(`block ${block} of ${chain.id} is not there`);
  const accounts = (await listSubAccounts(db, chain.id)).map(({ address }) => address);
  const treasury = await findTreasury(db, chain.id);
  const safes = treasury === null ? [] : [treasury.safe];
  const byAsset = new Map<string, AssetHoldings>();
  for (const asset of assets) {
    let depositAddresses = 0n;
    for (let after: string | null = null; ; ) {
      const holders: { id: string; address: Hex }[] = await listHolders(
        db,
        { chainId: chain.id, assetId: asset.id, after },
        RESERVES_PAGE_ROWS,
      );
      depositAddresses += await sumAt(
        port,
        asset,
        holders.map(({ address }) => address),
        block,
        providers,
      );
      after = holders.at(-1)?.id ?? null;
      if (holders.length < RESERVES_PAGE_ROWS) break;
    }
    byAsset.set(asset.id, {
      subAccounts: await sumAt(port, asset, accounts, block, providers),
      depositAddresses,
      treasury: await sumAt(port, asset, safes, block, providers),
    });
  }
  const [still] = await port.headers(block, block);
  if (still?.hash !== header.hash)
    throw new Error(`block ${block} of ${chain.id} was reorganised away meanwhile`);
  return { block, blockHash: header.hash, providers, byAsset };
}

async function sumAt(
  port: DepositPort,
  asset: Asset,
  accounts: readonly Hex[],
  block: bigint,
  providers: number,
): Promise<bigint> {
  const pairs = accounts.map((account) => ({ account, token: asset.address }));
  const [first = [], ...others] = await port.balancesAt(pairs, block, providers);
  if (others.some((list) => list.join() !== first.join()))
    throw new Error(`the providers name different balances of ${asset.id} at block ${block}`);
  return sumUnits(first);
}

/** The text of a report instead of an error: a chain that cannot be read must not keep the others from being reported. */
export async function tryChainReserves(
  ...args: Parameters<typeof readChainReserves>
): Promise<{ holdings: ChainHoldings; problem: null } | { holdings: null; problem: string }> {
  try {
    return { holdings: await readChainReserves(...args), problem: null };
  } catch (error) {
    return { holdings: null, problem: errorText(error) };
  }
}
