import { probeParams, tokenProbe } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { uuidOf } from '../../params.ts';
import { toProbeBody } from './to-operated-asset.ts';

export const getProbeRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/assets/probes/:probeId',
  operationId: 'getTokenProbe',
  tag: 'Operators',
  summary: 'Get what a token is',
  description: 'A probe of a token, with what was found.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: { schema: probeParams, otherwise: 'probe_not_found' }, query: null, body: null },
  responses: { 200: { description: 'The probe.', schema: tokenProbe } },
  errors: [],
  handler: async ({ operator }, { params }) => {
    const probe = await operator.probes.find(uuidOf('probe', params.probeId));
    if (probe === null) throw new ProblemError('probe_not_found');
    return { status: 200, body: toProbeBody(probe) } as const;
  },
});
