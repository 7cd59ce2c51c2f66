import type { Queryable } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import {
  finalWithdrawalStates,
  type WithdrawalState,
  withdrawalStates,
} from '../withdrawal/withdrawal.machine.ts';
import { describeWithdrawals } from '../withdrawal/withdrawal.reader.ts';
import { COUNT_ROWS_MAX, WINDOW_ROWS } from './lookup.limits.ts';
import { readOrganisationNames } from './lookup.store.ts';
import type { OperatorFilter, OperatorPage, OwnedWithdrawal, StateCount } from './lookup.ts';
import { type Narrowed, narrowFilter } from './narrow-filter.reader.ts';

/*
 * A page of all withdrawals, whatever is asked for, without an index for each question: those would be written nine
 * times for every withdrawal. What is open is found by its state; what is over by one of few indexes that a withdrawal
 * enters once; and each index of an organisation is asked for all of them in turn. Reads only, without an organisation:
 * nothing here may be reachable by a customer.
 */

/** The order and the number of what is wanted; null: any of them, for a count. */
type Cut = { order: OperatorPage['order'] | null; rows: number };

export async function listAllWithdrawals(
  db: Queryable,
  filter: OperatorFilter,
  page: OperatorPage,
): Promise<{ data: OwnedWithdrawal[]; next: string | null }> {
  const narrowed = await narrowFilter(db, filter);
  if (narrowed === null) return { data: [], next: null };
  const cut: Cut = { order: page.order, rows: page.limit + 1 };
  const wanted = page.after === null ? narrowed : withCondition(narrowed, afterOf(page.order, page.after));
  const found = (await readWindow(db, wanted, cut)) ?? (await describeWithdrawals(db, sourceOf(wanted, cut)));
  const rows = page.order === 'newest' ? found : found.toReversed();
  const names = await readOrganisationNames(
    db,
    rows.map(({ organisationId }) => organisationId),
  );
  const data = rows
    .slice(0, page.limit)
    .map((row) => ({ ...row, organisationName: names.get(row.organisationId) ?? '' }));
  return { data, next: rows.length > page.limit ? (data.at(-1)?.id ?? null) : null };
}

/** How many are in each state, up to a bound that keeps it fast. The states of the filter do not matter. */
export async function countAllWithdrawals(db: Queryable, filter: OperatorFilter): Promise<StateCount[]> {
  const narrowed = await narrowFilter(db, filter);
  const counted = filter.failureCode === undefined ? withdrawalStates : (['FAILED'] as const);
  if (narrowed === null) return withdrawalStates.map((state) => ({ state, count: 0, isExact: true }));
  const cut: Cut = { order: null, rows: COUNT_ROWS_MAX + 1 };
  const each = counted.map(
    (state) =>
      sql`SELECT ${sql.lit(state)} AS state, count(*)::integer AS count
            FROM ${sourceOf({ ...narrowed, states: [state] }, cut)} w`,
  );
  const { rows } = await sql<{ state: WithdrawalState; count: number }>`
    ${sql.join(each, sql` UNION ALL `)}`.execute(db);
  const counts = new Map(rows.map(({ state, count }) => [state, count]));
  return withdrawalStates.map((state) => {
    const count = counts.get(state) ?? 0;
    return { state, count: Math.min(count, COUNT_ROWS_MAX), isExact: count <= COUNT_ROWS_MAX };
  });
}

function afterOf(order: OperatorPage['order'], after: string): RawBuilder<unknown> {
  return order === 'newest' ? sql`w.id < ${after}` : sql`w.id > ${after}`;
}

function withCondition(narrowed: Narrowed, condition: RawBuilder<unknown>): Narrowed {
  return {
    ...narrowed,
    conditions: [...narrowed.conditions, condition],
    bounds: [...narrowed.bounds, condition],
  };
}

/**
 * A full page out of the rows that come first, if they have one; else null, and an index is asked. Most of what is asked
 * for is there, and then no index is as fast; what only the oldest rows have costs this one look more.
 */
async function readWindow(db: Queryable, wanted: Narrowed, cut: Cut) {
  if (isPrecise(wanted)) return null;
  const bounds = wanted.organisationId === null ? [] : [sql`w.organisation_id = ${wanted.organisationId}`];
  const inner = all([...wanted.bounds, ...bounds]);
  const found = await describeWithdrawals(
    db,
    sql`(SELECT * FROM (SELECT * FROM withdrawal w WHERE ${inner} ${tail({ ...cut, rows: WINDOW_ROWS })}) w
          WHERE ${all([...wanted.conditions, ...stateCondition(wanted)])} ${tail(cut)})`,
  );
  return found.length === cut.rows ? found : null;
}

