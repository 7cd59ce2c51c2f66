import { assetIdOf } from '@naru/core/chain/chain.ts';
import type { FeeTerms } from '@naru/core/withdrawal-fee/withdrawal-fee.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { changeWithdrawalFeeRequest, withdrawalFee } from '@naru/wire/withdrawal-fee.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { toFeeBody } from './to-fee-body.ts';

export const changeWithdrawalFeeRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/withdrawal-fees',
  operationId: 'changeWithdrawalFee',
  tag: 'Operators',
  summary: 'Change a fee',
  description:
    'What withdrawals of an asset cost from the next request on: flat, of the amount, and of the gas, in the asset itself. Withdrawals that were accepted keep their fee.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'withdrawal_fee_schedule.insert',
  request: { params: null, query: null, body: changeWithdrawalFeeRequest },
  responses: { 201: { description: 'In force.', schema: withdrawalFee } },
  errors: ['asset_not_supported', 'limit_exceeded', 'organisation_not_found', 'setting_changed'],
  handler: async ({ operator }, { caller, idempotencyKey, body, audit, note }) => {
    const { chain, asset: code, organisationId, terms, seenVersion, reason } = body;
    const assetId = assetIdOf(chain, code);
    note({ asset: assetId });
    const asset = await operator.assets.find(assetId);
    if (asset === null) throw new ProblemError('asset_not_supported');
    const change = {
      assetId,
      organisationId: organisationId == null ? null : uuidOf('organisation', organisationId),
      terms: terms === null ? null : toTerms(terms, asset.decimals),
      seenVersion,
      reason,
    };
    const result = await operator.fees.change(caller, idempotencyKey, change, audit);
    const { value, headers } = doneOrThrow(result);
    return { status: 201, headers, body: toFeeBody(value, asset) } as const;
  },
});

function toTerms(
  terms: { flat: string; basisPoints: number; gasPercent: number; minimum: string; maximum: string | null },
  decimals: number,
): FeeTerms {
  const units = (name: 'flat' | 'minimum' | 'maximum', text: string): bigint => {
    const parsed = parseAmount(text, decimals);
    if (parsed.ok) return parsed.units;
    const message = `The asset has ${decimals} decimals at most.`;
    throw new ProblemError('validation_failed', {
      errors: [{ pointer: `/terms/${name}`, code: 'amount_decimals', message }],
    });
  };
  return {
    flat: units('flat', terms.flat),
    basisPoints: terms.basisPoints,
    gasPercent: terms.gasPercent,
    feeMin: units('minimum', terms.minimum),
    feeMax: terms.maximum === null ? null : units('maximum', terms.maximum),
  };
}
