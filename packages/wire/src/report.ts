import { z } from 'zod';
import { OPERATION_REASON_LENGTH_MAX } from './dead-letter.ts';
import { assetCode, chainName } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText, timestamp } from './text.ts';

export const reportPeriods = ['daily', 'weekly', 'monthly'] as const;
const period = z
  .enum(reportPeriods, 'value_not_allowed')
  .meta({ description: 'Weeks begin on Monday. All by the midnight of Korea.', examples: ['daily'] });
const date = z.iso
  .date('date_malformed')
  .meta({ description: 'The first day of the period, in Korea.', examples: ['2026-03-02'] });
const count = z
  .int()
  .min(0)
  .meta({ examples: [12] });
const signed = z.string().meta({
  description: 'A decimal number as a string, in whole units of the asset; may be negative. Exact.',
  examples: ['12.5'],
});
const tally = z
  .object({ count, amount: signed })
  .meta({ id: 'ReportTally', description: 'How many, and their sum.' });
const asset = { chain: chainName, asset: assetCode };
const ties = z.boolean().meta({ description: 'Whether the sums are what they must be.', examples: [true] });

export const reportTotals = z
  .object({
    submitted: count,
    confirmed: count,
    failed: count,
    canceled: count,
    successRate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({
        description:
          'Confirmed, of what was confirmed or could not be paid. What somebody decided against does not count.',
        examples: [0.998],
      }),
    latency: z
      .object({ p50: z.number(), p95: z.number(), p99: z.number() })
      .nullable()
      .meta({
        description: 'Seconds from request to CONFIRMED, right within five percent.',
        examples: [{ p50: 14.2, p95: 31.5, p99: 58.1 }],
      }),
  })
  .meta({ id: 'ReportTotals' });

const head = {
  period,
  date,
  status: z
    .enum(['DRAFT', 'FINAL'])
    .meta({ description: '`DRAFT` while the period goes on; it is written anew.', examples: ['FINAL'] }),
  version: z
    .int()
    .min(0)
    .meta({ description: '0: a draft. The highest one counts.', examples: [1] }),
  from: timestamp,
  to: timestamp,
  asOf: timestamp.meta({ description: 'What happened later is not in it.' }),
  madeAt: timestamp,
  ties,
  totals: reportTotals,
};

export const reportHead = z
  .object(head)
  .meta({ id: 'ReportHead', description: 'A report without its tables.' });
export type ReportHeadBody = z.output<typeof reportHead>;
export const reportPage = pageOf(reportHead).meta({ id: 'ReportPage', description: 'Newest period first.' });
export type ReportPageBody = z.output<typeof reportPage>;
export const reportListQuery = z.strictObject({ period: period.default('daily'), ...pageQuery });

const version = z
  .object({
    version: z
      .int()
      .min(1)
      .meta({ examples: [1] }),
    reason: z.string().meta({ examples: ['the day is over in Korea'] }),
    madeFor: z.string().meta({ examples: ['system:jobs'] }),
    madeAt: timestamp,
    ties,
  })
  .meta({ id: 'ReportVersion' });

export const report = z
  .object({
    object: z.literal('report'),
    ...head,
    reason: z
      .string()
      .meta({ description: 'Why this version was computed.', examples: ['the day is over in Korea'] }),
    madeFor: z.string().meta({ examples: ['system:jobs'] }),
    slots: z
      .array(z.object({ at: timestamp, submitted: count, confirmed: count, failed: count, canceled: count }))
      .meta({ description: 'Hours of a day; days of a longer period.' }),
    assets: z
      .array(
        z.object({
          ...asset,
          openBefore: tally,
          submitted: tally,
          confirmed: tally,
          failed: tally,
          canceled: tally,
          openAfter: tally,
          fees: signed.meta({ description: 'Booked with what was confirmed.' }),
          ties,
        }),
      )
      .meta({ description: 'openBefore + submitted − confirmed − failed − canceled = openAfter.' }),
    failures: z.array(
      z.object({
        code: z.string().meta({ examples: ['transfer_rejected'] }),
        cause: z
          .enum(['ours', 'recipient', 'decision'])
          .meta({ description: 'Whose doing it was.', examples: ['recipient'] }),
        count,
      }),
    ),
    gas: z.array(
      z.object({
        ...asset,
        transactions: count.meta({ description: 'Of ours that became final.' }),
        items: count.meta({ description: 'Withdrawals that they paid.' }),
        gasUsed: z.string().meta({ description: 'Units of gas.', examples: ['5120000'] }),
        spent: signed.meta({ description: 'As the ledger has it, in the coin of the chain.' }),
      }),
    ),
    deposits: z.array(z.object({ ...asset, credited: tally })),
    ledger: z
      .array(
        z.object({
          ...asset,
          holder: z.string().meta({
            description:
              'Accounts of one kind. Credits less debits: what we owe is positive, what we own is negative.',
            examples: ['CUSTOMER'],
          }),
          opening: signed,
          in: signed,
          out: signed,
          closing: signed,
          ties,
          reasons: z.array(
            z.object({
              reason: z.string().meta({ examples: ['WITHDRAWAL'] }),
              in: signed,
              out: signed,
            }),
          ),
        }),
      )
      .meta({ description: 'opening + in − out = closing, where closing is what the accounts say.' }),
    mismatches: z
      .array(
        z.object({
          kind: z.enum(['ledger', 'open', 'zero_sum', 'opening']).meta({ examples: ['ledger'] }),
          subject: z.string().meta({ examples: ['CUSTOMER localhost:USDC'] }),
          expected: z.string().meta({ description: 'In the smallest unit.', examples: ['979000000'] }),
          found: z.string().meta({ examples: ['979000005'] }),
        }),
      )
      .meta({ description: 'What does not tie; empty: everything does.' }),
    versions: z.array(version).meta({ description: 'Newest first.' }),
    rerun: z
      .object({ requestedBy: z.string(), reason: z.string(), requestedAt: timestamp })
      .nullable()
      .meta({ description: 'It is being computed again.', examples: [null] }),
  })
  .meta({ id: 'Report', description: 'A day, a week or a month in Korea, tied to the ledger.' });
export type ReportBody = z.output<typeof report>;

export const reportParams = z.object({ period, date });
export const reportQuery = z.strictObject({
  version: z.coerce
    .number('number_out_of_range')
    .int('number_out_of_range')
    .min(0, 'number_out_of_range')
    .max(1_000_000, 'number_out_of_range')
    .optional()
    .meta({ description: 'An earlier one; the newest when left out.', examples: [1] }),
});
export const rerunReportRequest = z
  .strictObject({
    reason: storableText(OPERATION_REASON_LENGTH_MAX).meta({
      description: 'Why, for the audit log and the report.',
      examples: ['the auditor asks'],
    }),
  })
  .meta({ id: 'RerunReportRequest' });
