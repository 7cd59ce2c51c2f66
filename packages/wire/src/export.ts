import { z } from 'zod';
import { publicId } from './id.ts';
import { operatedWithdrawalListQuery } from './operated-withdrawal.ts';
import { timestamp } from './text.ts';

export const exportId = publicId(
  'exp',
  'exp_01kjr3q8c6e7rvt0xx0n3m7d5g',
  'Names one file that is made of a list.',
);

const { limit: _limit, cursor: _cursor, order: _order, ...filters } = operatedWithdrawalListQuery.shape;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const createExportRequest = z
  .strictObject({
    kind: z.enum(['withdrawals'], 'value_not_allowed').meta({ examples: ['withdrawals'] }),
    filter: z
      .strictObject(filters)
      .default({})
      .meta({ description: 'As the list takes it, each value as a text. Nothing: all there are.' }),
    timeZone: z
      .string()
      .max(100, 'too_long')
      .refine(isTimeZone, 'value_not_allowed')
      .default('Asia/Seoul')
      .meta({ description: 'IANA name; the times in the file have its offset.', examples: ['Asia/Seoul'] }),
  })
  .meta({ id: 'CreateExportRequest' });
export type CreateExportInput = z.input<typeof createExportRequest>;

export const exportFile = z
  .object({
    id: exportId,
    object: z.literal('export'),
    kind: z.enum(['withdrawals']).meta({ examples: ['withdrawals'] }),
    filter: z
      .record(z.string(), z.unknown())
      .meta({ description: 'As it was asked for.', examples: [{ state: ['FAILED'] }] }),
    timeZone: z.string().meta({ examples: ['Asia/Seoul'] }),
    state: z
      .enum(['REQUESTED', 'RUNNING', 'DONE', 'FAILED'])
      .meta({ description: '`DONE`: `file.csv` is there.', examples: ['RUNNING'] }),
    rows: z
      .int()
      .min(0)
      .meta({ description: 'In the file by now.', examples: [4_000] }),
    rowsExpected: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'null: not counted yet, or more than are counted.', examples: [9_120] }),
    bytes: z
      .int()
      .min(0)
      .meta({ examples: [1_204_331] }),
    sha256: z
      .string()
      .nullable()
      .meta({ description: 'Of the whole file, hex; null until it is done.', examples: [null] }),
    error: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    requestedBy: z.string().meta({ examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
    requestedAt: timestamp,
    startedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    expiresAt: timestamp.meta({ description: 'It is removed then.' }),
  })
  .meta({ id: 'ExportFile', description: 'A file of what a list shows.' });
export type ExportFileBody = z.output<typeof exportFile>;
export const exportList = z
  .object({ data: z.array(exportFile) })
  .meta({ id: 'ExportList', description: 'The last ones, newest first.' });
