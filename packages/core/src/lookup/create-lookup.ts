import type { Database } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import type { OperatorFilter, OperatorPage, OwnedWithdrawal, StateCount } from './lookup.ts';
import { type SearchHit, search } from './search.reader.ts';
import {
  type ChainTxDetail,
  readChainTxDetail,
  readWithdrawalDetail,
  type WithdrawalDetail,
} from './withdrawal-detail.ts';
import { countAllWithdrawals, listAllWithdrawals } from './withdrawal-list.reader.ts';

/** How operators find things, whoever they belong to. Reads only. */
export type Lookup = {
  withdrawals(
    filter: OperatorFilter,
    page: OperatorPage,
  ): Promise<{ data: OwnedWithdrawal[]; next: string | null }>;
  countWithdrawals(filter: OperatorFilter): Promise<StateCount[]>;
  search(asked: string): Promise<SearchHit[]>;
  /** Null: there is none. */
  withdrawal(caller: Caller, id: string): Promise<WithdrawalDetail | null>;
  chainTx(id: string): Promise<ChainTxDetail | null>;
};

export function createLookup({ db }: { db: Database }): Lookup {
  return {
    withdrawals: (filter, page) => listAllWithdrawals(db, filter, page),
    countWithdrawals: (filter) => countAllWithdrawals(db, filter),
    search: (asked) => search(db, asked),
    withdrawal: (caller, id) => readWithdrawalDetail(db, caller, id),
    chainTx: (id) => readChainTxDetail(db, id),
  };
}
