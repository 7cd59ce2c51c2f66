import type { OperatorFilter } from '@naru/sdk/operations.ts';
import { priorities, type WithdrawalStateName, withdrawalStates } from '@naru/wire/withdrawal.ts';
import { z } from 'zod';
import { momentsOf, presets } from '../../primitives/time-range.ts';

/** A number that was typed into the address bar is a text like any other. */
const text = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

/** What the URL says of the list; what it does not understand is left out, so that an old link still opens. */
export const withdrawalSearch = z.object({
  /** With commas. */
  state: text,
  q: text,
  chain: text,
  asset: text,
  to: text,
  reference: text,
  priority: z.enum(priorities).optional().catch(undefined),
  bulkId: text,
  organisationId: text,
  amountMin: text,
  amountMax: text,
  failureCode: text,
  subAccount: text,
  hasDeadLetter: flag,
  order: z.enum(['newest', 'oldest']).optional().catch(undefined),
  preset: z.enum(presets).optional().catch(undefined),
  from: text,
  until: text,
});
export type WithdrawalSearch = z.output<typeof withdrawalSearch>;

/** Filters that are texts as they are typed. */
export const textFilters = [
  'to',
  'reference',
  'bulkId',
  'organisationId',
  'amountMin',
  'amountMax',
  'failureCode',
  'subAccount',
] as const satisfies readonly (keyof WithdrawalSearch)[];
export type TextFilter = (typeof textFilters)[number];

/** Names that are none are left out. */
export function statesOf(text: string | undefined): WithdrawalStateName[] {
  const names = text?.split(',') ?? [];
  return withdrawalStates.filter((state) => names.includes(state));
}

/** As the API takes it. A preset of time is measured from `now`. */
export function filterOf(search: WithdrawalSearch, now: Date): OperatorFilter {
  const { q, chain, asset, priority, hasDeadLetter } = search;
  const { from, to } = momentsOf(rangeOf(search), now);
  const typed = textFilters.flatMap((name) => {
    const value = search[name]?.trim();
    return value === undefined || value === ''
      ? []
      : [[name, name.startsWith('amount') ? value.replaceAll(',', '') : value] as const];
  });
  return {
    ...Object.fromEntries(typed),
    ...(q === undefined ? {} : { q: q.trim() }),
    ...(chain === undefined ? {} : { chain }),
    ...(asset === undefined ? {} : { asset }),
    ...(priority === undefined ? {} : { priority }),
    ...(hasDeadLetter === undefined ? {} : { hasDeadLetter }),
    ...(from === undefined ? {} : { createdFrom: from }),
    ...(to === undefined ? {} : { createdTo: to }),
  };
}

export function rangeOf({ preset, from, until }: WithdrawalSearch) {
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { to: until }),
  };
}

/** Whether anything but the order narrows the list. */
export function isFiltered({ order: _order, ...filters }: WithdrawalSearch): boolean {
  return Object.values(filters).some((value) => value !== undefined && value !== 'all');
}
