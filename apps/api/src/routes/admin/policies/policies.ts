import {
  createPolicyRequest,
  dryRunQuery,
  policy,
  policyDryRun,
  policyList,
  policyListQuery,
} from '@naru/wire/policy.ts';
import type { RouteDeps } from '../../../deps.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { orderOf, policyParams } from '../../rule-orders.ts';
import { toDryRunBody, toPolicyBody } from './to-policy-body.ts';

const common = { tag: 'Operators', rateLimit: 'per_key' } as const;
const reads = {
  ...common,
  method: 'GET',
  scope: 'operations:read',
  idempotency: 'none',
  audit: null,
} as const;
const writes = { ...common, method: 'POST', scope: 'admin', idempotency: 'required' } as const;

async function readOne({ rules }: RouteDeps, id: string) {
  const found = await rules.policy(id);
  if (found === null) throw new ProblemError('policy_not_found');
  return toPolicyBody(found);
}

export const listPoliciesRoute = defineRoute({
  ...reads,
  path: '/v1/admin/policies',
  operationId: 'listPolicies',
  summary: 'List policy versions',
  description: 'The newest first, 100 at most. `state=ACTIVE` are those in force.',
  request: { params: null, query: policyListQuery, body: null },
  responses: { 200: { description: 'Versions.', schema: policyList } },
  errors: [],
  handler: async ({ rules }, { query }) => {
    const organisationId =
      query.organisationId === undefined ? undefined : uuidOf('organisation', query.organisationId);
    const found = await rules.policies({ organisationId, state: query.state });
    return { status: 200, body: { data: found.map(toPolicyBody) } } as const;
  },
});

export const createPolicyRoute = defineRoute({
  ...writes,
  path: '/v1/admin/policies',
  operationId: 'createPolicy',
  summary: 'Draft a policy',
  description:
    'Writes rules down as the next version of an organisation, or of the default. A draft governs nothing; try it on past withdrawals before you activate it.',
  audit: 'policy.draft',
  request: { params: null, query: null, body: createPolicyRequest },
  responses: { 201: { description: 'The draft.', schema: policy } },
  errors: ['organisation_not_found', 'policy_state_conflict'],
  handler: async (deps, call) => {
    const { organisationId, document, note } = call.body;
    const result = await deps.rules.draft(orderOf(call), {
      organisationId: organisationId === null ? null : uuidOf('organisation', organisationId),
      document,
      note: note ?? null,
    });
    const { value, headers } = doneOrThrow(result);
    return { status: 201, headers, body: await readOne(deps, value) } as const;
  },
});

export const getPolicyRoute = defineRoute({
  ...reads,
  path: '/v1/admin/policies/:id',
  operationId: 'getPolicy',
  summary: 'Read a policy version',
  description: 'Its rules, and when it governed.',
  request: { params: policyParams, query: null, body: null },
  responses: { 200: { description: 'The version.', schema: policy } },
  errors: ['policy_not_found'],
  handler: async (deps, { params }) =>
    ({ status: 200, body: await readOne(deps, uuidOf('policy', params.id)) }) as const,
});

export const dryRunPolicyRoute = defineRoute({
  ...reads,
  path: '/v1/admin/policies/:id/dry-run',
  operationId: 'dryRunPolicy',
  summary: 'Try a policy on past withdrawals',
  description:
    'What this version would have said of the withdrawals of the last days, against what happened. Changes nothing.',
  request: { params: policyParams, query: dryRunQuery, body: null },
  responses: { 200: { description: 'The report.', schema: policyDryRun } },
  errors: ['policy_not_found'],
  handler: async ({ rules }, { params, query }) => {
    const report = await rules.dryRun(uuidOf('policy', params.id), query.days);
    if (report === null) throw new ProblemError('policy_not_found');
    return { status: 200, body: toDryRunBody(report) } as const;
  },
});

export const activatePolicyRoute = defineRoute({
  ...writes,
  path: '/v1/admin/policies/:id/activate',
  operationId: 'activatePolicy',
  summary: 'Activate a policy version',
  description:
    'A draft comes into force a few seconds later, in the place of the version before it. Withdrawals that were accepted before keep the rules they began with.',
  audit: 'policy.activate',
  request: { params: policyParams, query: null, body: null },
  responses: { 200: { description: 'The version.', schema: policy } },
  errors: ['policy_not_found', 'policy_state_conflict'],
  handler: async (deps, call) => {
    const id = uuidOf('policy', call.params.id);
    const { headers } = doneOrThrow(await deps.rules.activate(orderOf(call), id));
    return { status: 200, headers, body: await readOne(deps, id) } as const;
  },
});

export const retirePolicyRoute = defineRoute({
  ...writes,
  path: '/v1/admin/policies/:id/retire',
  operationId: 'retirePolicy',
  summary: 'Retire a policy version',
  description:
    'The version in force ends a few seconds later, and none governs then but the default. A draft is thrown away.',
  audit: 'policy.retire',
  request: { params: policyParams, query: null, body: null },
  responses: { 200: { description: 'The version.', schema: policy } },
  errors: ['policy_not_found', 'policy_state_conflict'],
  handler: async (deps, call) => {
    const id = uuidOf('policy', call.params.id);
    const { headers } = doneOrThrow(await deps.rules.retire(orderOf(call), id));
    return { status: 200, headers, body: await readOne(deps, id) } as const;
  },
});
