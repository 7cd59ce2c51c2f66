import type { Queryable } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import { checksumAddress } from '../withdrawal/checksum-address.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { lowestUuidAt } from '../withdrawal/withdrawal.reader.ts';
import { findLetteredWithdrawals, listAssetsOf, listSubAccountsAt } from './lookup.store.ts';
import type { OperatorFilter } from './lookup.ts';
import { recognise } from './recognise.ts';

/** A filter in the words of the tables: what it names was looked up, and each part knows whether an index has it. */
export type Narrowed = {
  organisationId: string | null;
  states: readonly WithdrawalState[] | null;
  /** Null: any. */
  assetIds: readonly string[] | null;
  ids: readonly string[] | null;
  hash: string | null;
  bulkId: string | null;
  to: string | null;
  reference: string | null;
  referencePrefix: string | null;
  hasAmount: boolean;
  urgent: 'VIP' | 'EMERGENCY' | null;
  subAccountIds: readonly string[] | null;
  /** Everything but states, for rows `w` of `withdrawal`. */
  conditions: readonly RawBuilder<unknown>[];
  /** Those of them that bound the ids. */
  bounds: readonly RawBuilder<unknown>[];
};

/** Null: nothing can match. */
export async function narrowFilter(db: Queryable, asked: OperatorFilter): Promise<Narrowed | null> {
  const filter = withSearch(asked);
  if (filter === null) return null;
  const { organisationId, bulkId, reference, referencePrefix, hash, failureCode, priority } = filter;
  const conditions: RawBuilder<unknown>[] = [];
  const assetIds = await narrowAssets(db, filter, conditions);
  const subAccountIds =
    filter.subAccount === undefined ? null : await listSubAccountsAt(db, checksumAddress(filter.subAccount));
  if (assetIds?.length === 0 || subAccountIds?.length === 0) return null;
  const ids = await narrowIds(db, filter, conditions);
  const to = filter.to === undefined ? null : checksumAddress(filter.to);
  if (organisationId !== undefined) conditions.push(sql`w.organisation_id = ${organisationId}`);
  if (to !== null) conditions.push(sql`w.to_address = ${to}`);
  if (reference !== undefined) conditions.push(sql`w.reference = ${reference}`);
  if (referencePrefix !== undefined)
    conditions.push(
      sql`w.reference >= ${referencePrefix} COLLATE "C" AND w.reference < ${`${referencePrefix}\u{10FFFF}`} COLLATE "C"`,
    );
  if (priority !== undefined) conditions.push(sql`w.priority = ${sql.lit(priority)}`);
  if (bulkId !== undefined) conditions.push(sql`w.bulk_id = ${bulkId}`);
  if (failureCode !== undefined) conditions.push(sql`w.failure_code = ${failureCode}`);
  if (hash !== undefined)
    conditions.push(
      sql`w.chain_tx_id IN (SELECT t.chain_tx_id FROM chain_tx_attempt t WHERE t.hash = ${hash})`,
    );
  if (subAccountIds !== null)
    conditions.push(
      sql`w.chain_tx_id IN (SELECT x.id FROM chain_tx x WHERE x.sub_account_id = ANY (${subAccountIds}::uuid[]))`,
    );
  // Ids begin with the millisecond of their making.
  const bounds: RawBuilder<unknown>[] = [];
  if (filter.createdFrom !== undefined) bounds.push(sql`w.id >= ${lowestUuidAt(filter.createdFrom)}`);
  if (filter.createdTo !== undefined) bounds.push(sql`w.id < ${lowestUuidAt(filter.createdTo)}`);
  return {
    organisationId: organisationId ?? null,
    states: narrowStates(filter),
    assetIds,
    ids,
    hash: hash ?? null,
    bulkId: bulkId ?? null,
    to,
    reference: reference ?? null,
    referencePrefix: referencePrefix ?? null,
    hasAmount: filter.amountMin !== undefined || filter.amountMax !== undefined,
    urgent: priority === 'VIP' || priority === 'EMERGENCY' ? priority : null,
    subAccountIds,
    conditions: [...conditions, ...bounds],
    bounds,
  };
}

type Searched = Omit<OperatorFilter, 'q'> & { ids?: string[]; hash?: string; referencePrefix?: string };

/** What `q` is, as a filter beside the others; null when it contradicts one of them. */
function withSearch({ q, ...filter }: OperatorFilter): Searched | null {
  if (q === undefined || q.trim() === '') return filter;
  const found = recognise(q);
  switch (found.kind) {
    case 'uuid':
      return { ...filter, ids: [found.id] };
    case 'hash':
      return { ...filter, hash: found.hash };
    case 'address':
      if (filter.to !== undefined && checksumAddress(filter.to) !== checksumAddress(found.address))
        return null;
      return { ...filter, to: found.address };
    case 'id':
      if (found.of === 'withdrawal') return { ...filter, ids: [found.id] };
      if (found.of === 'bulk')
        return (filter.bulkId ?? found.id) === found.id ? { ...filter, bulkId: found.id } : null;
      return { ...filter, referencePrefix: q.trim() };
    case 'text':
      return { ...filter, referencePrefix: found.text };
  }
}

async function narrowAssets(
  db: Queryable,
  { chain, asset, amountMin, amountMax }: Searched,
  conditions: RawBuilder<unknown>[],
): Promise<string[] | null> {
  const hasAmount = amountMin !== undefined || amountMax !== undefined;
  if (chain === undefined && asset === undefined && !hasAmount) return null;
  const assets = await listAssetsOf(db, { chain, asset });
  const ids = assets.map(({ id }) => id);
  if (!hasAmount) {
    conditions.push(sql`w.asset_id = ANY (${ids}::text[])`);
    return ids;
  }
  // Each asset has its own decimals.
  const each = assets.map(({ id, decimals }) => {
    const parts = [sql`w.asset_id = ${id}`];
    if (amountMin !== undefined) parts.push(sql`w.amount >= ${shift(amountMin, decimals)}::numeric`);
    if (amountMax !== undefined) parts.push(sql`w.amount <= ${shift(amountMax, decimals)}::numeric`);
    return sql`(${sql.join(parts, sql` AND `)})`;
  });
  if (each.length > 0) conditions.push(sql`(${sql.join(each, sql` OR `)})`);
  return ids;
}

async function narrowIds(
  db: Queryable,
  { ids, hasDeadLetter }: Searched,
  conditions: RawBuilder<unknown>[],
): Promise<string[] | null> {
  if (ids !== undefined) conditions.push(sql`w.id = ANY (${ids}::uuid[])`);
  if (hasDeadLetter === undefined) return ids ?? null;
  const lettered = await findLetteredWithdrawals(db);
  conditions.push(
    hasDeadLetter ? sql`w.id = ANY (${lettered}::uuid[])` : sql`w.id <> ALL (${lettered}::uuid[])`,
  );
  return ids ?? (hasDeadLetter ? lettered : null);
}

/** A failure has a code in no other state. */
function narrowStates({ state, failureCode }: Searched): Narrowed['states'] {
  if (failureCode === undefined) return state ?? null;
  return state === undefined || state.includes('FAILED') ? ['FAILED'] : [];
}

/** `1.5` of 6 decimals → `1500000`: the point moves, and digits beyond the smallest unit stay behind it. */
function shift(text: string, decimals: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const padded = fraction.padEnd(decimals, '0');
  const rest = padded.slice(decimals);
  return `${whole}${padded.slice(0, decimals)}${rest === '' ? '' : `.${rest}`}`;
}
