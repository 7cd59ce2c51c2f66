import type { Database } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Fixture, fund, hold, makeFixture, post, postOf, single, voidOf } from './ledger.fixture.ts';
import type { LedgerPosting } from './ledger-book.reader.ts';
import { createLedgerBook, type LedgerBook } from './ledger-book.ts';

let server: TestDatabase;
let db: Database;
let fixture: Fixture;
let book: LedgerBook;
beforeAll(async () => {
  server = await createTestDatabase();
  db = server.db;
  book = createLedgerBook({ db });
});
afterAll(() => server.drop());
beforeEach(async () => {
  fixture = await makeFixture(db);
});

async function allPostings(id: string, limit: number): Promise<LedgerPosting[]> {
  const found: LedgerPosting[] = [];
  for (let before: bigint | null = null; ; ) {
    const page = await book.postings(id, { at: null, limit, before });
    found.push(...(page?.data ?? []));
    if (page?.next == null) return found;
    before = page.next;
  }
}

/** A hundred in; thirty held, of which twenty are paid; ten held and released; five held still; seven out at once. */
async function liveThrough(): Promise<string> {
  const [customer] = fixture.customers;
  const [paid, released, open] = [newUuid(), newUuid(), newUuid()];
  await fund(db, fixture, customer, 100n);
  await post(db, [
    hold(customer, fixture.hotWallet, 30n, { id: paid, referenceId: paid }),
    hold(customer, fixture.hotWallet, 10n, { id: released }),
    hold(customer, fixture.hotWallet, 5n, { id: open }),
  ]);
  await post(db, [postOf(paid, 20n, { referenceId: paid }), voidOf(released)]);
  await post(db, [single(customer, fixture.house, 7n, { reason: 'ADJUSTMENT' })]);
  return paid;
}

test('each row says what the account was after it, and the pages of any size fit together', async () => {
  const paid = await liveThrough();
  const [customer] = fixture.customers;
  const whole = await allPostings(customer, 100);
  expect(
    whole.map(({ kind, side, amount, balance, reserved, other }) => [
      `${kind} ${side} ${amount}`,
      balance,
      reserved,
      other.kind,
    ]),
  ).toEqual([
    ['SINGLE DEBIT 7', 73n, 5n, 'HOUSE'],
    ['VOID DEBIT 10', 80n, 5n, 'HOT_WALLET'],
    ['POST DEBIT 20', 80n, 15n, 'HOT_WALLET'],
    ['PENDING DEBIT 5', 100n, 45n, 'HOT_WALLET'],
    ['PENDING DEBIT 10', 100n, 40n, 'HOT_WALLET'],
    ['PENDING DEBIT 30', 100n, 30n, 'HOT_WALLET'],
    ['SINGLE CREDIT 100', 100n, 0n, 'HOT_WALLET'],
  ]);
  expect(whole.filter(({ referenceId }) => referenceId === paid)).toHaveLength(2);
  for (const limit of [1, 2, 3]) expect(await allPostings(customer, limit)).toEqual(whole);
  // From the other side the same rows, with the sign of an account that we own.
  const [newest] = await allPostings(fixture.hotWallet, 2);
  expect(newest).toMatchObject({ kind: 'VOID', side: 'CREDIT', balance: -80n, incoming: 5n });
});

test('pages go on where they were while more is booked', async () => {
  await liveThrough();
  const [customer] = fixture.customers;
  const before = await allPostings(customer, 100);
  const first = await book.postings(customer, { at: null, limit: 3, before: null });
  await fund(db, fixture, customer, 1_000n);
  const second = await book.postings(customer, { at: null, limit: 100, before: first?.next ?? null });
  expect([...(first?.data ?? []), ...(second?.data ?? [])]).toEqual(before);
});

test('an account as it was at a moment is its present state less what came since', async () => {
  await liveThrough();
  const [customer] = fixture.customers;
  const [row] = (await allPostings(customer, 100)).filter(({ kind }) => kind === 'POST');
  const at = new Date('2026-03-03T00:00:00+09:00');
  await db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE ledger_transfer SET created_at = '2026-03-02T10:00:00+09:00'
               WHERE debit_account_id = ${customer} AND debit_version < ${row?.version ?? 0n}
                  OR credit_account_id = ${customer}`.execute(tx);
    await sql`UPDATE ledger_transfer SET created_at = ${at}
               WHERE debit_account_id = ${customer} AND debit_version >= ${row?.version ?? 0n}`.execute(tx);
  });
  expect(await book.account(customer, at)).toMatchObject({ balance: 100n, reserved: 45n, version: 4n });
  expect(await book.account(customer, null)).toMatchObject({ balance: 73n, reserved: 5n, version: 7n });
  const past = await book.postings(customer, { at, limit: 10, before: null });
  expect(past?.data.map(({ kind }) => kind)).toEqual(['PENDING', 'PENDING', 'PENDING', 'SINGLE']);
  expect(past?.data[0]).toMatchObject({ balance: 100n, reserved: 45n });
  const before = await book.account(customer, new Date('2026-03-01T00:00:00+09:00'));
  expect(before).toMatchObject({ balance: 0n, reserved: 0n, incoming: 0n, version: 0n });
});

test('accounts are found by kind, asset and organisation, a page at a time; one that is not there is null', async () => {
  await liveThrough();
  const [customer] = fixture.customers;
  const [organisationId = ''] = fixture.organisationIds;
  const found = await book.accounts({ organisationId }, { at: null, limit: 10, after: null });
  expect(found.data.map(({ id }) => id).sort()).toEqual([customer, fixture.otherCustomer].sort());
  const [chain = '', asset = ''] = fixture.assetId.split(':');
  const ofAsset = await book.accounts({ chain, asset }, { at: null, limit: 100, after: null });
  const sum = ofAsset.data.reduce((total, { balance }) => total + balance, 0n);
  expect(sum).toBe(0n);
  const first = await book.accounts({ chain, asset }, { at: null, limit: 2, after: null });
  const rest = await book.accounts({ chain, asset }, { at: null, limit: 100, after: first.next });
  expect([...first.data, ...rest.data]).toEqual(ofAsset.data);
  expect(
    (await book.accounts({ kind: 'GAS', chain, asset }, { at: null, limit: 9, after: null })).data,
  ).toMatchObject([{ id: fixture.gas, kind: 'GAS', balance: 0n }]);
  expect(await book.account(newUuid(), null)).toBeNull();
  expect(await book.postings(newUuid(), { at: null, limit: 9, before: null })).toBeNull();
});
