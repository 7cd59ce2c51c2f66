import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import { lockAssets, readCatalogue, setAssetEnabled, upsertAsset } from './chain.store.ts';
import { type Asset, assetIdOf } from './chain.ts';

/** Letters and digits, as the table has it: it is part of the asset's id and of every request. */
export const ASSET_CODE_PATTERN = /^[A-Z0-9]{2,12}$/;

type Deps = { db: Database; invalidations?: Invalidations };

/**
 * Writes a token down as an asset that is accepted and paid from now on, on every instance: what they keep of the
 * catalogue is a second old at most. `CodedError`: `asset_exists` (its address or its code is taken; nothing changed).
 */
export async function addAsset(
  deps: Deps,
  asset: Omit<Asset, 'id' | 'enabled' | 'maximum' | 'unitsPerCoin'>,
  audit: AuditContext,
): Promise<Asset> {
  return await write(deps, audit, async (tx) => {
    const { assets } = await readCatalogue(tx);
    const id = assetIdOf(asset.chainId, asset.code);
    requireNew([...assets.values()], asset);
    if (assets.has(id))
      throw new CodedError(
        'asset_exists',
        `${id} is another token already (${assets.get(id)?.address ?? 'the coin of the chain'}): give this one another code`,
      );
    await upsertAsset(tx, { ...asset, enabled: true });
    return { ...asset, id, enabled: true, maximum: null, unitsPerCoin: null };
  });
}

/** Refuses a token that is an asset of its chain: for a look before anything costly is asked about it. */
export function requireNew(
  assets: readonly Asset[],
  token: { chainId: string; address: Asset['address'] },
): void {
  const same = assets.find(
    (one) => one.chainId === token.chainId && one.address?.toLowerCase() === token.address?.toLowerCase(),
  );
  if (same !== undefined)
    throw new CodedError('asset_exists', `this token is ${same.id} already: nothing was changed`);
}

/**
 * Accepts withdrawals of an asset, or no more; those that were accepted are paid. Returns the asset as it was. Limits are
 * settings (`setting/`). `CodedError`: `asset_unknown`.
 */
export async function enableAsset(
  deps: Deps,
  target: { chainId: string; code: string },
  enabled: boolean,
  audit: AuditContext,
): Promise<Asset> {
  return await write(deps, audit, async (tx) => {
    const { assets } = await readCatalogue(tx);
    const asset = assets.get(assetIdOf(target.chainId, target.code));
    if (asset === undefined) throw assetUnknown(target, [...assets.values()]);
    await setAssetEnabled(tx, asset.id, enabled);
    return asset;
  });
}

/** One at a time, so that two who decide about the same asset do not undo each other. */
async function write<T>(deps: Deps, audit: AuditContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await withTransaction(deps.db, async (tx) => {
    await lockAssets(tx);
    await setAuditContext(tx, audit);
    return await work(tx);
  });
  deps.invalidations?.publish('catalogue');
  return result;
}

export function assetUnknown(
  target: { chainId: string; code: string },
  assets: readonly Asset[],
): CodedError {
  const known = assets.filter((asset) => asset.chainId === target.chainId).map((asset) => asset.code);
  return new CodedError(
    'asset_unknown',
    `there is no asset ${target.code} on ${target.chainId}; there ${known.length === 1 ? 'is' : 'are'}: ${known.length === 0 ? 'none' : known.join(', ')}`,
  );
}
