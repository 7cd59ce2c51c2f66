import type { FeeSchedule } from '@naru/core/withdrawal-fee/withdrawal-fee.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { WithdrawalFeeBody } from '@naru/wire/withdrawal-fee.ts';
import { toActor } from '../settings/to-setting-body.ts';

export function toFeeBody(
  schedule: FeeSchedule,
  asset: { chainId: string; code: string; decimals: number },
): WithdrawalFeeBody {
  const show = (units: bigint) => formatAmount(units, asset.decimals);
  const { organisationId, ended, basisPoints, gasPercent, feeMax } = schedule;
  return {
    object: 'withdrawal_fee',
    chain: asset.chainId,
    asset: asset.code,
    organisationId: organisationId === null ? null : toPublicId('organisation', organisationId),
    version: schedule.version,
    terms: ended
      ? null
      : {
          flat: show(schedule.flat),
          basisPoints,
          gasPercent,
          minimum: show(schedule.feeMin),
          maximum: feeMax === null ? null : show(feeMax),
        },
    actor: toActor(schedule.actor),
    reason: schedule.reason,
    at: schedule.at.toISOString(),
  };
}
