import type { Database, Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { runCommand } from '../command/run-command.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { lockAssets, readCatalogue, setAssetEnabled, upsertAsset } from './chain.store.ts';
import { type Asset, assetIdOf, type Catalogue } from './chain.ts';
import { ASSET_CODE_PATTERN } from './change-asset.ts';
import { judgeToken } from './judge-token.ts';
import { findProbe, insertProbe } from './token-probe.store.ts';
import { PROBE_VALID_MS, type TokenProbe } from './token-probe.ts';

type Deps = { db: Database; invalidations?: Invalidations | undefined };
/** Where a call came from, for the audit log. */
export type From = { origin: string | null; requestId: string | null };

function auditOf(caller: Caller, reason: string | null, from: From) {
  return { actor: `api_key:${caller.apiKeyId}`, reason, ...from };
}

/** Has the nodes of a chain asked about a token. What they say is in the probe once an accounts role has asked. */
export async function requestProbe(
  deps: Deps,
  caller: Caller,
  idempotencyKey: string,
  input: { chain: string; address: Hex; holder: Hex | null },
  from: From,
): Promise<CommandResult<TokenProbe>> {
  return await runCommand(
    deps,
    { organisationId: caller.organisationId, idempotencyKey, command: 'probe-token', input },
    {
      work: async (tx, id) => {
        const catalogue = await readCatalogue(tx);
        if (catalogue.chains.get(input.chain)?.enabled !== true)
          return refusal('chain_not_supported', `The chain "${input.chain}" is not configured here.`);
        const known = findByAddress(catalogue, input.chain, input.address);
        if (known !== null) return existsAs(known);
        await setAuditContext(tx, auditOf(caller, null, from));
        const isKept = await insertProbe(tx, {
          id,
          chainId: input.chain,
          address: input.address,
          holder: input.holder,
          requestedBy: `api_key:${caller.apiKeyId}`,
        });
        if (isKept) return null;
        return refusal('probes_exhausted', 'As many tokens wait to be asked about as may.', true);
      },
      read: (id) => findProbe(deps.db, id),
    },
  );
}

export type AssetAddition = {
  /** UUID of a probe that is DONE. */
  probeId: string;
  /** Null: the token's own symbol. */
  code: string | null;
  /** Decimal; null: the smallest unit. */
  minimum: string | null;
  acceptWarnings: boolean;
  reason: string;
};

/**
 * Adds the token of a probe as an asset, on the strength of what was found: accepted and paid from now on, on every
 * instance.
 */
export async function addProbedAsset(
  deps: Deps,
  caller: Caller,
  idempotencyKey: string,
  input: AssetAddition,
  from: From,
): Promise<CommandResult<Asset>> {
  const result = await runCommand(
    deps,
    { organisationId: caller.organisationId, idempotencyKey, command: 'add-asset', input },
    {
      work: async (tx) => {
        const judged = await judgeAddition(tx, input);
        if ('refusal' in judged) return judged.refusal;
        await lockAssets(tx);
        const catalogue = await readCatalogue(tx);
        const { asset } = judged;
        const known = findByAddress(catalogue, asset.chainId, asset.address);
        if (known !== null) return existsAs(known);
        const named = catalogue.assets.get(assetIdOf(asset.chainId, asset.code));
        if (named !== undefined)
          return refusal('asset_exists', `${named.id} is another token already: give this one another code.`);
        await setAuditContext(tx, auditOf(caller, input.reason, from));
        await upsertAsset(tx, { ...asset, enabled: true });
        return null;
      },
      read: async () => {
        const judged = await judgeAddition(deps.db, input, { mayBeOld: true });
        if ('refusal' in judged) return null;
        const { assets } = await readCatalogue(deps.db);
        return assets.get(assetIdOf(judged.asset.chainId, judged.asset.code)) ?? null;
      },
    },
  );
  if (result.kind === 'done') deps.invalidations?.publish('catalogue');
  return result;
}

async function judgeAddition(
  db: Queryable,
  input: AssetAddition,
  options: { mayBeOld: boolean } = { mayBeOld: false },
): Promise<{ asset: Omit<Asset, 'id' | 'enabled' | 'maximum' | 'unitsPerCoin'> } | { refusal: Refusal }> {
  const probe = await findProbe(db, input.probeId);
  if (probe === null) return { refusal: refusal('probe_not_found', 'There is no such probe.') };
  if (probe.state !== 'DONE')
    return {
      refusal: refusal(
        'probe_not_done',
        probe.state === 'FAILED'
          ? `No node could be asked: ${probe.error}.`
          : 'No node was asked about this token yet.',
      ),
    };
  if (!options.mayBeOld && Date.now() - probe.endedAt.getTime() > PROBE_VALID_MS)
    return {
      refusal: refusal('probe_not_done', 'What was found is more than an hour old: ask about it again.'),
    };
  const { facts, chainId, address } = probe;
  const verdict = judgeToken(facts);
  if (verdict.refusals.length > 0 || facts.decimals === null)
    return {
      refusal: refusal('asset_refused', `${address} cannot be paid with: ${verdict.refusals.join('; ')}.`),
    };
  if (verdict.warnings.length > 0 && !input.acceptWarnings)
    return {
      refusal: refusal('asset_has_warnings', `Of ${address} you must know: ${verdict.warnings.join('; ')}.`),
    };
  const code = input.code ?? facts.symbol?.toUpperCase() ?? '';
  if (!ASSET_CODE_PATTERN.test(code))
    return {
      refusal: invalid(
        '/code',
        'code_malformed',
        'Its symbol cannot be its code: give it one of A-Z and 0-9.',
      ),
    };
  const minimum = parseAmount(input.minimum ?? '0', facts.decimals);
  if (!minimum.ok)
    return {
      refusal: invalid('/minimum', 'amount_decimals', `The token has ${facts.decimals} decimals at most.`),
    };
  return {
    asset: {
      chainId,
      code,
      symbol: facts.symbol ?? code,
      address,
      decimals: facts.decimals,
      minimum: input.minimum === null ? 1n : minimum.units,
      gasPerItem: verdict.gasPerItem,
      transferGasMax: verdict.transferGasMax,
    },
  };
}

/** Accepts withdrawals of an asset, or no more. What was accepted is paid either way. */
export async function requestEnable(
  deps: Deps,
  caller: Caller,
  idempotencyKey: string,
  input: { chain: string; asset: string; enabled: boolean; reason: string },
  from: From,
): Promise<CommandResult<Asset>> {
  const id = assetIdOf(input.chain, input.asset);
  const result = await runCommand(
    deps,
    { organisationId: caller.organisationId, idempotencyKey, command: 'enable-asset', input },
    {
      work: async (tx) => {
        await lockAssets(tx);
        const { assets } = await readCatalogue(tx);
        if (!assets.has(id)) return noAsset(input);
        await setAuditContext(tx, auditOf(caller, input.reason, from));
        await setAssetEnabled(tx, id, input.enabled);
        return null;
      },
      read: async () => assertPresent((await readCatalogue(deps.db)).assets.get(id), `asset ${id}`),
    },
  );
  if (result.kind === 'done') deps.invalidations?.publish('catalogue');
  return result;
}

export function noAsset({ chain, asset }: { chain: string; asset: string }): Refusal {
  return refusal('asset_not_supported', `There is no asset "${asset}" on "${chain}".`);
}

function findByAddress({ assets }: Catalogue, chainId: string, address: Asset['address']): Asset | null {
  const same = [...assets.values()].find(
    (one) => one.chainId === chainId && one.address?.toLowerCase() === address?.toLowerCase(),
  );
  return same ?? null;
}

function existsAs(asset: Asset): Refusal {
  return refusal('asset_exists', `This token is ${asset.id} already.`);
}

function refusal(code: Refusal['code'], message: string, retryable = false): Refusal {
  return { code, message, retryable };
}

function invalid(pointer: string, code: string, message: string): Refusal {
  return { ...refusal('validation_failed', message), errors: [{ pointer, code, message }] };
}
