import type { Database } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { type CommandOrigin, createDepositAddress, type NewAddressInput } from './create-deposit-address.ts';
import { creditDeposit } from './credit-deposit.ts';
import { type DepositFilter, listDeposits, readDeposit } from './deposit.reader.ts';
import type { Deposit, DepositAddress } from './deposit.ts';
import { listDepositAddresses, readDepositAddress } from './deposit-address.store.ts';

/** `after`: the id of the last row of the page before. */
export type Page = { limit: number; after: string | null };
/** `next`: where the following page begins; null: there is none. */
export type PageOf<T> = { data: T[]; next: string | null };

/** Deposits as the API offers them. What takes a caller sees that organisation's rows and no others. */
export type Deposits = {
  createAddress(
    caller: Caller,
    idempotencyKey: string,
    input: NewAddressInput,
    from: CommandOrigin,
  ): Promise<CommandResult<DepositAddress>>;
  getAddress(caller: Caller, id: string): Promise<DepositAddress | null>;
  listAddresses(caller: Caller, filter: { chain?: string }, page: Page): Promise<PageOf<DepositAddress>>;
  get(caller: Caller, id: string): Promise<Deposit | null>;
  list(caller: Caller, filter: DepositFilter, page: Page): Promise<PageOf<Deposit>>;
  /** Of all organisations, for operators. */
  getAny(id: string): Promise<Deposit | null>;
  listAll(filter: DepositFilter, page: Page): Promise<PageOf<Deposit>>;
  /** The deposit as it is then. */
  credit(id: string, by: AuditContext): Promise<CommandResult<Deposit>>;
};

export function createDeposits(deps: { db: Database }): Deposits {
  const { db } = deps;
  return {
    createAddress: (caller, key, input, from) => createDepositAddress(deps, caller, key, input, from),
    getAddress: (caller, id) => readDepositAddress(db, caller.organisationId, id),
    listAddresses: ({ organisationId }, { chain }, { limit, after }) =>
      paged(limit, (rows) =>
        listDepositAddresses(db, { organisationId, chainId: chain ?? null }, { limit: rows, after }),
      ),
    get: (caller, id) => readDeposit(db, caller.organisationId, id),
    getAny: (id) => readDeposit(db, null, id),
    list: (caller, filter, { limit, after }) =>
      paged(limit, (rows) => listDeposits(db, caller.organisationId, filter, { limit: rows, after })),
    listAll: (filter, { limit, after }) =>
      paged(limit, (rows) => listDeposits(db, null, filter, { limit: rows, after })),
    async credit(id, by) {
      const credited = await creditDeposit(deps, id, by);
      if (credited.kind === 'refused') return credited;
      const deposit = await readDeposit(db, null, id);
      if (deposit === null) throw new Error(`deposit ${id} was credited and is not there`);
      return { ...credited, value: deposit };
    },
  };
}

/** One row more than asked for tells whether there is another page. */
async function paged<T extends { id: string }>(
  limit: number,
  read: (rows: number) => Promise<T[]>,
): Promise<PageOf<T>> {
  const rows = await read(limit + 1);
  const data = rows.slice(0, limit);
  return { data, next: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
}
