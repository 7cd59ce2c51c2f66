import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { SettingValue, SettingVersion } from './setting.ts';

/** What is in force of one setting: its newest version. */
export type InForce = {
  key: string;
  target: string;
  version: number;
  value: SettingValue | null;
  actor: string;
  reason: string;
  at: Date;
};

type Row = Omit<InForce, 'value'> & { value: string | null };

/** As `value` has it. The CHECK of the table lets nothing else in. */
export function parseStored(text: string | null): SettingValue | null {
  if (text === null) return null;
  return text === 'true' || text === 'false' ? text === 'true' : BigInt(text);
}

/**
 * Everything that somebody has decided, as it is in force. One look into the index for each setting that was ever set,
 * from the last to the first, however often it was changed.
 */
export async function readInForce(db: Queryable): Promise<InForce[]> {
  const { rows } = await sql<Row>`
    WITH RECURSIVE newest AS (
      (SELECT key, target, version, value, actor, reason, at FROM setting_version
        ORDER BY key DESC, target DESC, version DESC LIMIT 1)
      UNION ALL
      SELECT s.* FROM newest n CROSS JOIN LATERAL (
        SELECT key, target, version, value, actor, reason, at FROM setting_version
         WHERE (key, target) < (n.key, n.target)
         ORDER BY key DESC, target DESC, version DESC LIMIT 1) s
    )
    SELECT * FROM newest`.execute(db);
  return rows.map((row) => ({ ...row, value: parseStored(row.value) }));
}

/** Whoever else changes settings waits; readers do not. */
export async function lockSettings(tx: Tx): Promise<void> {
  await sql`LOCK TABLE setting_version IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
}

export async function insertVersion(tx: Tx, row: Omit<SettingVersion, 'at'>): Promise<SettingVersion> {
  const { rows } = await sql<{ at: Date }>`
    INSERT INTO setting_version (id, key, target, version, value, previous, actor, reason)
    VALUES (${row.id}, ${row.key}, ${row.target}, ${row.version}, ${textOf(row.value)}, ${textOf(row.previous)},
            ${row.actor}, ${row.reason})
    RETURNING at`.execute(tx);
  return { ...row, at: assertPresent(rows[0], 'version of a setting').at };
}

function textOf(value: SettingValue | null): string | null {
  return value === null ? null : String(value);
}

type VersionRow = Omit<SettingVersion, 'value' | 'previous'> & {
  value: string | null;
  previous: string | null;
};

/** The newest first. */
export async function listVersions(
  db: Queryable,
  of: { key: string; target: string },
  limit: number,
): Promise<SettingVersion[]> {
  const { rows } = await sql<VersionRow>`
    SELECT id, key, target, version, value, previous, actor, reason, at FROM setting_version
     WHERE key = ${of.key} AND target = ${of.target} ORDER BY version DESC LIMIT ${limit}`.execute(db);
  return rows.map(toVersion);
}

export async function findVersion(
  db: Queryable,
  of: { key: string; target: string; version: number },
): Promise<SettingVersion | null> {
  const { rows } = await sql<VersionRow>`
    SELECT id, key, target, version, value, previous, actor, reason, at FROM setting_version
     WHERE key = ${of.key} AND target = ${of.target} AND version = ${of.version}`.execute(db);
  return rows[0] === undefined ? null : toVersion(rows[0]);
}

export async function findVersionById(db: Queryable, id: string): Promise<SettingVersion | null> {
  const { rows } = await sql<VersionRow>`
    SELECT id, key, target, version, value, previous, actor, reason, at FROM setting_version
     WHERE id = ${id}`.execute(db);
  return rows[0] === undefined ? null : toVersion(rows[0]);
}

function toVersion(row: VersionRow): SettingVersion {
  return { ...row, value: parseStored(row.value), previous: parseStored(row.previous) };
}
