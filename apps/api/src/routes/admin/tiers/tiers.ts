import type { Tier } from '@naru/core/policy/policy.ts';
import {
  assignedTier,
  assignTierRequest,
  setTierRequest,
  type TierBody,
  tier,
  tierList,
} from '@naru/wire/policy.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { orderOf } from '../../rule-orders.ts';

const krwOf = (units: bigint | null) => (units === null ? null : units.toString());
const countOf = (count: bigint | null) => (count === null ? null : Number(count));

function toTierBody(row: Tier & { organisations: number }): TierBody {
  return {
    object: 'tier',
    code: row.code,
    name: row.name,
    perWithdrawalKrwMax: krwOf(row.perWithdrawalKrwMax),
    dailyKrwMax: krwOf(row.dailyKrwMax),
    monthlyKrwMax: krwOf(row.monthlyKrwMax),
    dailyCountMax: countOf(row.dailyCountMax),
    monthlyCountMax: countOf(row.monthlyCountMax),
    organisations: row.organisations,
  };
}

export const listTiersRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/tiers',
  operationId: 'listTiers',
  tag: 'Operators',
  summary: 'List tiers',
  description: 'Ceilings in won, and how many organisations have them.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All of them.', schema: tierList } },
  errors: [],
  handler: async ({ rules }) =>
    ({ status: 200, body: { data: (await rules.tiers()).map(toTierBody) } }) as const,
});

const toUnits = (krw: string | null) => (krw === null ? null : BigInt(krw));
const toCount = (count: number | null) => (count === null ? null : BigInt(count));

export const setTierRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/tiers',
  operationId: 'setTier',
  tag: 'Operators',
  summary: 'Set a tier',
  description:
    'Makes a tier, or changes the one with this code. Its ceilings hold from the next second on, for what is accepted then.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'tier.set',
  request: { params: null, query: null, body: setTierRequest },
  responses: { 200: { description: 'As it is now.', schema: tier } },
  errors: [],
  handler: async ({ rules }, call) => {
    const { body } = call;
    const result = await rules.setTier(orderOf(call), {
      code: body.code,
      name: body.name,
      perWithdrawalKrwMax: toUnits(body.perWithdrawalKrwMax),
      dailyKrwMax: toUnits(body.dailyKrwMax),
      monthlyKrwMax: toUnits(body.monthlyKrwMax),
      dailyCountMax: toCount(body.dailyCountMax),
      monthlyCountMax: toCount(body.monthlyCountMax),
    });
    const { headers } = doneOrThrow(result);
    const found = (await rules.tiers()).find(({ code }) => code === body.code);
    if (found === undefined) throw new ProblemError('tier_not_found');
    return { status: 200, headers, body: toTierBody(found) } as const;
  },
});

export const assignTierRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/tiers/assignments',
  operationId: 'assignTier',
  tag: 'Operators',
  summary: 'Put an organisation into a tier',
  description: 'What it asked for today and this month counts against the ceilings already.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'tier.assign',
  request: { params: null, query: null, body: assignTierRequest },
  responses: { 200: { description: 'Done.', schema: assignedTier } },
  errors: ['tier_not_found', 'organisation_not_found'],
  handler: async ({ rules }, call) => {
    const { organisationId, code } = call.body;
    const input = { organisationId: uuidOf('organisation', organisationId), code };
    const { headers } = doneOrThrow(await rules.assignTier(orderOf(call), input));
    return { status: 200, headers, body: { object: 'assigned_tier', organisationId, code } } as const;
  },
});