/** Whether what is wanted lies in one index, in its order. */
function isPrecise({ ids, hash, bulkId, to, reference, states, ...rest }: Narrowed): boolean {
  if (ids !== null || hash !== null || bulkId !== null || to !== null || reference !== null) return true;
  if (states !== null && !states.includes('CONFIRMED')) return true;
  const { assetIds, referencePrefix, hasAmount, urgent, subAccountIds } = rest;
  const isFiltered = assetIds !== null || referencePrefix !== null || hasAmount;
  return !isFiltered && urgent === null && subAccountIds === null;
}

/** A subquery of all that match, cut. */
function sourceOf(wanted: Narrowed, cut: Cut): RawBuilder<unknown> {
  const { ids, hash, bulkId, to, reference } = wanted;
  const conditions = [...wanted.conditions, ...stateCondition(wanted)];
  if (ids !== null || hash !== null || bulkId !== null) return fenced(conditions, cut);
  if (to !== null || reference !== null) return ofEachOrganisation(wanted, conditions, cut);
  const states = wanted.states ?? withdrawalStates;
  if (isUnfiltered(wanted)) return plain(conditions, cut);
  const final = states.filter((state) => finalWithdrawalStates.includes(state));
  const branches = states
    .filter((state) => !final.includes(state) || !states.includes('CONFIRMED'))
    .map((state) =>
      ofEachOrganisation(wanted, [...wanted.conditions, sql`w.state = ${sql.lit(state)}`], cut),
    );
  if (states.includes('CONFIRMED'))
    branches.push(ended(wanted, [...wanted.conditions, ...stateCondition({ states: final })], cut));
  if (branches.length === 0) return plain([sql`false`], cut);
  return sql`(SELECT * FROM (${sql.join(
    branches.map((branch) => sql`SELECT * FROM ${branch} b`),
    sql` UNION ALL `,
  )}) w ${tail(cut)})`;
}

/** Nothing but times and an organisation: their own order has it. */
function isUnfiltered({ states, ...rest }: Narrowed): boolean {
  return states === null && isPrecise({ states, ...rest });
}

/** Those that are over, by the index that narrows most. */
function ended(wanted: Narrowed, conditions: readonly RawBuilder<unknown>[], cut: Cut): RawBuilder<unknown> {
  const { assetIds, referencePrefix, hasAmount, urgent, subAccountIds } = wanted;
  if (referencePrefix !== null || subAccountIds !== null || hasAmount) return fenced(conditions, cut);
  if (urgent !== null) return plain(conditions, cut);
  if (assetIds === null) return plain(conditions, cut);
  return ofEachOrganisation(
    wanted,
    conditions,
    cut,
    sql`CROSS JOIN unnest(${assetIds}::text[]) AS a (id)`,
    sql`w.asset_id = a.id`,
  );
}

function plain(conditions: readonly RawBuilder<unknown>[], cut: Cut): RawBuilder<unknown> {
  return sql`(SELECT * FROM withdrawal w WHERE ${all(conditions)} ${tail(cut)})`;
}

/** All that match first, and their order then: the planner cannot go through the table from its end instead. */
function fenced(conditions: readonly RawBuilder<unknown>[], cut: Cut): RawBuilder<unknown> {
  if (cut.order === null) return plain(conditions, cut);
  return sql`(SELECT * FROM (SELECT w.* FROM withdrawal w WHERE ${all(conditions)} OFFSET 0) w ${tail(cut)})`;
}

/** The first of each organisation, by an index that begins with it, and the first of those. */
function ofEachOrganisation(
  { organisationId }: Narrowed,
  conditions: readonly RawBuilder<unknown>[],
  cut: Cut,
  besides: RawBuilder<unknown> = sql``,
  condition: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> {
  const organisations =
    organisationId === null ? sql`organisation` : sql`(SELECT ${organisationId}::uuid AS id)`;
  return sql`(SELECT w.* FROM ${organisations} o ${besides} CROSS JOIN LATERAL (
      SELECT * FROM withdrawal w WHERE w.organisation_id = o.id AND ${condition} AND ${all(conditions)} ${tail(cut)}) w
    ${tail(cut)})`;
}

function stateCondition({ states }: Pick<Narrowed, 'states'>): RawBuilder<unknown>[] {
  if (states === null) return [];
  if (states.length === 0) return [sql`false`];
  // As literals: only so can the planner see that a partial index holds the state.
  return [sql`w.state IN (${sql.join(states.map((state) => sql.lit(state)))})`];
}

function all(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` AND `);
}

function tail({ order, rows }: Cut): RawBuilder<unknown> {
  if (order === null) return sql`LIMIT ${rows}`;
  return order === 'newest' ? sql`ORDER BY w.id DESC LIMIT ${rows}` : sql`ORDER BY w.id LIMIT ${rows}`;
}
