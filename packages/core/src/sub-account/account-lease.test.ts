import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configureChains } from '../chain/configure-chains.ts';
import { giveBackAccounts, holdAccounts } from './account-lease.store.ts';
import { addSubAccount, listHeldAccounts } from './sub-account.store.ts';

const ACCOUNTS = 4;
const LEASE_MS = 60_000;
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  const contract = `0x${'c'.repeat(40)}` as const;
  await configureChains(database.db, new Map([['localhost', { payoutContract: contract, hasRpc: true }]]));
  for (let index = 1; index <= ACCOUNTS; index++)
    await addSubAccount(database.db, {
      chainId: 'localhost',
      address: `0x${String(index).repeat(40)}`,
      nextNonce: 0n,
    });
});
afterEach(() => database.drop());

const hold = (owner: string, leaseMs = LEASE_MS) =>
  holdAccounts(database.db, { chainId: 'localhost', owner, leaseMs });
const heldBy = async (owner: string) =>
  (await listHeldAccounts(database.db, { chainId: 'localhost', owner })).map(({ address }) => address);
/** As if so much time had passed for the leases of `owner`. */
async function expire(owner: string): Promise<void> {
  await sql`UPDATE sub_account SET lease_until = now() - interval '1 second' WHERE lease_owner = ${owner}`.execute(
    database.db,
  );
  await sql`UPDATE processor_presence SET seen_until = now() - interval '1 second' WHERE owner = ${owner}`.execute(
    database.db,
  );
}

describe('sharing', () => {
  test('one processor holds all accounts, and renewing takes none anew', async () => {
    expect(await hold('a/1#1')).toEqual({ held: 4, taken: 4, givenBack: 0 });
    expect(await hold('a/1#1')).toEqual({ held: 4, taken: 0, givenBack: 0 });
  });

  test('one that joins gets its share as soon as the other renews', async () => {
    await hold('a/1#1');
    expect(await hold('b/1#1')).toEqual({ held: 0, taken: 0, givenBack: 0 });
    expect(await hold('a/1#1')).toEqual({ held: 2, taken: 0, givenBack: 2 });
    expect(await hold('b/1#1')).toEqual({ held: 2, taken: 2, givenBack: 0 });
    expect(new Set([...(await heldBy('a/1#1')), ...(await heldBy('b/1#1'))]).size).toBe(ACCOUNTS);
  });

  test('more processors than accounts: each account has one holder, the others stand by', async () => {
    const owners = Array.from({ length: 7 }, (_, index) => `host-${index}/1#1`);
    for (let round = 0; round < 3; round++) for (const owner of owners) await hold(owner);
    const counts = await Promise.all(owners.map(async (owner) => (await heldBy(owner)).length));
    expect(counts.toSorted()).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });

  test('many at once: no account has two holders, none is left without', async () => {
    const owners = Array.from({ length: 3 }, (_, index) => `host-${index}/1#1`);
    for (let round = 0; round < 4; round++) await Promise.all(owners.map((owner) => hold(owner)));
    const held = (await Promise.all(owners.map(heldBy))).flat();
    expect(held).toHaveLength(ACCOUNTS);
    expect(new Set(held).size).toBe(ACCOUNTS);
  });
});

describe('taking over', () => {
  test('from one that lives: never; from one whose lease has run out: with a new epoch', async () => {
    await hold('a/1#1');
    expect((await hold('b/1#1')).taken).toBe(0);
    await expire('a/1#1');
    expect((await hold('b/1#1')).taken).toBe(4);
    expect(await heldBy('a/1#1')).toEqual([]);
    const held = await listHeldAccounts(database.db, { chainId: 'localhost', owner: 'b/1#1' });
    expect(held.map(({ epoch }) => epoch)).toEqual([2n, 2n, 2n, 2n]);
  });

  test('a lease that ran out unnoticed is renewed under the same epoch', async () => {
    await hold('a/1#1');
    await expire('a/1#1');
    expect(await hold('a/1#1')).toEqual({ held: 4, taken: 0, givenBack: 0 });
    const held = await listHeldAccounts(database.db, { chainId: 'localhost', owner: 'a/1#1' });
    expect(held.map(({ epoch }) => epoch)).toEqual([1n, 1n, 1n, 1n]);
  });

  test('one that was started again need not wait for its dead self, and a later self is never robbed', async () => {
    await hold('a/1#019aa');
    expect(await hold('a/1#019ab')).toEqual({ held: 4, taken: 4, givenBack: 0 });
    expect(await heldBy('a/1#019aa')).toEqual([]);
    expect((await hold('a/1#019aa')).taken).toBe(0);
    expect((await hold('a/10#019ac')).taken).toBe(0);
  });

  test('one that stops leaves all at once', async () => {
    await hold('a/1#1');
    await hold('b/1#1');
    await giveBackAccounts(database.db, 'a/1#1');
    expect(await hold('b/1#1')).toEqual({ held: 4, taken: 4, givenBack: 0 });
  });
});

test('the database refuses another owner without a new epoch, and an epoch that runs backward', async () => {
  await hold('a/1#1');
  for (const change of [
    sql`UPDATE sub_account SET lease_owner = 'b/1#1'`,
    sql`UPDATE sub_account SET epoch = epoch - 1`,
  ])
    await expect(change.execute(database.db)).rejects.toThrow('may not take over');
});
