import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { appendEvents } from '../event/organisation-event.store.ts';
import { readChangedDeposits } from './deposit.reader.ts';
import type { UncreditedReason } from './deposit.ts';
import { depositEvent } from './deposit-event.ts';

/** A log that pays one of our addresses, as it is to be kept. */
export type Arrival = {
  /** The deposit's. */
  id: string;
  addressId: string;
  /** Null: not in the catalogue. */
  assetId: string | null;
  token: Hex | null;
  amount: bigint;
  from: Hex;
  transactionHash: Hex;
  logIndex: number;
  blockNumber: bigint;
  blockHash: Hex;
};

const arrivalColumns = (arrivals: readonly Arrival[]) => sql`
  unnest(${arrivals.map((one) => one.id)}::uuid[], ${arrivals.map((one) => one.addressId)}::uuid[],
         ${arrivals.map((one) => one.assetId)}::text[], ${arrivals.map((one) => one.token)}::text[],
         ${arrivals.map((one) => String(one.amount))}::numeric[], ${arrivals.map((one) => one.from)}::text[],
         ${arrivals.map((one) => one.transactionHash)}::text[], ${arrivals.map((one) => one.logIndex)}::integer[],
         ${arrivals.map((one) => String(one.blockNumber))}::bigint[], ${arrivals.map((one) => one.blockHash)}::text[])
    AS n (id, address_id, asset_id, token, amount, from_address, transaction_hash, log_index, block_number, block_hash)`;

const ACTOR = 'system:monitor';

/**
 * Makes the DETECTED deposits of a range what its logs say: those that no log tells of are ORPHANED, those of before whose
 * transaction stands in a block again come back, new ones are written. What is further than DETECTED stays as it is.
 */
export async function reconcileArrivals(
  tx: Tx,
  chainId: string,
  range: { first: bigint; last: bigint },
  arrivals: readonly Arrival[],
): Promise<{ orphaned: number; detected: number }> {
  const orphaned = await sql<{ id: string; version: number }>`
    UPDATE deposit d SET state = 'ORPHANED', version = version + 1, updated_at = now()
     WHERE d.chain_id = ${chainId} AND d.state = 'DETECTED'
       AND (d.block_number BETWEEN ${range.first} AND ${range.last}
            OR d.id = ANY (${arrivals.map((one) => one.id)}::uuid[]))
       -- Everything that is kept, or what one provider made up would be credited once another had confirmed its place.
       AND NOT EXISTS (
         SELECT 1 FROM ${arrivalColumns(arrivals)}
          WHERE n.id = d.id
            AND (n.address_id, n.asset_id, n.token, n.amount, n.from_address, n.block_number, n.block_hash)
                IS NOT DISTINCT FROM
                (d.deposit_address_id, d.asset_id, d.token, d.amount, d.from_address, d.block_number, d.block_hash))
    RETURNING id, version`.execute(tx);
  await addEvents(tx, orphaned.rows, {
    from: 'DETECTED',
    to: 'ORPHANED',
    reason: 'its block was reorganised away, or it was told otherwise',
  });
  if (arrivals.length === 0) return { orphaned: orphaned.rows.length, detected: 0 };
  const revived = await sql<{ id: string; version: number }>`
    UPDATE deposit d
       SET state = 'DETECTED', version = d.version + 1, updated_at = now(), organisation_id = a.organisation_id,
           deposit_address_id = a.id, asset_id = n.asset_id, token = n.token, amount = n.amount,
           from_address = n.from_address, block_number = n.block_number, block_hash = n.block_hash
      FROM ${arrivalColumns(arrivals)} JOIN deposit_address a ON a.id = n.address_id
     WHERE d.id = n.id AND d.state = 'ORPHANED'
    RETURNING d.id, d.version`.execute(tx);
  await addEvents(tx, revived.rows, { from: 'ORPHANED', to: 'DETECTED', reason: 'in a block again' });
  const added = await sql<{ id: string; version: number }>`
    INSERT INTO deposit (id, organisation_id, chain_id, deposit_address_id, asset_id, token, amount, from_address,
                         transaction_hash, log_index, block_number, block_hash)
    SELECT n.id, a.organisation_id, a.chain_id, a.id, n.asset_id, n.token, n.amount, n.from_address,
           n.transaction_hash, n.log_index, n.block_number, n.block_hash
      FROM ${arrivalColumns(arrivals)} JOIN deposit_address a ON a.id = n.address_id
     WHERE NOT EXISTS (SELECT 1 FROM deposit d WHERE d.id = n.id)
     ORDER BY n.block_number, n.log_index
    RETURNING id, version`.execute(tx);
  await addEvents(tx, added.rows, { from: null, to: 'DETECTED', reason: 'a log of the chain' });
  return { orphaned: orphaned.rows.length, detected: revived.rows.length + added.rows.length };
}

