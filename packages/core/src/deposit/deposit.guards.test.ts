import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { checkLedger } from '../ledger/ledger.store.ts';
import { callerOf, doneValue, endOf, problemsOf, requestOf, USDC } from '../withdrawal/withdrawal.fixture.ts';
import { createDepositAddress } from './create-deposit-address.ts';
import { creditDeposit } from './credit-deposit.ts';
import { createDepositWorld, DEPTH, type DepositWorld } from './deposit.fixture.ts';
import { depositTransitions } from './deposit.machine.ts';
import { listDeposits, readDeposit } from './deposit.reader.ts';
import type { DepositAddress } from './deposit.ts';
import { readDepositAddress } from './deposit-address.store.ts';

const KIM = { actor: 'operator:kim@desk', origin: 'desk', requestId: null, reason: 'ticket 12' };

let world: DepositWorld;
let owner: Caller;
let address: DepositAddress;
beforeAll(async () => {
  world = await createDepositWorld();
});
afterAll(async () => {
  expect(await problemsOf(world.db)).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  owner = await world.owner({ USDC: '100' });
  address = await world.address(owner);
});

async function deposit(amount: bigint, token = USDC): Promise<string> {
  world.chain.mine({ kind: 'arrived', token, to: address.address, amount });
  for (let blocks = 0; blocks < DEPTH; blocks++) world.chain.mine();
  await world.look();
  const [made] = await listDeposits(world.db, owner.organisationId, {}, { limit: 1, after: null });
  return made?.id ?? '';
}

