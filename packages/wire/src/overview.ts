import { z } from 'zod';
import { amount } from './amount.ts';
import { assetCode, chainName } from './id.ts';
import { reserveForecast, subAccount } from './sub-account.ts';
import { timestamp } from './text.ts';

const count = z
  .int()
  .min(0)
  .meta({ examples: [12] });
const perSecond = z
  .number()
  .min(0)
  .meta({ examples: [812.4] });
const seconds = z
  .number()
  .min(0)
  .meta({ examples: [4.2] });
/** Blocks, gas and nonces: whole numbers that may be too large for a number of JSON. */
const wholeNumber = z
  .string()
  .regex(/^[0-9]+$/)
  .meta({ examples: ['21034567'] });

const withdrawalStage = z
  .enum(['PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING'])
  .meta({ examples: ['CONFIRMING'] });

const stage = z.object({
  state: withdrawalStage,
  count,
  oldestAt: timestamp.nullable().meta({ description: 'When the oldest of them was submitted.' }),
  stuck: count.meta({
    description: 'Of these, older than `stuckAfterSeconds`. In `REVIEW` they wait for a person.',
  }),
  assets: z.array(
    z.object({
      chain: chainName,
      asset: assetCode,
      count,
      amount: amount.meta({ description: 'Without fees.', examples: ['1200.5'] }),
      stuck: count,
      stuckAmount: amount,
    }),
  ),
});

const provider = z.object({
  chain: chainName,
  provider: z.string().meta({ description: 'Its host.', examples: ['rpc.example.com'] }),
  up: z.boolean().meta({ description: 'At least one process can use it now.', examples: [true] }),
  askedBy: count.meta({ description: 'Processes that ask it.' }),
  usableBy: count.meta({ description: 'Of these, those that can use it now.' }),
  height: wholeNumber.nullable(),
  lagBlocks: z
    .int()
    .min(0)
    .nullable()
    .meta({ description: 'Behind the best provider of the chain.', examples: [0] }),
  latencyMs: z
    .number()
    .min(0)
    .nullable()
    .meta({ examples: [38.2] }),
  requests: count.meta({ description: 'HTTP requests of about the last minute.' }),
  errorRate: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'Share of them without a usable answer; null: none was made.', examples: [0] }),
  problem: z
    .string()
    .nullable()
    .meta({ description: 'Why it is not used.', examples: [null] }),
  seenAt: timestamp,
});

const block = z.object({
  number: wholeNumber,
  at: timestamp,
  gasUsed: wholeNumber,
  gasLimit: wholeNumber,
  fill: z
    .number()
    .min(0)
    .meta({ description: 'Share of the gas limit that was used.', examples: [0.51] }),
  ours: z
    .number()
    .min(0)
    .nullable()
    .meta({
      description:
        'Share of the gas limit that our transactions used; null while some of them are not final.',
      examples: [0.12],
    }),
});

const alarm = z.object({
  id: z.string().meta({ examples: ['alarm_01kjr3q8c6e7rvt0xx0n3m7d5g'] }),
  invariant: z.string().meta({ examples: ['account_reserves'] }),
  subject: z.string().meta({ examples: ['localhost:USDC MAIN'] }),
  detail: z
    .string()
    .meta({ examples: ['the main account holds 900 USDC, and should hold 1000 USDC at least'] }),
  severity: z.enum(['WARNING', 'CRITICAL']).meta({ examples: ['CRITICAL'] }),
  openedAt: timestamp,
  acknowledgedAt: timestamp.nullable(),
  snoozedUntil: timestamp.nullable(),
});

const flow = { submitted: count, confirmed: count, failed: count };

export const overview = z
  .object({
    object: z.literal('overview'),
    asOf: timestamp.meta({
      description: 'Nothing in it is older, but for `forecast` (half a minute at most).',
    }),
    flow: z
      .object({
        bucketSeconds: count,
        buckets: z.array(z.object({ at: timestamp, ...flow })).meta({
          description: 'Oldest first, without holes; the last one is not over.',
        }),
        now: z
          .object({ submitted: perSecond, confirmed: perSecond, failed: perSecond })
          .meta({ description: 'Withdrawals per second, of the last whole buckets.' }),
      })
      .meta({ description: 'What withdrawals did in the last five minutes.' }),
    lastHour: z.object({
      submitted: count,
      confirmed: count,
      failedOurs: count.meta({ description: 'We took them and could not pay them.' }),
      failedRecipient: count.meta({ description: 'The token or the recipient refused.' }),
      failedDecision: count.meta({ description: 'Somebody or a rule decided against them.' }),
      successRate: z
        .number()
        .min(0)
        .max(1)
        .nullable()
        .meta({
          description: 'Confirmed, of these and those that could not be paid; null: nothing ended.',
          examples: [0.999],
        }),
      latencySeconds: z
        .object({ p50: seconds, p95: seconds, p99: seconds })
        .nullable()
        .meta({ description: 'From submit to `CONFIRMED`, within 5 %; null: nothing was confirmed.' }),
    }),
    stuckAfterSeconds: count,
    stages: z
      .array(stage)
      .meta({ description: 'Every open state, in the order of the way; empty ones too.' }),
    stuck: z
      .object({
        count,
        assets: z.array(z.object({ chain: chainName, asset: assetCode, count, amount })),
      })
      .meta({ description: 'Over all states but `REVIEW`: money that does not move although it should.' }),
    deadLetters: z.object({
      open: count,
      causes: z.array(z.object({ cause: z.string().meta({ examples: ['fee_ceiling'] }), count })),
    }),
    reviews: z.object({
      open: count,
      oldestAt: timestamp.nullable(),
      nextExpiryAt: timestamp.nullable(),
      unconfirmed: count.meta({ description: 'Emergency approvals that a second person must look at.' }),
    }),
    providers: z.array(provider),
    accounts: z.array(subAccount),
    forecast: z.array(reserveForecast),
    alarms: z.object({ open: count, critical: count, first: z.array(alarm) }),
    webhooks: z.object({
      pending: count,
      oldestUntriedSeconds: seconds,
      lag: count.meta({ description: 'Events that were not handed on yet.' }),
      endpoints: z.array(z.object({ state: z.string().meta({ examples: ['ACTIVE'] }), count })),
    }),
    blocks: z.array(z.object({ chain: chainName, blocks: z.array(block) })).meta({
      description: 'The last blocks of each chain, oldest first.',
    }),
    reconciliation: z.object({
      ok: z.boolean().meta({ description: 'No check has anything open.', examples: [true] }),
      lastCheckAt: timestamp.nullable(),
      findings: count,
      checks: z.array(
        z.object({
          invariant: z.string().meta({ examples: ['chain_balance'] }),
          open: count,
          lastCheckAt: timestamp.nullable(),
          lastOkAt: timestamp.nullable(),
        }),
      ),
    }),
    instances: z.array(
      z.object({
        instance: z.string().meta({ examples: ['monitor'] }),
        roles: z.array(z.string().meta({ examples: ['monitor'] })),
        startedAt: timestamp,
        seenAt: timestamp,
      }),
    ),
  })
  .meta({ id: 'Overview', description: 'What a home page shows: whether money moves.' });
export type OverviewBody = z.output<typeof overview>;
