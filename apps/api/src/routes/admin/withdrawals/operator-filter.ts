import type { OperatorFilter } from '@naru/core/lookup/lookup.ts';
import type { operatedWithdrawalListQuery } from '@naru/wire/operated-withdrawal.ts';
import type { z } from 'zod';
import { given } from '../../../http/page-after.ts';
import { uuidOf } from '../../params.ts';

type Query = z.output<typeof operatedWithdrawalListQuery>;

/** The filter of a list, its counts or its export, in the words of the core. */
export function toOperatorFilter(query: Omit<Query, 'limit' | 'cursor' | 'order'>): OperatorFilter {
  const { organisationId, bulkId, createdFrom, createdTo, ...plain } = query;
  return given({
    ...plain,
    organisationId: organisationId === undefined ? undefined : uuidOf('organisation', organisationId),
    bulkId: bulkId === undefined ? undefined : uuidOf('bulk', bulkId),
    createdFrom: createdFrom === undefined ? undefined : new Date(createdFrom),
    createdTo: createdTo === undefined ? undefined : new Date(createdTo),
  });
}
