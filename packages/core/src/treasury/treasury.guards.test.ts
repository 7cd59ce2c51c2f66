import { withTransaction } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTreasuryWorld, type TreasuryWorld } from './treasury.fixture.ts';
import type { Proposal } from './treasury.ts';

/* What the database refuses, whoever asks. SQLSTATE 23001 is restrict_violation, 23514 check_violation, 23505 unique. */

let world: TreasuryWorld;
let unsigned: Proposal;
let signed: Proposal;
beforeAll(async () => {
  world = await createTreasuryWorld();
  unsigned = await world.propose('1');
  signed = await world.propose('2');
  await sql`INSERT INTO treasury_signature (proposal_id, owner, signature, actor)
            VALUES (${signed.id}, ${world.safe.owners[0]}, ${Buffer.alloc(65, 1)}, 'test')`.execute(world.db);
});
afterAll(() => world.close());

/** The SQLSTATE that a statement is refused with, or `taken`. Rolled back either way. */
async function outcomeOf(...statements: RawBuilder<unknown>[]): Promise<string> {
  return await withTransaction(world.db, async (tx) => {
    for (const statement of statements) await statement.execute(tx);
    throw new Error('taken');
  }).catch((error: { code?: string; message: string }) => error.code ?? error.message);
}

const end = ({ id }: Proposal, state: string) => sql`
  UPDATE treasury_proposal SET state = ${state}, version = version + 1, ended_at = now(),
         executed_hash = ${state === 'EXECUTED' ? `0x${'e'.repeat(64)}` : null},
         executed_block = ${state === 'EXECUTED' ? 5 : null}
   WHERE id = ${id}`;

test('what was proposed is frozen', async () => {
  for (const change of [
    sql`amount = 99`,
    sql`to_account_id = gen_random_uuid()`,
    sql`safe_nonce = 77`,
    sql`safe_tx_hash = ${`0x${'a'.repeat(64)}`}`,
    sql`safe_address = ${`0x${'b'.repeat(40)}`}`,
    sql`reason = 'another'`,
    sql`actor = 'another'`,
    sql`version = version + 1`,
  ])
    expect(await outcomeOf(sql`UPDATE treasury_proposal SET ${change} WHERE id = ${unsigned.id}`)).toBe(
      '23001',
    );
  expect(await outcomeOf(sql`DELETE FROM treasury_proposal WHERE id = ${unsigned.id}`)).toBe('23001');
  const problem = sql`UPDATE treasury_proposal SET problem = 'the chain says: no' WHERE id = ${unsigned.id}`;
  expect(await outcomeOf(problem)).toBe('taken');
});

test('an end is an end, and what is signed cannot be canceled', async () => {
  for (const state of ['EXECUTED', 'SUPERSEDED', 'CANCELED'])
    expect(await outcomeOf(end(unsigned, state))).toBe('taken');
  expect(await outcomeOf(end(signed, 'CANCELED'))).toBe('23001');
  expect(await outcomeOf(end(signed, 'EXECUTED'))).toBe('taken');
  for (const first of ['EXECUTED', 'SUPERSEDED', 'CANCELED'])
    expect(await outcomeOf(end(unsigned, first), end(unsigned, 'SUPERSEDED'))).toBe('23001');
  expect(await outcomeOf(end(unsigned, 'CANCELED'), end(unsigned, 'EXECUTED'))).toBe('23001');
  const reopened = sql`UPDATE treasury_proposal SET state = 'OPEN', version = version + 1, ended_at = NULL,
                              executed_hash = NULL, executed_block = NULL WHERE id = ${unsigned.id}`;
  expect(await outcomeOf(end(unsigned, 'SUPERSEDED'), reopened)).toBe('23001');
});

test('signatures stay as they are, one of each owner', async () => {
  expect(await outcomeOf(sql`UPDATE treasury_signature SET owner = ${`0x${'9'.repeat(40)}`}`)).toBe('23001');
  expect(await outcomeOf(sql`DELETE FROM treasury_signature`)).toBe('23001');
  const again = sql`INSERT INTO treasury_signature (proposal_id, owner, signature, actor)
                    SELECT proposal_id, owner, signature, actor FROM treasury_signature`;
  expect(await outcomeOf(again)).toBe('23505');
});

test('a top-up pays an account something; the same transaction is open once', async () => {
  const copy = (change: RawBuilder<unknown>) => sql`
    INSERT INTO treasury_proposal (id, chain_id, safe_address, purpose, asset_id, to_account_id, amount, safe_nonce,
                                   safe_tx_hash, actor, reason, from_block)
    SELECT gen_random_uuid(), chain_id, safe_address, ${change}, safe_nonce, ${`0x${'c'.repeat(64)}`}, actor, reason, 0
      FROM treasury_proposal WHERE id = ${unsigned.id}`;
  expect(await outcomeOf(copy(sql`purpose, asset_id, to_account_id, amount`))).toBe('taken');
  expect(await outcomeOf(copy(sql`purpose, asset_id, to_account_id, 0`))).toBe('23514');
  expect(await outcomeOf(copy(sql`purpose, asset_id, NULL, amount`))).toBe('23514');
  expect(await outcomeOf(copy(sql`'REJECTION', NULL, NULL, amount`))).toBe('23514');
  expect(await outcomeOf(copy(sql`'REJECTION', NULL, NULL, 0`))).toBe('taken');
  const twice = copy(sql`purpose, asset_id, to_account_id, amount`);
  expect(await outcomeOf(twice, twice)).toBe('23505');
});
