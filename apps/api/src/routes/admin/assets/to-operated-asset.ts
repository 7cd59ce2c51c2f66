import type { Asset } from '@naru/core/chain/chain.ts';
import { judgeToken } from '@naru/core/chain/judge-token.ts';
import type { TokenProbe } from '@naru/core/chain/token-probe.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import type { OperatedAssetBody, TokenProbeBody } from '@naru/wire/operated-asset.ts';

export function toOperatedAsset(asset: Asset): OperatedAssetBody {
  return {
    chain: asset.chainId,
    asset: asset.code,
    symbol: asset.symbol,
    address: asset.address,
    decimals: asset.decimals,
    enabled: asset.enabled,
    minimum: formatAmount(asset.minimum, asset.decimals),
    maximum: asset.maximum === null ? null : formatAmount(asset.maximum, asset.decimals),
    gasPerItem: toSafeNumber(asset.gasPerItem),
    transferGasMax: toSafeNumber(asset.transferGasMax),
  };
}

export function toProbeBody(probe: TokenProbe): TokenProbeBody {
  const facts = probe.state === 'DONE' ? probe.facts : null;
  const payment = facts?.payment ?? null;
  const verdict = facts === null ? { refusals: [], warnings: [] } : judgeToken(facts);
  const show = (units: bigint) => formatAmount(units, facts?.decimals ?? 0);
  return {
    id: toPublicId('probe', probe.id),
    object: 'token_probe',
    chain: probe.chainId,
    address: probe.address,
    state: probe.state,
    error: probe.state === 'FAILED' ? probe.error : null,
    symbol: facts?.symbol ?? null,
    decimals: facts?.decimals ?? null,
    payment:
      payment === null || !payment.succeeded
        ? null
        : {
            asked: show(payment.asked),
            taken: show(payment.taken),
            received: show(payment.received),
            gasUsed: toSafeNumber(payment.gasUsed),
          },
    refusals: verdict.refusals,
    warnings: verdict.warnings,
    requestedAt: probe.requestedAt.toISOString(),
    endedAt: probe.state === 'REQUESTED' ? null : probe.endedAt.toISOString(),
  };
}
