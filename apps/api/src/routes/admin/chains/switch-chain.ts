import { assertPresent } from '@naru/kit/assert.ts';
import { chainParams, enableRequest, operatedChain } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toOperatedChain } from './list-operated-chains.ts';

/** Whatever anybody has decided before: in an emergency nobody looks up a version first. */
function switchChainRoute(verb: 'enable' | 'disable') {
  const accepting = verb === 'enable';
  return defineRoute({
    method: 'POST',
    path: `/v1/admin/chains/:chain/${verb}`,
    operationId: `${verb}Chain`,
    tag: 'Operators',
    summary: accepting ? 'Accept withdrawals of a chain again' : 'Accept no more withdrawals of a chain',
    description: `${accepting ? 'Accepts' : 'Refuses'} new withdrawals from the next request on, on every instance. What was accepted is paid either way. It is the setting \`chain.accepting\`.`,
    scope: 'admin',
    idempotency: 'required',
    rateLimit: 'per_key',
    audit: 'setting_version.insert',
    request: {
      params: { schema: chainParams, otherwise: 'chain_not_supported' },
      query: null,
      body: enableRequest,
    },
    responses: { 200: { description: 'In force.', schema: operatedChain } },
    errors: ['setting_not_found'],
    handler: async ({ operator }, { caller, idempotencyKey, params, body, audit, note }) => {
      note({ chain: params.chain });
      const { chain: target } = params;
      if ((await operator.chains.find(target)) === null) throw new ProblemError('chain_not_supported');
      const change = {
        key: 'chain.accepting',
        target,
        to: { value: String(accepting) },
        seenVersion: null,
        acknowledged: false,
        reason: body.reason,
      };
      const { headers } = doneOrThrow(await operator.settings.change(caller, idempotencyKey, change, audit));
      const chain = assertPresent(await operator.chains.find(target), `chain ${target}`);
      return { status: 200, headers, body: toOperatedChain(chain) } as const;
    },
  });
}

export const enableChainRoute = switchChainRoute('enable');
export const disableChainRoute = switchChainRoute('disable');
