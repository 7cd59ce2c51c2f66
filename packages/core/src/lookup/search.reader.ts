import type { Queryable } from '@naru/db/database.ts';
import type { IdKind } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { type RawBuilder, sql } from 'kysely';
import { checksumAddress } from '../withdrawal/checksum-address.ts';
import { SEARCH_HITS_MAX, SEARCH_HITS_OF_KIND_MAX } from './lookup.limits.ts';
import type { OperatorFilter } from './lookup.ts';
import { type Recognised, recognise } from './recognise.ts';
import { listAllWithdrawals } from './withdrawal-list.reader.ts';

/** One thing that was found. `title` and `subtitle` are facts of it, in no language. */
export type SearchHit = { kind: IdKind; id: string; title: string; subtitle: string };

type Table = { table: string; title: RawBuilder<string>; subtitle: RawBuilder<string> };

const time = (column: string) =>
  sql<string>`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
const owner = sql<string>`(SELECT o.name FROM organisation o WHERE o.id = t.organisation_id)`;

/** What is found by its id alone. Kinds that are not here name nothing that can be opened. */
const tables: Partial<Record<IdKind, Table>> = {
  organisation: { table: 'organisation', title: sql`t.name`, subtitle: time('t.created_at') },
  apiKey: {
    table: 'api_key',
    title: sql`t.name`,
    subtitle: sql`concat_ws(' · ', ${owner}, t.holder, t.network)`,
  },
  bulk: {
    table: 'bulk_withdrawal',
    title: sql`t.total::text`,
    subtitle: sql`concat_ws(' · ', ${owner}, ${time('t.created_at')})`,
  },
  chainTx: {
    table: 'chain_tx',
    title: sql`concat_ws(' ', t.kind, t.nonce)`,
    subtitle: sql`concat_ws(' · ', t.state, t.chain_id, ${time('t.created_at')})`,
  },
  subAccount: {
    table: 'sub_account',
    title: sql`t.address`,
    subtitle: sql`concat_ws(' · ', t.chain_id, t.role, t.state)`,
  },
  policy: {
    table: 'policy_version',
    title: sql`t.number::text`,
    subtitle: sql`concat_ws(' · ', t.state, ${owner})`,
  },
  addressBookEntry: {
    table: 'address_book_entry',
    title: sql`t.label`,
    subtitle: sql`concat_ws(' · ', t.address, t.chain_id, ${owner})`,
  },
  blockedAddress: {
    table: 'blocked_address',
    title: sql`t.address`,
    subtitle: sql`concat_ws(' · ', t.chain_id, t.reason)`,
  },
  review: {
    table: 'withdrawal_review',
    title: sql`t.state`,
    subtitle: sql`concat_ws(' · ', ${owner}, ${time('t.opened_at')})`,
  },
  webhookEndpoint: {
    table: 'webhook_endpoint',
    title: sql`t.url`,
    subtitle: sql`concat_ws(' · ', t.state, ${owner})`,
  },
  webhookMessage: {
    table: 'webhook_message',
    title: sql`t.type`,
    subtitle: sql`concat_ws(' · ', t.state, ${owner}, ${time('t.created_at')})`,
  },
  deposit: {
    table: 'deposit',
    title: sql`concat_ws(' ', t.asset_id, t.amount)`,
    subtitle: sql`concat_ws(' · ', t.state, ${owner}, ${time('t.detected_at')})`,
  },
  depositAddress: {
    table: 'deposit_address',
    title: sql`t.address`,
    subtitle: sql`concat_ws(' · ', t.chain_id, t.label, ${owner})`,
  },
  deadLetter: {
    table: 'dead_letter',
    title: sql`t.cause`,
    subtitle: sql`concat_ws(' · ', t.state, ${time('t.last_seen_at')})`,
  },
  alarm: {
    table: 'alarm',
    title: sql`t.invariant`,
    subtitle: sql`concat_ws(' · ', t.severity, ${time('t.opened_at')})`,
  },
  alertChannel: { table: 'alert_channel', title: sql`t.name`, subtitle: sql`t.kind` },
  treasuryProposal: {
    table: 'treasury_proposal',
    title: sql`t.purpose`,
    subtitle: sql`concat_ws(' · ', t.state, t.chain_id, ${time('t.created_at')})`,
  },
  reservesReport: {
    table: 'reserves_report',
    title: time('t.created_at'),
    subtitle: sql`encode(t.hash, 'hex')`,
  },
};

/** What a text of a search field leads to: what it names exactly first, then what begins with it, the newest first. */
export async function search(db: Queryable, asked: string): Promise<SearchHit[]> {
  const found = recognise(asked);
  const hits = await hitsOf(db, found);
  const seen = new Set<string>();
  return hits
    .filter(({ kind, id }) => !seen.has(`${kind} ${id}`) && seen.add(`${kind} ${id}`))
    .slice(0, SEARCH_HITS_MAX);
}

async function hitsOf(db: Queryable, found: Recognised): Promise<SearchHit[]> {
  switch (found.kind) {
    case 'id':
      if (found.of === 'withdrawal') return await withdrawals(db, { q: found.id });
      return await rowsOf(db, found.of, sql`t.id = ${found.id}`);
    case 'uuid':
      return await ofAnyKind(db, found.id);
    case 'hash':
      return [
        ...(await rowsOf(
          db,
          'chainTx',
          sql`t.id = (SELECT a.chain_tx_id FROM chain_tx_attempt a WHERE a.hash = ${found.hash})`,
        )),
        ...(await withdrawals(db, { q: found.hash })),
        ...(await rowsOf(
          db,
          'deposit',
          sql`t.chain_id IN (SELECT c.id FROM chain c) AND t.transaction_hash = ${found.hash}`,
        )),
      ];
    case 'address':
      return await ofAddress(db, checksumAddress(found.address));
    case 'text':
      return found.text === '' ? [] : await ofText(db, found.text);
  }
}

async function ofAnyKind(db: Queryable, id: string): Promise<SearchHit[]> {
  const hits = await withdrawals(db, { q: id });
  if (hits.length > 0) return hits;
  for (const kind of Object.keys(tables) as IdKind[])
    hits.push(...(await rowsOf(db, kind, sql`t.id = ${id}`)));
  return hits;
}

async function ofAddress(db: Queryable, address: string): Promise<SearchHit[]> {
  const chains = sql`t.chain_id IN (SELECT c.id FROM chain c) AND t.address = ${address}`;
  return [
    ...(await rowsOf(db, 'subAccount', chains)),
    ...(await rowsOf(db, 'depositAddress', chains)),
    ...(await rowsOf(db, 'blockedAddress', sql`t.address = ${address}`)),
    ...(await rowsOf(
      db,
      'addressBookEntry',
      sql`t.organisation_id IN (SELECT o.id FROM organisation o) AND ${chains} AND t.removed_at IS NULL`,
    )),
    ...(await withdrawals(db, { to: address })),
  ];
}

/** A reference or the beginning of one, an idempotency key, an amount, the name of an organisation. */
async function ofText(db: Queryable, text: string): Promise<SearchHit[]> {
  const isAmount = /^(0|[1-9][0-9]{0,40})(\.[0-9]{1,30})?$/.test(text);
  return [
    ...(await withdrawals(db, { reference: text })),
    ...(await ofIdempotencyKey(db, text)),
    ...(await rowsOf(db, 'organisation', sql`strpos(lower(t.name), lower(${text})) > 0`)),
    ...(isAmount ? await withdrawals(db, { amountMin: text, amountMax: text }) : []),
    ...(await withdrawals(db, { q: text })),
  ];
}

async function ofIdempotencyKey(db: Queryable, key: string): Promise<SearchHit[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT r.resource_id AS id FROM organisation o CROSS JOIN LATERAL (
      SELECT resource_id FROM idempotency_record WHERE organisation_id = o.id AND key = ${key}) r
     WHERE r.resource_id IS NOT NULL LIMIT ${SEARCH_HITS_OF_KIND_MAX}`.execute(db);
  const hits: SearchHit[] = [];
  for (const { id } of rows) {
    hits.push(...(await withdrawals(db, { q: id })), ...(await rowsOf(db, 'bulk', sql`t.id = ${id}`)));
  }
  return hits;
}

async function withdrawals(db: Queryable, filter: OperatorFilter): Promise<SearchHit[]> {
  const page = { limit: SEARCH_HITS_OF_KIND_MAX, after: null, order: 'newest' } as const;
  const { data } = await listAllWithdrawals(db, filter, page);
  return data.map((row) => ({
    kind: 'withdrawal',
    id: row.id,
    title: `${formatAmount(row.amount, row.decimals)} ${row.asset}`,
    subtitle: [row.state, row.organisationName, row.reference, row.createdAt.toISOString()]
      .filter((part) => part !== null)
      .join(' · '),
  }));
}

async function rowsOf(db: Queryable, kind: IdKind, where: RawBuilder<unknown>): Promise<SearchHit[]> {
  const of = tables[kind];
  if (of === undefined) return [];
  const { rows } = await sql<Omit<SearchHit, 'kind'>>`
    SELECT t.id, ${of.title} AS title, coalesce(${of.subtitle}, '') AS subtitle
      FROM ${sql.table(of.table)} t WHERE ${where} ORDER BY t.id DESC LIMIT ${SEARCH_HITS_OF_KIND_MAX}`.execute(
    db,
  );
  return rows.map((row) => ({ kind, ...row }));
}