const refusalOf = (statement: ReturnType<typeof sql>) =>
  statement.execute(world.db).then(
    () => 'taken',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('the database refuses', () => {
  test('every step that is not in the table, which is the machine of the code', async () => {
    const { rows } = await sql<{ from: string; to: string }>`
      SELECT from_state AS "from", to_state AS "to" FROM deposit_transition`.execute(world.db);
    const text = ({ from, to }: { from: string; to: string }) => `${from} ${to}`;
    expect(rows.map(text).sort()).toEqual(depositTransitions.map(text).sort());
  });

  test('to change or delete what was credited, to credit without a transfer, to begin elsewhere', async () => {
    const id = await deposit(5n);
    expect(
      await refusalOf(sql`UPDATE deposit SET state = 'ORPHANED', version = version + 1 WHERE id = ${id}`),
    ).toBe('23001');
    expect(await refusalOf(sql`DELETE FROM deposit WHERE id = ${id}`)).toBe('23001');
    world.chain.mine({ kind: 'arrived', token: USDC, to: address.address, amount: 7n });
    await world.look();
    expect(
      await refusalOf(sql`
        UPDATE deposit SET state = 'CREDITED', version = version + 1, depth = 1, credited_at = now()
         WHERE amount = 7 AND state = 'DETECTED'`),
    ).toBe('23001');
    expect(
      await refusalOf(sql`
        INSERT INTO deposit (id, organisation_id, chain_id, deposit_address_id, amount, from_address,
                             transaction_hash, log_index, block_number, block_hash, state)
        SELECT ${newUuid()}, organisation_id, chain_id, deposit_address_id, 1, from_address, transaction_hash, 99,
               1, block_hash, 'ORPHANED' FROM deposit WHERE id = ${id}`),
    ).toBe('23001');
  });

  test('to give an address to somebody else, or to take it away', async () => {
    const other = await world.owner({});
    expect(
      await refusalOf(
        sql`UPDATE deposit_address SET organisation_id = ${other.organisationId} WHERE id = ${address.id}`,
      ),
    ).toBe('23001');
    expect(await refusalOf(sql`DELETE FROM deposit_address WHERE id = ${address.id}`)).toBe('23001');
  });
});

describe('an address', () => {
  test('is made once for a key, however often it is asked for, and another body is refused', async () => {
    const input = { chain: 'localhost', label: 'shop', takesCoin: true };
    const made = await Promise.all(
      Array.from({ length: 8 }, () => createDepositAddress({ db: world.db }, owner, 'one key', input)),
    );
    const done = made.filter(({ kind }) => kind === 'done').map((one) => doneValue(one).id);
    expect(new Set(done).size).toBe(1);
    const again = await createDepositAddress({ db: world.db }, owner, 'one key', input);
    expect([again.replayed, doneValue(again).id]).toEqual([true, done[0]]);
    const other = await createDepositAddress({ db: world.db }, owner, 'one key', { ...input, label: 'x' });
    expect(endOf(other)).toBe('idempotency_key_reused');
  });

  test('is given out only where deposits are set up and watched', async () => {
    const ask = (caller: Caller, chain: string) =>
      createDepositAddress({ db: world.db }, caller, newUuid(), { chain, label: null, takesCoin: true });
    expect(endOf(await ask(owner, 'polygon-amoy'))).toBe('chain_not_supported');
    expect(endOf(await ask(callerOf(owner.organisationId, 'live'), 'localhost'))).toBe('chain_not_supported');
    await sql`UPDATE deposit_cursor SET chain_id = 'polygon'`.execute(world.db);
    expect(endOf(await ask(owner, 'localhost'))).toBe('deposits_not_ready');
    await sql`UPDATE deposit_cursor SET chain_id = 'localhost'`.execute(world.db);
    await sql`UPDATE chain SET deposit_factory = NULL WHERE id = 'localhost'`.execute(world.db);
    expect(endOf(await ask(owner, 'localhost'))).toBe('deposits_not_available');
    await sql`UPDATE chain SET deposit_factory = ${address.factory} WHERE id = 'localhost'`.execute(world.db);
  });

  test('and its deposits are of its organisation alone', async () => {
    const id = await deposit(5n);
    const other = await world.owner({});
    expect(await readDepositAddress(world.db, other.organisationId, address.id)).toBeNull();
    expect(await readDeposit(world.db, other.organisationId, id)).toBeNull();
    expect(await listDeposits(world.db, other.organisationId, {}, { limit: 10, after: null })).toEqual([]);
  });

  test('of ours is no destination of a withdrawal, alone or in a list, in either case of letters', async () => {
    const to = [address.address, address.address.toLowerCase()];
    const answers = await Promise.all([
      ...to.map((one) => world.withdrawals.request(owner, newUuid(), requestOf({ to: one }))),
      world.withdrawals.request(owner, newUuid(), requestOf()),
    ]);
    expect(answers.map(endOf)).toEqual(['validation_failed', 'validation_failed', 'done']);
    const [first] = answers;
    expect(first?.kind === 'refused' ? first.refusal.errors?.[0]?.code : null).toBe('address_is_ours');
  });
});

describe('an operator', () => {
  test('credits what was not credited by itself, once, and it is audited', async () => {
    await sql`UPDATE asset SET enabled = false WHERE id = 'localhost:USDC'`.execute(world.db);
    const id = await deposit(9n);
    await sql`UPDATE asset SET enabled = true WHERE id = 'localhost:USDC'`.execute(world.db);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => creditDeposit({ db: world.db }, id, KIM)),
    );
    expect(answers.map(endOf)).toEqual(['done', 'done', 'done', 'done']);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await readDeposit(world.db, null, id)).toMatchObject({ state: 'CREDITED' });
    const { rows } = await sql<{ actor: string; reason: string }>`
      SELECT actor, reason FROM audit_event WHERE action = 'deposit.credit' AND subject = ${`deposit ${id}`}`.execute(
      world.db,
    );
    expect(rows).toEqual([{ actor: KIM.actor, reason: KIM.reason }]);
    expect(await checkLedger(world.db)).toEqual([]);
  });

  test('cannot credit what is not final, or of no known token; once the token is known he can', async () => {
    const token = `0x${'D0'.repeat(20)}` as typeof USDC;
    const id = await deposit(11n, token);
    expect(endOf(await creditDeposit({ db: world.db }, id, KIM))).toBe('deposit_not_creditable');
    expect(endOf(await creditDeposit({ db: world.db }, newUuid(), KIM))).toBe('deposit_not_found');
    world.chain.mine({ kind: 'arrived', token: USDC, to: address.address, amount: 12n });
    await world.look();
    const [seen] = await listDeposits(world.db, owner.organisationId, {}, { limit: 1, after: null });
    expect(endOf(await creditDeposit({ db: world.db }, seen?.id ?? '', KIM))).toBe('deposit_not_creditable');
    await sql`
      INSERT INTO asset (id, chain_id, code, symbol, address, decimals, minimum, gas_per_item, transfer_gas_max)
      VALUES ('localhost:NEW', 'localhost', 'NEW', 'NEW', ${token}, 6, 1, 27500, 100000)`.execute(world.db);
    expect(endOf(await creditDeposit({ db: world.db }, id, KIM))).toBe('done');
    expect(await readDeposit(world.db, null, id)).toMatchObject({ state: 'CREDITED', asset: 'NEW' });
  });
});
