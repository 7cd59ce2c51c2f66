import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';

/** A command as its caller named it. `inputHash` is the SHA-256 of everything that decides its effect. */
export type CommandKey = { organisationId: string; key: string; command: string; inputHash: Buffer };

/**
 * - `new`: ours to do, in this transaction, whose commit also keeps the record.
 * - `done`: done before with the same input; `resourceId` or `refusal` is the answer of then.
 * - `reused`: the key stands for another input.
 * - `in_flight`: another transaction is doing it at this moment.
 */
export type KeyClaim =
  | { kind: 'new' }
  | { kind: 'done'; resourceId: string | null; refusal: Refusal | null }
  | { kind: 'reused' }
  | { kind: 'in_flight' };

/**
 * Claims a list of keys, none of them twice in the list, in the transaction that will have the effect. An advisory
 * lock for each key makes a second transaction with the same key see `in_flight` at once instead of waiting.
 */
export async function claimKeys(
  tx: Tx,
  commands: readonly (CommandKey & { resourceId: string })[],
): Promise<KeyClaim[]> {
  if (commands.length === 0) return [];
  const { rows } = await sql<{ locked: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(r.organisation_id::text || '/' || r.key, 1)) AS locked
      FROM unnest(${commands.map((command) => command.organisationId)}::uuid[],
                  ${commands.map((command) => command.key)}::text[])
           WITH ORDINALITY AS r (organisation_id, key, n) ORDER BY r.n`.execute(tx);
  const locked = commands.filter((_, index) => rows[index]?.locked === true);
  const existing = await insertOrRead(tx, locked);
  return commands.map((command, index) => {
    if (rows[index]?.locked !== true) return { kind: 'in_flight' };
    const record = existing.get(`${command.organisationId}/${command.key}`);
    if (record === undefined) return { kind: 'new' };
    if (record.command !== command.command || !record.input_hash.equals(command.inputHash))
      return { kind: 'reused' };
    return { kind: 'done', resourceId: record.resource_id, refusal: record.refusal };
  });
}

type RecordRow = {
  organisation_id: string;
  key: string;
  command: string;
  input_hash: Buffer;
  resource_id: string | null;
  refusal: Refusal | null;
};

async function insertOrRead(
  tx: Tx,
  commands: readonly (CommandKey & { resourceId: string })[],
): Promise<Map<string, RecordRow>> {
  const organisations = commands.map((command) => command.organisationId);
  const keys = commands.map((command) => command.key);
  const { rows: inserted } = await sql<{ organisation_id: string; key: string }>`
    INSERT INTO idempotency_record (organisation_id, key, command, input_hash, resource_id)
    SELECT * FROM unnest(${organisations}::uuid[], ${keys}::text[],
                         ${commands.map((command) => command.command)}::text[],
                         ${commands.map((command) => command.inputHash)}::bytea[],
                         ${commands.map((command) => command.resourceId)}::uuid[])
    ON CONFLICT (organisation_id, key) DO NOTHING
    RETURNING organisation_id, key`.execute(tx);
  if (inserted.length === commands.length) return new Map();
  const fresh = new Set(inserted.map((row) => `${row.organisation_id}/${row.key}`));
  const { rows } = await sql<RecordRow>`
    SELECT i.organisation_id, i.key, i.command, i.input_hash, i.resource_id, i.refusal
      FROM unnest(${organisations}::uuid[], ${keys}::text[]) AS r (organisation_id, key)
      JOIN idempotency_record i ON i.organisation_id = r.organisation_id AND i.key = r.key`.execute(tx);
  return new Map(
    rows
      .map((row) => [`${row.organisation_id}/${row.key}`, row] as const)
      .filter(([name]) => !fresh.has(name)),
  );
}

/** Turns claimed keys into records of a refusal: the same call is answered the same way from now on. */
export async function recordRefusals(
  tx: Tx,
  refusals: readonly { organisationId: string; key: string; refusal: Refusal }[],
): Promise<void> {
  if (refusals.length === 0) return;
  await sql`
    UPDATE idempotency_record i SET resource_id = NULL, refusal = r.refusal
      FROM unnest(${refusals.map((one) => one.organisationId)}::uuid[], ${refusals.map((one) => one.key)}::text[],
                  ${refusals.map((one) => JSON.stringify(one.refusal))}::jsonb[])
        AS r (organisation_id, key, refusal)
     WHERE i.organisation_id = r.organisation_id AND i.key = r.key`.execute(tx);
}

/** Gives back a key just claimed as new, for what is refused without being remembered. */
export async function forgetKey(tx: Tx, claim: { organisationId: string; key: string }): Promise<void> {
  await sql`DELETE FROM idempotency_record WHERE organisation_id = ${claim.organisationId} AND key = ${claim.key}`.execute(
    tx,
  );
}

/** One command alone: claims its key, or says how it ended before. */
export async function claimKey(tx: Tx, command: CommandKey & { resourceId: string }): Promise<KeyClaim> {
  const [claim] = await claimKeys(tx, [command]);
  return assertPresent(claim, 'claim of an idempotency key');
}
