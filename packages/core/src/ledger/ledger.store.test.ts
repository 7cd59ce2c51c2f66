import { type Database, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fixture, fund, hold, makeFixture, post, postOf, single } from './ledger.fixture.ts';
import { POST_TRANSFERS_MAX } from './ledger.limits.ts';
import {
  type AccountKey,
  ensureAccounts,
  findAccounts,
  listTransfersOf,
  readCustomerBalances,
} from './ledger.store.ts';
import { postTransfers, postTransfersOrFail } from './ledger.ts';

let server: TestDatabase;
let db: Database;
let fixture: Fixture;
beforeAll(async () => {
  server = await createTestDatabase();
  db = server.db;
});
afterAll(() => server.drop());
beforeEach(async () => {
  fixture = await makeFixture(db);
});

/** The fixture's first organisation. */
function organisation(): string {
  return fixture.organisationIds[0] ?? '';
}

test('accounts are answered in the order asked, null for one that was never used', async () => {
  const keys: AccountKey[] = [
    { kind: 'HOT_WALLET', assetId: fixture.assetId },
    { kind: 'CUSTOMER', organisationId: newUuid(), assetId: fixture.assetId },
    { kind: 'CUSTOMER', organisationId: organisation(), assetId: fixture.assetId },
    { kind: 'CUSTOMER', organisationId: organisation(), assetId: fixture.otherAssetId },
    { kind: 'HOUSE', assetId: fixture.otherAssetId },
  ];
  const [customer] = fixture.customers;
  expect(await findAccounts(db, keys)).toEqual([
    fixture.hotWallet,
    null,
    customer,
    fixture.otherCustomer,
    null,
  ]);
});

test('accounts asked for by many sessions at once, in opposite orders: each made once', async () => {
  const assetId = fixture.otherAssetId;
  const keys: AccountKey[] = [
    { kind: 'HOUSE', assetId },
    { kind: 'GAS', assetId },
    { kind: 'CUSTOMER', organisationId: fixture.organisationIds[1] ?? '', assetId },
    { kind: 'HOUSE', assetId },
  ];
  const orders = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? keys : keys.toReversed()));
  const found = await Promise.all(
    orders.map((order) => db.transaction().execute((tx) => ensureAccounts(tx, order))),
  );
  const inOrder = found.map((ids, index) => (index % 2 === 0 ? ids : ids.toReversed()));
  expect(new Set(inOrder.map((ids) => ids.join())).size).toBe(1);
  expect(inOrder[0]?.[0]).toBe(inOrder[0]?.[3]);
});

test('only what is a fact of the chain may be overdrawn', async () => {
  const { rows } = await sql<{ kind: string; may: boolean }>`
    SELECT kind, bool_or(may_overdraw) AS may FROM ledger_account WHERE asset_id = ${fixture.assetId}
     GROUP BY kind ORDER BY kind`.execute(db);
  expect(rows.map(({ kind, may }) => [kind, may])).toEqual([
    ['CUSTOMER', false],
    ['GAS', true],
    ['HOT_WALLET', true],
    ['HOUSE', false],
  ]);
});

test('a customer sees what is available and what is reserved, and nothing of another', async () => {
  const [mine, theirs] = fixture.customers;
  await fund(db, fixture, mine, 100n);
  await fund(db, fixture, theirs, 7n);
  const [kept, paid] = [hold(mine, fixture.hotWallet, 30n), hold(mine, fixture.hotWallet, 20n)];
  await post(db, [kept, paid, postOf(paid.id, 15n)]);
  expect(await readCustomerBalances(db, organisation())).toEqual([
    { assetId: fixture.assetId, available: 55n, reserved: 30n, posted: 85n },
    { assetId: fixture.otherAssetId, available: 0n, reserved: 0n, posted: 0n },
  ]);
});

test('the rows of a reference, in the order in which they happened', async () => {
  const [customer] = fixture.customers;
  const referenceId = newUuid();
  await fund(db, fixture, customer, 100n);
  const made = hold(customer, fixture.hotWallet, 30n, { referenceId });
  await post(db, [made]);
  await post(db, [single(fixture.gas, fixture.hotWallet, 3n)]);
  await post(db, [postOf(made.id, null, { referenceId })]);
  expect(await listTransfersOf(db, referenceId)).toMatchObject([
    {
      id: made.id,
      kind: 'PENDING',
      amount: 30n,
      debit: 'CUSTOMER',
      credit: 'HOT_WALLET',
      assetId: fixture.assetId,
    },
    { kind: 'POST', amount: 30n, debit: 'CUSTOMER', credit: 'HOT_WALLET' },
  ]);
});

test('postTransfersOrFail: a refusal rolls the surrounding step back', async () => {
  const [customer] = fixture.customers;
  const good = single(fixture.hotWallet, customer, 5n);
  const step = withTransaction(db, (tx) =>
    postTransfersOrFail(tx, [good, single(customer, fixture.house, 6n)]),
  );
  await expect(step).rejects.toThrow('OVERDRAFT');
  expect(await readCustomerBalances(db, organisation())).toMatchObject([{ posted: 0n }, { posted: 0n }]);
  await withTransaction(db, (tx) => postTransfersOrFail(tx, [good]));
  await withTransaction(db, (tx) => postTransfersOrFail(tx, [good]));
  expect(await readCustomerBalances(db, organisation())).toMatchObject([{ posted: 5n }, { posted: 0n }]);
});

test('a list above the limit is a bug of the caller; an empty one is answered empty', async () => {
  const many = Array.from({ length: POST_TRANSFERS_MAX + 1 }, () =>
    single(fixture.gas, fixture.hotWallet, 1n),
  );
  await expect(withTransaction(db, (tx) => postTransfers(tx, many))).rejects.toThrow(
    `${many.length} transfers`,
  );
  expect(await withTransaction(db, (tx) => postTransfers(tx, []))).toEqual([]);
});