/** The history of each, and what its organisation is told: in the transaction that changed it. */
async function addEvents(
  tx: Tx,
  rows: readonly { id: string; version: number }[],
  step: { from: string | null; to: string; reason: string; actor?: string },
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO deposit_event (deposit_id, version, from_state, to_state, actor, reason)
    SELECT n.id, n.version, ${step.from}, ${step.to}, ${step.actor ?? ACTOR}, ${step.reason}
      FROM unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.version)}::integer[])
        AS n (id, version)`.execute(tx);
  const changed = await readChangedDeposits(
    tx,
    rows.map((row) => row.id),
  );
  await appendEvents(tx, changed.map(depositEvent));
}

export type Final = {
  id: string;
  organisationId: string;
  addressId: string;
  assetId: string | null;
  amount: bigint;
  blockNumber: bigint;
  /** Of its asset; true where there is none. */
  enabled: boolean;
  /** Smallest unit. */
  minimum: bigint;
};

/** DETECTED deposits in blocks up to `last`, locked, in chain order, with what decides whether they are credited. */
export async function lockFinal(tx: Tx, chainId: string, last: bigint): Promise<Final[]> {
  const { rows } = await sql<Final>`
    SELECT d.id, d.organisation_id AS "organisationId", d.deposit_address_id AS "addressId", d.asset_id AS "assetId",
           d.amount, d.block_number AS "blockNumber", coalesce(a.enabled, true) AS enabled,
           coalesce(l.minimum, 0) AS minimum
      FROM deposit d
      LEFT JOIN asset a ON a.id = d.asset_id
      LEFT JOIN deposit_limit l ON l.asset_id = d.asset_id
     WHERE d.chain_id = ${chainId} AND d.state = 'DETECTED' AND d.block_number <= ${last}
     ORDER BY d.block_number, d.log_index FOR UPDATE OF d`.execute(tx);
  return rows;
}

/** DETECTED → CREDITED or UNCREDITED, after the ledger has booked them. */
export async function endDetected(
  tx: Tx,
  rows: readonly { id: string; depth: bigint; reason: UncreditedReason | null }[],
): Promise<void> {
  if (rows.length === 0) return;
  const ended = await sql<{ id: string; version: number; state: string }>`
    UPDATE deposit d
       SET state = CASE WHEN n.reason IS NULL THEN 'CREDITED' ELSE 'UNCREDITED' END, version = d.version + 1,
           uncredited_reason = n.reason, depth = n.depth, updated_at = now(),
           credited_at = CASE WHEN n.reason IS NULL THEN now() END
      FROM unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => String(row.depth))}::bigint[],
                  ${rows.map((row) => row.reason)}::text[]) AS n (id, depth, reason)
     WHERE d.id = n.id AND d.state = 'DETECTED'
    RETURNING d.id, d.version, d.state`.execute(tx);
  const of = (state: string) => ended.rows.filter((row) => row.state === state);
  await addEvents(tx, of('CREDITED'), { from: 'DETECTED', to: 'CREDITED', reason: 'final on the chain' });
  await addEvents(tx, of('UNCREDITED'), {
    from: 'DETECTED',
    to: 'UNCREDITED',
    reason: 'final on the chain, not credited by itself',
  });
}

export type Uncredited = {
  id: string;
  organisationId: string;
  chainId: string;
  addressId: string;
  assetId: string | null;
  token: Hex | null;
  amount: bigint;
  state: string;
  uncreditedReason: UncreditedReason | null;
};

export async function lockDeposit(tx: Tx, id: string): Promise<Uncredited | null> {
  const { rows } = await sql<Uncredited>`
    SELECT id, organisation_id AS "organisationId", chain_id AS "chainId", deposit_address_id AS "addressId",
           asset_id AS "assetId", token, amount, state, uncredited_reason AS "uncreditedReason"
      FROM deposit WHERE id = ${id} FOR UPDATE`.execute(tx);
  return rows[0] ?? null;
}

/** UNCREDITED → CREDITED, after the ledger has booked it. */
export async function creditLate(
  tx: Tx,
  credit: { id: string; assetId: string; actor: string; reason: string },
): Promise<void> {
  const { rows } = await sql<{ id: string; version: number }>`
    UPDATE deposit SET state = 'CREDITED', version = version + 1, uncredited_reason = NULL, asset_id = ${credit.assetId},
           credited_at = now(), updated_at = now()
     WHERE id = ${credit.id} AND state = 'UNCREDITED' RETURNING id, version`.execute(tx);
  await addEvents(tx, rows, {
    from: 'UNCREDITED',
    to: 'CREDITED',
    actor: credit.actor,
    reason: credit.reason,
  });
}

export async function addReceived(
  tx: Tx,
  rows: readonly { addressId: string; assetId: string; amount: bigint }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO deposit_holding AS h (deposit_address_id, asset_id, received)
    SELECT address_id, asset_id, sum(amount)
      FROM unnest(${rows.map((row) => row.addressId)}::uuid[], ${rows.map((row) => row.assetId)}::text[],
                  ${rows.map((row) => String(row.amount))}::numeric[]) AS n (address_id, asset_id, amount)
     GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (deposit_address_id, asset_id) DO UPDATE SET received = h.received + excluded.received`.execute(
    tx,
  );
}

