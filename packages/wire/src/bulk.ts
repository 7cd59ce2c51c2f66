import { z } from 'zod';
import { bulkId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { timestamp } from './text.ts';
import { withdrawalState } from './withdrawal.ts';

export const bulkColumns = ['chain', 'asset', 'to', 'amount', 'reference', 'priority'] as const;
export type BulkColumn = (typeof bulkColumns)[number];
/** These may be left out of the header. */
export const optionalBulkColumns: readonly BulkColumn[] = ['reference', 'priority'];
/** Bad rows listed in one answer; the count is exact however many there are. */
export const BULK_ERRORS_LISTED_MAX = 1_000;

export const bulkQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'], 'value_not_allowed')
    .default('false')
    .meta({ description: 'With `true` every row is checked and nothing is accepted.', examples: ['true'] }),
});

export const bulkWithdrawal = z
  .object({
    id: bulkId,
    object: z.literal('bulk_withdrawal'),
    total: z
      .int()
      .min(1)
      .meta({ description: 'Rows of the file.', examples: [1000] }),
    counts: z.partialRecord(withdrawalState, z.int().min(0)).meta({
      description: 'How many of its withdrawals are in each state; states without any are left out.',
      examples: [{ CONFIRMING: 120, CONFIRMED: 880 }],
    }),
    createdAt: timestamp,
  })
  .meta({ id: 'BulkWithdrawal', description: 'A file of withdrawals that was accepted as a whole.' });
export type BulkWithdrawalBody = z.output<typeof bulkWithdrawal>;

export const listedBulk = bulkWithdrawal
  .extend({
    counts: bulkWithdrawal.shape.counts.nullable().meta({
      description:
        'How many of its withdrawals are in each state; null for a file that is too long to be counted for a list: read it by its id.',
      examples: [{ CONFIRMED: 1000 }],
    }),
    completedAt: timestamp.nullable().meta({
      description: 'When all of its withdrawals were found to be in final states.',
      examples: [null],
    }),
  })
  .meta({ id: 'ListedBulkWithdrawal', description: 'A file, as a list has it.' });
export const bulkPage = pageOf(listedBulk).meta({
  id: 'BulkWithdrawalPage',
  description: 'Files, newest first.',
});
export type BulkPageBody = z.output<typeof bulkPage>;
export const bulkListQuery = z.strictObject(pageQuery);

export const bulkDryRun = z
  .object({
    object: z.literal('bulk_dry_run'),
    dryRun: z.literal(true),
    total: z
      .int()
      .min(1)
      .meta({ description: 'Rows of the file; all of them are good.', examples: [1000] }),
  })
  .meta({ id: 'BulkDryRun', description: 'Every row would be accepted now. Nothing was.' });
export type BulkDryRunBody = z.output<typeof bulkDryRun>;

export const bulkReportColumns = [
  'row',
  'id',
  'chain',
  'asset',
  'to',
  'amount',
  'reference',
  'priority',
  'state',
  'hash',
  'failureCode',
  'failureMessage',
  'createdAt',
  'confirmedAt',
] as const;
