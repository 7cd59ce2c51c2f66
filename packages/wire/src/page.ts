import { z } from 'zod';

export const PAGE_ROWS_DEFAULT = 20;
/** More in one answer would make single calls slow for everyone. */
export const PAGE_ROWS_MAX = 100;
/** Longer than any cursor we make. */
const CURSOR_LENGTH_MAX = 200;

export const pageQuery = {
  limit: z.coerce
    .number('limit_out_of_range')
    .int('limit_out_of_range')
    .min(1, 'limit_out_of_range')
    .max(PAGE_ROWS_MAX, 'limit_out_of_range')
    .default(PAGE_ROWS_DEFAULT)
    .meta({ description: `Items in one page, 1 to ${PAGE_ROWS_MAX}.`, examples: [PAGE_ROWS_DEFAULT] }),
  cursor: z.string().min(1, 'cursor_malformed').max(CURSOR_LENGTH_MAX, 'cursor_malformed').optional().meta({
    description: '`nextCursor` of the page before. It belongs to that filter and is refused with another.',
  }),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({
        description: 'Pass it as `cursor` for the next page; null on the last one.',
        examples: [null],
      }),
  });
}
