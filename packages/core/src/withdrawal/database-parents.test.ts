import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createWorld, doneValue, requestOf, type World } from './withdrawal.fixture.ts';

/*
 * What the database refuses so that every row has its parent, though no foreign key asks for each. SQLSTATE 23001 is
 * restrict_violation, 23503 foreign_key_violation.
 */

let world: World;
let owner: Caller;
beforeAll(async () => {
  world = await createWorld();
  owner = await world.owner();
});
afterAll(() => world.close());

async function submit(): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

/** The SQLSTATE that the last of the statements was refused with, or `taken`. Rolled back either way. */
async function outcomeOf(...statements: RawBuilder<unknown>[]): Promise<string> {
  return await withTransaction(world.db, async (tx) => {
    for (const statement of statements) await statement.execute(tx);
    throw new Error('taken');
  }).catch((error: { code?: string; message: string }) => error.code ?? error.message);
}

const REFUSED = '23001';
const NOT_THERE = '23503';
const insertWithdrawal = (changes: Partial<Record<'organisation' | 'chain' | 'asset' | 'bulk', string>>) =>
  sql`INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, created_at, bulk_id, bulk_row)
      VALUES (${newUuid()}, ${changes.organisation ?? owner.organisationId}, ${changes.chain ?? 'localhost'},
              ${changes.asset ?? 'localhost:USDC'}, ${requestOf().to}, 1, 'VIP', now(), ${changes.bulk ?? null},
              ${changes.bulk === undefined ? null : 1})`;

test.each([
  ['organisation', { organisation: newUuid() }],
  ['chain', { chain: 'nowhere' }],
  ['asset', { asset: 'localhost:NONE' }],
  ['file', { bulk: newUuid() }],
])('a withdrawal without its %s is not stored', async (_, changes) => {
  expect(await outcomeOf(insertWithdrawal({}))).toBe('taken');
  expect(await outcomeOf(insertWithdrawal(changes))).toBe(NOT_THERE);
});

test.each([
  ['organisation', () => owner.organisationId, newUuid()],
  ['chain', () => 'localhost', 'another'],
  ['asset', () => 'localhost:USDC', 'localhost:ANOTHER'],
])('%s: not deleted, not renamed', async (table, id, another) => {
  await submit();
  expect(await outcomeOf(sql`DELETE FROM ${sql.table(table)} WHERE id = ${id()}`)).toBe(REFUSED);
  expect(await outcomeOf(sql`UPDATE ${sql.table(table)} SET id = ${another} WHERE id = ${id()}`)).toBe(
    REFUSED,
  );
});

test('a withdrawal keeps its id and its place in a file', async () => {
  const id = await submit();
  for (const change of [sql`id = ${newUuid()}`, sql`bulk_row = 7`])
    expect(await outcomeOf(sql`UPDATE withdrawal SET ${change} WHERE id = ${id}`)).toBe(REFUSED);
});

test.each(['withdrawal', 'withdrawal_event', 'bulk_withdrawal'])('%s cannot be emptied', async (table) => {
  // Refused by the guard, or before it because other tables name its rows (0A000, feature_not_supported).
  expect([REFUSED, '0A000']).toContain(await outcomeOf(sql`TRUNCATE ${sql.table(table)}`));
});

test('an event tells of what its withdrawal has become, and of nothing else', async () => {
  const id = await submit();
  const event = (withdrawalId: string, version: number, to: string) =>
    sql`INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason)
        VALUES (${withdrawalId}, ${version}, 'PENDING', ${to}, 'system:test', 'test')`;
  expect(await outcomeOf(event(newUuid(), 1, 'PENDING'))).toBe(NOT_THERE);
  expect(await outcomeOf(event(id, 2, 'CONFIRMED'))).toBe(NOT_THERE);
  const step = sql`UPDATE withdrawal SET state = 'VALIDATING', version = 2 WHERE id = ${id}`;
  expect(await outcomeOf(step, event(id, 2, 'CANCELED'))).toBe(NOT_THERE);
  expect(await outcomeOf(step, event(id, 2, 'VALIDATING'))).toBe('taken');
});

test.each([
  ['an account that is not there', () => sql`${newUuid()}::uuid`, () => sql`NULL::uuid`],
  ['a hold that is not there', () => account('HOUSE'), () => sql`${newUuid()}::uuid`],
])('a ledger row with %s is not stored, even past ledger_post', async (_, debit, hold) => {
  await submit();
  const pending = hold();
  const insert = sql`
    INSERT INTO ledger_transfer (id, kind, pending_id, debit_account_id, credit_account_id, asset_id, amount,
                                 debit_version, credit_version, reason, created_at)
    SELECT ${newUuid()}, CASE WHEN ${pending} IS NULL THEN 'SINGLE' ELSE 'VOID' END, ${pending}, ${debit()},
           ${account('HOT_WALLET')}, 'localhost:USDC', 1, 1000000, 1000000, 'ADJUSTMENT', now()`;
  expect(await outcomeOf(sql`SELECT set_config('naru.posting', 'on', true)`, insert)).toBe(NOT_THERE);
});

function account(kind: 'HOUSE' | 'HOT_WALLET') {
  return sql`(SELECT id FROM ledger_account WHERE kind = ${kind} AND asset_id = 'localhost:USDC')`;
}
