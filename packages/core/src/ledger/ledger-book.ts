import type { Database } from '@naru/db/database.ts';
import {
  type LedgerAccountFilter,
  type LedgerAccountState,
  type LedgerPosting,
  listLedgerAccounts,
  listLedgerPostings,
  readLedgerAccount,
} from './ledger-book.reader.ts';

/** The ledger as operators read it: from a balance to the rows that made it, now or as of a moment. Reads only. */
export type LedgerBook = {
  accounts(
    filter: LedgerAccountFilter,
    page: { at: Date | null; limit: number; after: string | null },
  ): Promise<{ data: LedgerAccountState[]; next: string | null }>;
  /** Null: there is none. */
  account(id: string, at: Date | null): Promise<LedgerAccountState | null>;
  /** `before`: where the page before has ended; null: the newest, as of the moment. Null: there is no such account. */
  postings(
    id: string,
    page: { at: Date | null; limit: number; before: bigint | null },
  ): Promise<{ account: LedgerAccountState; data: LedgerPosting[]; next: bigint | null } | null>;
};

export function createLedgerBook({ db }: { db: Database }): LedgerBook {
  return {
    accounts: (filter, page) => listLedgerAccounts(db, filter, page),
    account: (id, at) => readLedgerAccount(db, id, at),
    async postings(id, { at, limit, before }) {
      const account = await readLedgerAccount(db, id, at);
      if (account === null) return null;
      const page = await listLedgerPostings(db, id, { limit, before: before ?? account.version + 1n });
      return { account, ...page };
    },
  };
}
