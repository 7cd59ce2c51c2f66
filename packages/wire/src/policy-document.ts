import { z } from 'zod';
import { storableLine } from './text.ts';

/** Rules of one kind in a document; each costs a look at every withdrawal. */
export const POLICY_RULES_MAX = 20;
/** A count that a velocity rule may name: as many earlier withdrawals of an organisation are looked at. */
export const VELOCITY_COUNT_MAX = 2_000;
const MINUTES_OF_30_DAYS = 43_200;
const HOURS_OF_30_DAYS = 720;

/** Whole won as a string. */
export const krw = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,29})$/, 'amount_malformed')
  .meta({ description: 'Whole won, as a string of digits.', examples: ['10000000'] });

const points = z
  .int()
  .min(0)
  .max(100)
  .meta({ description: 'Added to the risk score.', examples: [30] });

export const screeningSources = ['ORACLE', 'LIST'] as const;

const addressBook = z
  .strictObject({
    mode: z.enum(['OFF', 'ALLOW_ONLY']).meta({
      description:
        '`ALLOW_ONLY`: only addresses in the address book are paid, once their cooling-off has passed.',
    }),
    coolingOffHours: z
      .int()
      .min(0)
      .max(HOURS_OF_30_DAYS)
      .default(24)
      .meta({
        description: 'How long an address must have been in the book before it is paid.',
        examples: [24],
      }),
  })
  .meta({ id: 'PolicyAddressBook' });

const velocityRule = z
  .strictObject({
    name: storableLine(60).meta({
      description: 'For people: it stands in the reason.',
      examples: ['20 an hour'],
    }),
    per: z.enum(['ORGANISATION', 'ADDRESS']).meta({
      description: 'Counts all withdrawals of the organisation, or those to the same address.',
    }),
    windowMinutes: z
      .int()
      .min(1)
      .max(MINUTES_OF_30_DAYS)
      .meta({ examples: [60] }),
    countMax: z
      .int()
      .min(1)
      .max(VELOCITY_COUNT_MAX)
      .optional()
      .meta({ description: 'Withdrawals in the window, this one included.', examples: [20] }),
    amountKrwMax: krw.optional().meta({ description: 'Their value in won, this one included.' }),
    action: z.enum(['REVIEW', 'DENY']),
  })
  .refine((rule) => rule.countMax !== undefined || rule.amountKrwMax !== undefined, {
    error: 'required',
    path: ['countMax'],
  })
  .meta({ id: 'PolicyVelocityRule' });

const screening = z
  .strictObject({
    sources: z
      .array(z.enum(screeningSources))
      .min(1)
      .max(screeningSources.length)
      .refine((list) => new Set(list).size === list.length, 'value_not_allowed')
      .meta({
        description:
          '`ORACLE`: a sanctions contract on the chain. `LIST`: a file of addresses. All must answer.',
      }),
    resultHours: z
      .int()
      .min(1)
      .max(168)
      .default(24)
      .meta({
        description: 'How long an answer about an address may be used.',
        examples: [24],
      }),
    patienceMinutes: z
      .int()
      .min(0)
      .max(1_440)
      .default(15)
      .meta({
        description: 'How long a withdrawal waits for an answer before a person decides.',
        examples: [15],
      }),
    onListed: z.enum(['REVIEW', 'DENY']).default('DENY').meta({
      description: 'What becomes of a withdrawal to an address that a source lists as sanctioned.',
    }),
  })
  .meta({ id: 'PolicyScreening' });

const risk = z
  .strictObject({
    reviewAt: z.int().min(1).max(100).meta({ description: 'A score from which a person decides.' }),
    denyAt: z.int().min(1).max(100).nullable().default(null).meta({
      description: 'A score from which it is denied; null: never by score.',
    }),
    historyDays: z.int().min(1).max(90).default(30).meta({
      description: 'How far back an organisation is compared with itself.',
    }),
    newDestination: points.default(0).meta({ description: 'The organisation has never paid this address.' }),
    unusualAmount: z
      .strictObject({ points, times: z.int().min(2).max(1_000) })
      .nullable()
      .default(null)
      .meta({
        description:
          'More than so many times the largest withdrawal of the asset that was paid in the history.',
      }),
    hours: z
      .strictObject({ points, from: z.int().min(0).max(23), to: z.int().min(0).max(23) })
      .nullable()
      .default(null)
      .meta({
        description: 'Asked for in these hours of Seoul, `from` up to and without `to`, over midnight too.',
      }),
    velocity: z
      .strictObject({
        points,
        windowMinutes: z.int().min(1).max(MINUTES_OF_30_DAYS),
        countMin: z.int().min(2).max(VELOCITY_COUNT_MAX),
      })
      .nullable()
      .default(null)
      .meta({ description: 'As many withdrawals or more in the window, this one included.' }),
    recentAddress: z
      .strictObject({ points, withinHours: z.int().min(1).max(HOURS_OF_30_DAYS) })
      .nullable()
      .default(null)
      .meta({ description: 'The address stands in the address book for less than this.' }),
    categories: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'malformed'), points)
      .refine((entries) => Object.keys(entries).length <= POLICY_RULES_MAX, 'too_many')
      .default({})
      .meta({
        description: 'By the category that a screening source gives an address, such as `mixer`.',
        examples: [{ mixer: 60 }],
      }),
    refusals: z
      .strictObject({ points, countMin: z.int().min(1).max(VELOCITY_COUNT_MAX) })
      .nullable()
      .default(null)
      .meta({ description: 'As many of its withdrawals or more were denied or failed in the history.' }),
  })
  .refine((rule) => rule.denyAt === null || rule.denyAt >= rule.reviewAt, {
    error: 'value_not_allowed',
    path: ['denyAt'],
  })
  .meta({ id: 'PolicyRisk' });

const approvals = z
  .strictObject({
    steps: z
      .array(
        z.strictObject({
          fromKrw: krw,
          quorum: z
            .int()
            .min(1)
            .max(10)
            .meta({ description: 'People who must approve.', examples: [2] }),
        }),
      )
      .max(POLICY_RULES_MAX)
      .default([])
      .meta({
        description: 'From a value on, so many people must approve. Rising, and never fewer for more.',
      }),
    expiresInHours: z.int().min(1).max(HOURS_OF_30_DAYS).default(24).meta({
      description: 'A review that nobody has ended by then ends by itself, unpaid.',
    }),
  })
  .refine(
    ({ steps }) =>
      steps.every((step, index) => {
        const before = steps[index - 1];
        return (
          before === undefined ||
          (BigInt(before.fromKrw) < BigInt(step.fromKrw) && before.quorum <= step.quorum)
        );
      }),
    { error: 'value_not_allowed', path: ['steps'] },
  )
  .meta({ id: 'PolicyApprovals' });

/** The rules of a policy version. Whole: what is left out is off. */
export const policyDocument = z
  .strictObject({
    schema: z.literal(1).default(1).meta({ description: 'Of this document.' }),
    addressBook: addressBook.default({ mode: 'OFF', coolingOffHours: 24 }),
    velocity: z.array(velocityRule).max(POLICY_RULES_MAX).default([]),
    screening: screening.nullable().default(null),
    risk: risk.nullable().default(null),
    approvals: approvals.default({ steps: [], expiresInHours: 24 }),
  })
  .meta({ id: 'PolicyDocument', description: 'Rules for the withdrawals of an organisation.' });
export type PolicyDocument = z.output<typeof policyDocument>;
export type PolicyDocumentInput = z.input<typeof policyDocument>;
export type VelocityRule = z.output<typeof velocityRule>;
export type ScreeningSourceName = (typeof screeningSources)[number];
