import { z } from 'zod';
import { publicId } from './id.ts';
import { roles } from './role.ts';
import { storableLine, storableText, timestamp } from './text.ts';

/** Lists that have views. */
export const savedViewLists = ['withdrawals'] as const;

const FILTER_ENTRIES_MAX = 40;
const FILTER_VALUE_LENGTH_MAX = 300;
/** Of its JSON in UTF-8: what the table takes, with room to spare. */
const FILTER_BYTES_MAX = 2_000;

export const savedViewId = publicId('view', 'view_01kjr3q8c6e7rvt0xx0n3m7d5k', 'Names one saved view.');
const list = z.enum(savedViewLists, 'value_not_allowed').meta({ description: 'The list that it is of.' });
const role = z
  .enum(roles, 'value_not_allowed')
  .nullable()
  .meta({ description: 'Whose it is; null: everybody’s.', examples: ['operator'] });
const filter = z
  .record(storableLine(40), z.union([storableText(FILTER_VALUE_LENGTH_MAX), z.number(), z.boolean()]))
  .refine((given) => Object.keys(given).length <= FILTER_ENTRIES_MAX, 'too_many')
  .refine((given) => new TextEncoder().encode(JSON.stringify(given)).length <= FILTER_BYTES_MAX, 'too_long')
  .meta({
    description: `What the page of the list has in its address; ${FILTER_ENTRIES_MAX} entries and ${FILTER_BYTES_MAX} bytes of JSON at most.`,
    examples: [{ state: 'FAILED', preset: 'today' }],
  });

export const savedView = z
  .object({
    id: savedViewId,
    object: z.literal('saved_view'),
    list,
    name: z.string().meta({ examples: ['Failed today'] }),
    filter,
    role,
    savedBy: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'SavedView', description: 'Filters of a list under a name, shared in your organisation.' });
export type SavedViewBody = z.output<typeof savedView>;
export const savedViewList = z.object({ data: z.array(savedView) }).meta({ id: 'SavedViewList' });
export const removedView = z
  .object({ object: z.literal('removed_view'), id: savedViewId })
  .meta({ id: 'RemovedView' });
export const savedViewQuery = z.strictObject({ list: list.default('withdrawals') });

export const saveViewRequest = z
  .strictObject({ list, name: storableLine(60), filter, role: role.default(null) })
  .meta({ id: 'SaveViewRequest' });
export type SaveViewInput = z.input<typeof saveViewRequest>;
