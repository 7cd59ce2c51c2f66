import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { depositSalt } from '@naru/evm/deposit-address.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import { type Asset, assetIdOf, type Chain } from '../chain/chain.ts';
import { insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { isNonceOpen, readChainCounts } from '../chain-tx/check-nonce-slots.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { listHeldAccounts, listSubAccounts, takeNonce } from '../sub-account/sub-account.store.ts';
import { leastToSweep, selectToSweep } from './decisions/sweep.ts';
import { SWEEP_ADDRESS_GAS, SWEEP_ADDRESSES_MAX, SWEEP_BASE_GAS } from './deposit.limits.ts';
import type { DepositPort } from './deposit.ports.ts';
import { readDepositLimit, wishSweep } from './deposit.store.ts';
import { listUndeployed } from './deposit-address.store.ts';
import { hasOpenSweep, insertSweepAddresses, listHoldings, lockSweeps } from './sweep.store.ts';

export type SweepDeps = {
  db: Database;
  chainPort: ChainPort & DepositPort;
  logger: Logger;
  /** Sweeps are sent from accounts that it holds, and from no others. */
  owner: string;
};
export type SweepTarget = { chain: Chain; assets: readonly Asset[] };

/** What one transaction is to sweep; token null: the coin, or nothing but making the forwarders. */
type Wanted = { asset: Asset; factory: Hex; addressIds: string[]; why: string };

/**
 * Plans what is worth a sweep: for each asset one transaction at a time, and one for addresses whose forwarder is to be
 * made. It takes its nonce as a payment does, from an account that this processor holds. Returns how many were planned.
 */
export async function planSweeps(deps: SweepDeps, target: SweepTarget): Promise<number> {
  const { chain } = target;
  let planned = 0;
  for (const asset of target.assets.filter(({ chainId }) => chainId === chain.id)) {
    if (await hasOpenSweep(deps.db, chain.id, asset.id)) continue;
    const wanted = await findWanted(deps, target, asset);
    if (wanted === null || !(await goesToUs(deps, chain, wanted.factory))) continue;
    if (await planOne(deps, chain, wanted)) planned += 1;
  }
  return planned;
}

async function findWanted(deps: SweepDeps, { chain }: SweepTarget, asset: Asset): Promise<Wanted | null> {
  const limit = await readDepositLimit(deps.db, asset.id);
  const quote = await deps.chainPort.quoteFees(chain.feePerGasWeiMax);
  const isWished = limit?.sweepOnce === true;
  const least = isWished ? 1n : leastToSweep(asset, limit?.sweepMinimum ?? null, quote);
  if (least === null) return null;
  const holdings = await listHoldings(
    deps.db,
    { chainId: chain.id, assetId: asset.id, least },
    addressesMax(chain),
  );
  const balances =
    holdings.length === 0
      ? []
      : await deps.chainPort.balances(
          holdings.map(({ address }) => ({ account: address, token: asset.address })),
        );
  const chosen = selectToSweep(holdings, balances, least);
  const [first] = chosen;
  if (first !== undefined)
    return {
      asset,
      factory: first.factory,
      addressIds: chosen.map(({ addressId }) => addressId),
      why: 'swept',
    };
  // All is swept that there was.
  if (isWished) await wishSweep(deps.db, asset, false);
  if (asset.id !== assetIdOf(chain.id, chain.nativeSymbol)) return null;
  // A sweep of the coin makes the forwarders that are not there, so that they log what they receive of it.
  const undeployed = await listUndeployed(deps.db, chain.id, addressesMax(chain));
  const [oldest] = undeployed;
  if (oldest === undefined) return null;
  const addressIds = undeployed.filter(({ factory }) => factory === oldest.factory).map(({ id }) => id);
  return { asset, factory: oldest.factory, addressIds, why: 'made' };
}

function addressesMax(chain: Chain): number {
  return Math.max(
    1,
    Math.min(SWEEP_ADDRESSES_MAX, Number((chain.txGasMax - SWEEP_BASE_GAS) / SWEEP_ADDRESS_GAS)),
  );
}

/** Money must arrive at an account that the books count: whoever configured another factory must hear of it first. */
async function goesToUs(deps: SweepDeps, chain: Chain, factory: Hex): Promise<boolean> {
  const treasury = await deps.chainPort.treasuryOf(factory);
  const accounts = await listSubAccounts(deps.db, chain.id);
  if (treasury !== null && accounts.some(({ address }) => address === treasury)) return true;
  deps.logger.error(
    { chain: chain.id, factory, treasury },
    treasury === null
      ? 'there is no deposit factory at this address; nothing is swept'
      : 'the treasury of the deposit factory is none of our accounts; nothing is swept',
  );
  return false;
}

async function planOne(deps: SweepDeps, chain: Chain, wanted: Wanted): Promise<boolean> {
  const held = { chainId: chain.id, owner: deps.owner };
  const accounts = await listHeldAccounts(deps.db, held);
  const counts = await readChainCounts(deps, accounts);
  for (const account of await listHeldAccounts(deps.db, held)) {
    if (!(await isNonceOpen(deps, account, counts))) continue;
    const planned = await withTransaction(deps.db, async (tx) => {
      await lockSweeps(tx, chain.id);
      if (await hasOpenSweep(tx, chain.id, wanted.asset.id)) return null;
      const nonce = await takeNonce(tx, { accountId: account.id, owner: deps.owner, epoch: account.epoch });
      if (nonce === null) return false;
      await writeSweep(tx, chain, wanted, { ...account, nonce });
      return true;
    });
    if (planned === null) return false;
    if (!planned) continue;
    deps.logger.info(
      { chain: chain.id, asset: wanted.asset.id, addresses: wanted.addressIds.length, from: account.address },
      `deposit addresses are to be ${wanted.why}`,
    );
    return true;
  }
  return false;
}

async function writeSweep(
  tx: Tx,
  chain: Chain,
  { asset, factory, addressIds }: Wanted,
  account: { id: string; address: Hex; nonce: bigint },
): Promise<void> {
  const payload = buildPayload(
    { kind: 'sweep', factory, token: asset.address, salts: addressIds.map(depositSalt) },
    { from: account.address },
  );
  const id = newUuid();
  await insertChainTx(tx, {
    id,
    chainId: chain.id,
    subAccountId: account.id,
    nonce: account.nonce,
    kind: 'DEPOSIT_SWEEP',
    assetId: asset.id,
    priority: 'STANDARD',
    itemCount: 0,
    // Nothing leaves the account but gas.
    amount: 0n,
    to: payload.to,
    data: payload.data,
    valueWei: payload.valueWei,
    gas: SWEEP_BASE_GAS + BigInt(addressIds.length) * SWEEP_ADDRESS_GAS,
    gasPerItem: 0n,
  });
  await insertSweepAddresses(tx, id, addressIds);
}
