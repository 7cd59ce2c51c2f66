import { formatAmount } from '@naru/kit/money.ts';
import { quoteRequest, withdrawalQuote } from '@naru/wire/withdrawal-fee.ts';
import { defineRoute } from '../../http/define-route.ts';
import { doneOrThrow } from '../../http/refusals.ts';

export const quoteWithdrawalRoute = defineRoute({
  method: 'POST',
  path: '/v1/withdrawals/quote',
  operationId: 'quoteWithdrawal',
  tag: 'Withdrawals',
  summary: 'Ask what a withdrawal would cost',
  description:
    'A dry run: the fee, what the balance must cover, limits, and whether it would be accepted at this moment. Nothing is reserved; the fee is fixed when the withdrawal is accepted.',
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: quoteRequest },
  responses: { 200: { description: 'What it would cost.', schema: withdrawalQuote } },
  errors: ['asset_not_supported', 'chain_not_supported', 'fee_not_known'],
  handler: async ({ withdrawals }, { caller, body }) => {
    const { value } = doneOrThrow(await withdrawals.quote(caller, { ...body, to: body.to ?? null }));
    const { chain, asset, limit, maximum, refusal } = value;
    const show = (units: bigint) => formatAmount(units, value.decimals);
    return {
      status: 200,
      body: {
        object: 'withdrawal_quote',
        chain,
        asset,
        amount: show(value.amount),
        fee: show(value.fee),
        total: show(value.total),
        available: show(value.available),
        minimum: show(value.minimum),
        maximum: maximum === null ? null : show(maximum),
        limits:
          limit === null
            ? null
            : {
                perWithdrawal: show(limit.perWithdrawalMax),
                daily: show(limit.dailyMax),
                usedToday: show(limit.used),
              },
        accepted: refusal === null,
        refusal: refusal === null ? null : { code: refusal.code, message: refusal.message },
      },
    } as const;
  },
});