export async function addSwept(
  tx: Tx,
  rows: readonly { addressId: string; assetId: string; amount: bigint }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO deposit_holding AS h (deposit_address_id, asset_id, swept)
    SELECT address_id, asset_id, sum(amount)
      FROM unnest(${rows.map((row) => row.addressId)}::uuid[], ${rows.map((row) => row.assetId)}::text[],
                  ${rows.map((row) => String(row.amount))}::numeric[]) AS n (address_id, asset_id, amount)
     GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (deposit_address_id, asset_id) DO UPDATE SET swept = h.swept + excluded.swept`.execute(tx);
}

/** Of these deposits, those that are in the table already, whatever their state. */
export async function selectKnownDeposits(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM deposit WHERE id = ANY (${ids}::uuid[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}

export async function upsertDepositLimit(
  tx: Tx,
  limit: { assetId: string; minimum: bigint; sweepMinimum: bigint },
): Promise<void> {
  await sql`
    INSERT INTO deposit_limit (asset_id, minimum, sweep_minimum)
    VALUES (${limit.assetId}, ${limit.minimum}, ${limit.sweepMinimum})
    ON CONFLICT (asset_id) DO UPDATE SET minimum = excluded.minimum, sweep_minimum = excluded.sweep_minimum`.execute(
    tx,
  );
}

export type DepositLimit = { minimum: bigint; sweepMinimum: bigint; sweepOnce: boolean };

export async function readDepositLimit(db: Queryable, assetId: string): Promise<DepositLimit | null> {
  const { rows } = await sql<DepositLimit>`
    SELECT minimum, sweep_minimum AS "sweepMinimum", sweep_once AS "sweepOnce"
      FROM deposit_limit WHERE asset_id = ${assetId}`.execute(db);
  return rows[0] ?? null;
}

/** Wishes for a sweep of whatever there is of an asset, or takes the wish back. Limits stay as they are. */
export async function wishSweep(
  db: Queryable,
  asset: { id: string; minimum: bigint },
  wish: boolean,
): Promise<void> {
  await sql`
    INSERT INTO deposit_limit (asset_id, minimum, sweep_minimum, sweep_once)
    VALUES (${asset.id}, 0, ${asset.minimum}, ${wish})
    ON CONFLICT (asset_id) DO UPDATE SET sweep_once = excluded.sweep_once`.execute(db);
}
