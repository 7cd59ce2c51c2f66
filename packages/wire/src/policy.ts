import { z } from 'zod';
import { organisationId, policyId, withdrawalId } from './id.ts';
import { krw, policyDocument } from './policy-document.ts';
import { storableLine, storableText, timestamp } from './text.ts';

const tierCode = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'malformed')
  .meta({ description: 'Names a tier.', examples: ['standard'] });
const ceiling = (what: string) =>
  krw.nullable().meta({ description: `${what}; null: none.`, examples: ['10000000'] });
const count = (what: string) =>
  z
    .int()
    .min(1)
    .nullable()
    .meta({ description: `${what}; null: none.`, examples: [100] });

const ceilings = {
  perWithdrawalKrwMax: ceiling('Won of one withdrawal'),
  dailyKrwMax: ceiling('Won of a day in Seoul'),
  monthlyKrwMax: ceiling('Won of a month in Seoul'),
  dailyCountMax: count('Withdrawals of a day'),
  monthlyCountMax: count('Withdrawals of a month'),
};

export const tier = z
  .object({
    object: z.literal('tier'),
    code: tierCode,
    name: z.string().meta({ examples: ['Standard'] }),
    ...ceilings,
    organisations: z
      .int()
      .min(0)
      .meta({ description: 'In this tier.', examples: [12] }),
  })
  .meta({ id: 'Tier', description: 'Ceilings in won for the organisations in it.' });
export type TierBody = z.output<typeof tier>;
export const tierList = z.object({ data: z.array(tier) }).meta({ id: 'TierList' });

export const setTierRequest = z.strictObject({ code: tierCode, name: storableLine(200), ...ceilings }).meta({
  id: 'SetTierRequest',
  description: 'A tier as it is to be: made new, or in the place of the one with this code.',
});
export type SetTierInput = z.input<typeof setTierRequest>;

export const assignTierRequest = z
  .strictObject({
    organisationId,
    code: tierCode.nullable().meta({ description: 'Null takes the organisation out of its tier.' }),
  })
  .meta({ id: 'AssignTierRequest' });
export type AssignTierInput = z.input<typeof assignTierRequest>;
export const assignedTier = z
  .object({ object: z.literal('assigned_tier'), organisationId, code: tierCode.nullable() })
  .meta({ id: 'AssignedTier' });

export const policyState = z
  .enum(['DRAFT', 'ACTIVE', 'RETIRED'])
  .meta({ id: 'PolicyState', examples: ['DRAFT'] });

export const policy = z
  .object({
    id: policyId,
    object: z.literal('policy'),
    organisationId: organisationId.nullable().meta({
      description: 'Whose withdrawals it governs; null: those of every organisation without a policy.',
    }),
    number: z
      .int()
      .min(1)
      .meta({ description: 'Versions of one organisation count up.', examples: [3] }),
    state: policyState,
    document: policyDocument,
    author: z.string(),
    note: z.string().nullable(),
    createdAt: timestamp,
    effectiveAt: timestamp.nullable().meta({ description: 'It governs what is accepted from then on.' }),
    endsAt: timestamp.nullable().meta({ description: 'And before this.' }),
  })
  .meta({ id: 'Policy', description: 'A version of the rules. It never changes.' });
export type PolicyBody = z.output<typeof policy>;
export const policyList = z.object({ data: z.array(policy) }).meta({ id: 'PolicyList' });

export const policyListQuery = z.strictObject({
  organisationId: organisationId.optional(),
  state: policyState.optional(),
});

export const createPolicyRequest = z
  .strictObject({
    organisationId: organisationId.nullable().meta({
      description: 'Null: the default of the installation.',
    }),
    document: policyDocument,
    note: storableText(500).nullish(),
  })
  .meta({ id: 'CreatePolicyRequest', description: 'A draft: it governs nothing until it is activated.' });
export type CreatePolicyInput = z.input<typeof createPolicyRequest>;

export const dryRunQuery = z.strictObject({
  days: z.coerce
    .number('limit_out_of_range')
    .int('limit_out_of_range')
    .min(1, 'limit_out_of_range')
    .max(90, 'limit_out_of_range')
    .default(30)
    .meta({ description: 'How far back, 1 to 90.', examples: [30] }),
});

const verdict = z.enum(['ALLOW', 'REVIEW', 'DENY']).meta({
  id: 'Verdict',
  description: '`ALLOW` is paid · `REVIEW` waits for people · `DENY` fails, unpaid.',
  examples: ['REVIEW'],
});
const reason = z
  .object({
    code: z.string().meta({ description: 'Stable.', examples: ['velocity'] }),
    text: z.string().meta({ description: 'For operators.' }),
    points: z.int().nullable().meta({ description: 'Of the risk score; null: it decided by itself.' }),
  })
  .meta({ id: 'DecisionReason' });

export const policyDryRun = z
  .object({
    object: z.literal('policy_dry_run'),
    from: timestamp,
    to: timestamp,
    total: z.int().meta({ description: 'Withdrawals that were looked at.', examples: [1200] }),
    isCut: z.boolean().meta({ description: 'There were more; the oldest were looked at.' }),
    verdicts: z.object({ ALLOW: z.int(), REVIEW: z.int(), DENY: z.int() }),
    changes: z.array(
      z.object({
        happened: z.enum(['ALLOW', 'REVIEW', 'DENY', 'NONE']).meta({
          description: 'What the rules of then said; `NONE`: none governed it.',
        }),
        verdict,
        count: z.int(),
        examples: z.array(z.object({ withdrawalId, score: z.int(), reasons: z.array(reason) })),
      }),
    ),
    reasons: z.array(z.object({ code: z.string(), count: z.int() })),
    notScreened: z
      .int()
      .meta({ description: 'Addresses no source was ever asked about; taken for clear here.' }),
    valuedNow: z
      .int()
      .meta({ description: 'Valued at the rates of now, as they were not when they were accepted.' }),
  })
  .meta({
    id: 'PolicyDryRun',
    description: 'What a version would have said of past withdrawals. Nothing was changed.',
  });
export type PolicyDryRunBody = z.output<typeof policyDryRun>;

export const decision = z
  .object({
    object: z.literal('decision'),
    withdrawalId,
    verdict,
    approvalsRequired: z.int().meta({ description: 'People who must approve; 0 unless it is reviewed.' }),
    decidedAt: timestamp,
  })
  .meta({ id: 'Decision', description: 'What the rules said of a withdrawal, as its owner sees it.' });
export type DecisionBody = z.output<typeof decision>;

export const fullDecision = decision
  .extend({
    organisationId,
    policyId: policyId.nullable(),
    policyNumber: z.int().nullable(),
    score: z.int().min(0).max(100),
    reasons: z.array(reason),
    inputs: z.record(z.string(), z.unknown()).meta({ description: 'What it was decided from.' }),
  })
  .meta({
    id: 'FullDecision',
    description: 'The same with version, score, reasons and inputs, for operators.',
  });
export type FullDecisionBody = z.output<typeof fullDecision>;
