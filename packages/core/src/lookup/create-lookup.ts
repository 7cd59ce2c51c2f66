import type { Database } from '@naru/db/database.ts';
import type { OperatorFilter, OperatorPage, OwnedWithdrawal, StateCount } from './lookup.ts';
import { type SearchHit, search } from './search.reader.ts';
import { countAllWithdrawals, listAllWithdrawals } from './withdrawal-list.reader.ts';

/** How operators find things, whoever they belong to. Reads only. */
export type Lookup = {
  withdrawals(
    filter: OperatorFilter,
    page: OperatorPage,
  ): Promise<{ data: OwnedWithdrawal[]; next: string | null }>;
  countWithdrawals(filter: OperatorFilter): Promise<StateCount[]>;
  search(asked: string): Promise<SearchHit[]>;
};

export function createLookup({ db }: { db: Database }): Lookup {
  return {
    withdrawals: (filter, page) => listAllWithdrawals(db, filter, page),
    countWithdrawals: (filter) => countAllWithdrawals(db, filter),
    search: (asked) => search(db, asked),
  };
}
