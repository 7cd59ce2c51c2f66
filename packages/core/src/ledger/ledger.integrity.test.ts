import { type Database, sqlState, type Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Fixture,
  fund,
  hold,
  makeFixture,
  post,
  postOf,
  readLedger,
  single,
  voidOf,
} from './ledger.fixture.ts';
import { checkLedger, type LedgerProblem } from './ledger.store.ts';

const RESTRICT_VIOLATION = '23001';
const INVALID_PARAMETER_VALUE = '22023';

let server: TestDatabase;
let db: Database;
let fixture: Fixture;
/** Of the first customer: funded with 100, then a hold of 30 that is open, one that is posted with 20, one voided. */
let customer: string;
let openHold: string;
let postedHold: string;
let post20: string;
let void30: string;

beforeAll(async () => {
  server = await createTestDatabase();
  db = server.db;
});
afterAll(() => server.drop());
beforeEach(async () => {
  fixture = await makeFixture(db);
  customer = fixture.customers[0];
  await fund(db, fixture, customer, 100n);
  const [first, second, third] = [1, 2, 3].map(() => hold(customer, fixture.hotWallet, 30n));
  const holds = [first, second, third].map((transfer) => assertPresent(transfer, 'hold'));
  await post(db, holds);
  [openHold, postedHold] = holds.map(({ id }) => id) as [string, string];
  const [posting, voiding] = [postOf(postedHold, 20n), voidOf(assertPresent(third, 'hold').id)];
  [post20, void30] = [posting.id, voiding.id];
  expect(await post(db, [posting, voiding])).toEqual(['POSTED', 'POSTED']);
});

describe('the ledger changes only by ledger_post', () => {
  const attempts: [string, () => RawBuilder<unknown>][] = [
    ['a transfer updated', () => sql`UPDATE ledger_transfer SET amount = amount + 1 WHERE id = ${openHold}`],
    ['a transfer deleted', () => sql`DELETE FROM ledger_transfer WHERE id = ${openHold}`],
    ['transfers truncated', () => sql`TRUNCATE ledger_transfer`],
    [
      'a transfer inserted',
      () => sql`
        INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, asset_id, amount, debit_version,
                                     credit_version, reason, created_at)
        VALUES (${newUuid()}, 'SINGLE', ${fixture.hotWallet}, ${customer}, ${fixture.assetId}, 1, 99, 99, 'CREDIT', now())`,
    ],
    [
      'a balance raised',
      () => sql`UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = ${customer}`,
    ],
    [
      'a balance raised with its version',
      () =>
        sql`UPDATE ledger_account SET credits_posted = credits_posted + 1, version = version + 1 WHERE id = ${customer}`,
    ],
    [
      'an account allowed to overdraw',
      () => sql`UPDATE ledger_account SET may_overdraw = true WHERE id = ${customer}`,
    ],
    ['an account deleted', () => sql`DELETE FROM ledger_account WHERE id = ${fixture.customers[2]}`],
    ['accounts truncated', () => sql`TRUNCATE ledger_account CASCADE`],
    [
      'an account born with money',
      () => sql`
        INSERT INTO ledger_account (id, kind, asset_id, may_overdraw, credits_posted)
        VALUES (${newUuid()}, 'HOUSE', ${fixture.otherAssetId}, false, 5)`,
    ],
  ];
  test.each(attempts)('%s: refused', async (_, statement) => {
    const before = await readLedger(db, fixture);
    const error: unknown = await statement()
      .execute(db)
      .catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe(RESTRICT_VIOLATION);
    expect(await readLedger(db, fixture)).toEqual(before);
  });

  test('the permission to write ends with the call, even inside the same transaction', async () => {
    const error: unknown = await db
      .transaction()
      .execute(async (tx) => {
        await sql`SELECT * FROM ledger_post(${[newUuid()]}::uuid[], '{SINGLE}', '{NULL}', ${[fixture.hotWallet]}::uuid[],
                                            ${[customer]}::uuid[], '{1}', '{CREDIT}', '{NULL}')`.execute(tx);
        await sql`UPDATE ledger_account SET version = version + 1 WHERE id = ${customer}`.execute(tx);
      })
      .catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe(RESTRICT_VIOLATION);
  });
});

describe('ledger_post refuses a malformed list as a whole', () => {
  const malformed: [string, () => RawBuilder<unknown>][] = [
    ['lists of unequal length', () => call({ amounts: '{1,2}' })],
    ['a list that is missing', () => call({ reasons: null })],
    ['an array that does not start at 1', () => call({ kinds: '[0:0]={SINGLE}' })],
    ['no id', () => call({ ids: '{NULL}' })],
    ['no reason', () => call({ reasons: '{NULL}' })],
    ['no kind', () => call({ kinds: '{NULL}' })],
    ['a kind that is none', () => call({ kinds: '{DOUBLE}' })],
    ['a hold named by a SINGLE', () => call({ pendingIds: `{${openHold}}` })],
    ['no hold named by a POST', () => call({ kinds: '{POST}' })],
    ['an amount on a VOID', () => call({ kinds: '{VOID}', pendingIds: `{${openHold}}` })],
  ];
  test.each(malformed)('%s', async (_, statement) => {
    const error: unknown = await statement()
      .execute(db)
      .catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe(INVALID_PARAMETER_VALUE);
  });

  test.each(['NaN', 'Infinity', '-Infinity', '0.4', '1.5', '1e66', '-1', '0'])(
    'amount %s: AMOUNT_INVALID',
    async (amount) => {
      const { rows } = await call({ amounts: `{${amount}}` }).execute(db);
      expect(rows).toMatchObject([{ outcome: 'AMOUNT_INVALID' }]);
    },
  );

  test('a temporary table of the same name does not stand in for the ledger', async () => {
    const { rows } = await db.transaction().execute(async (tx) => {
      await sql`CREATE TEMP TABLE ledger_account (LIKE public.ledger_account) ON COMMIT DROP`.execute(tx);
      return call({}).execute(tx);
    });
    expect(rows).toMatchObject([{ outcome: 'POSTED' }]);
  });

  type Lists = Record<
    'ids' | 'kinds' | 'pendingIds' | 'debits' | 'credits' | 'amounts' | 'reasons',
    string | null
  >;
  function call(changes: Partial<Lists>): RawBuilder<{ outcome: string }> {
    const lists: Lists = {
      ids: `{${newUuid()}}`,
      kinds: '{SINGLE}',
      pendingIds: '{NULL}',
      debits: `{${fixture.hotWallet}}`,
      credits: `{${customer}}`,
      amounts: '{1}',
      reasons: '{CREDIT}',
      ...changes,
    };
    return sql`SELECT outcome FROM ledger_post(${lists.ids}::uuid[], ${lists.kinds}::text[], ${lists.pendingIds}::uuid[],
      ${lists.debits}::uuid[], ${lists.credits}::uuid[], ${lists.amounts}::numeric[], ${lists.reasons}::text[], '{NULL}')`;
  }
});

describe('ledger_check locates corruption', () => {
  test('a sound ledger has no problem', async () => {
    expect(await checkLedger(db)).toEqual([]);
  });

  const sums = () => ['balances of an asset sum to zero', fixture.assetId];
  const replay = (account: string) => ['a balance equals the replay of its rows', account];
  const gaps = (account: string) => ['versions of an account have no gaps', account];
  const overdrawn = (account: string) => ['no account was ever overdrawn', account];
  const sides = (transfer: string) => ['both sides of a transfer hold its asset', transfer];
  const resolution = (transfer: string) => ['a resolution repeats its hold', transfer];

  type Case = { name: string; corrupt: () => RawBuilder<unknown>[]; found: () => string[][] };
  const cases: Case[] = [
    {
      name: 'a posted balance was raised',
      corrupt: () => [
        sql`UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE id = ${customer}`,
      ],
      found: () => [sums(), replay(customer)],
    },
    {
      name: 'money was moved between two balances without a row',
      corrupt: () => [
        sql`
        UPDATE ledger_account SET credits_posted = credits_posted + CASE WHEN id = ${customer} THEN -1 ELSE 1 END
         WHERE id IN (${customer}, ${fixture.house})`,
      ],
      found: () => [replay(customer), replay(fixture.house)],
    },
    {
      name: 'a hold was forgotten by its account',
      corrupt: () => [sql`UPDATE ledger_account SET debits_pending = 0 WHERE id = ${customer}`],
      found: () => [sums(), replay(customer)],
    },
    {
      name: 'an amount was edited',
      corrupt: () => [sql`UPDATE ledger_transfer SET amount = 29 WHERE id = ${openHold}`],
      found: () => [replay(customer), replay(fixture.hotWallet)],
    },
    {
      name: 'a row was deleted',
      corrupt: () => [sql`DELETE FROM ledger_transfer WHERE id = ${openHold}`],
      found: () => [replay(customer), replay(fixture.hotWallet), gaps(customer), gaps(fixture.hotWallet)],
    },
    {
      name: 'a hold that was posted was deleted',
      corrupt: () => [sql`DELETE FROM ledger_transfer WHERE id = ${postedHold}`],
      found: () => [gaps(customer), gaps(fixture.hotWallet), resolution(post20)],
    },
    {
      name: 'a version was skipped',
      corrupt: () => [sql`UPDATE ledger_account SET version = version + 1 WHERE id = ${customer}`],
      found: () => [gaps(customer)],
    },
    {
      name: 'history was reordered so that the hold came before the money',
      corrupt: () => [
        sql`
        UPDATE ledger_transfer SET debit_version = CASE WHEN debit_account_id = ${customer} THEN 1 ELSE debit_version END,
                                   credit_version = CASE WHEN credit_account_id = ${customer} THEN 2 ELSE credit_version END
         WHERE id = ${openHold} OR credit_account_id = ${customer}`,
      ],
      found: () => [overdrawn(customer)],
    },
    {
      name: 'a transfer names another asset',
      corrupt: () => [
        sql`UPDATE ledger_transfer SET asset_id = ${fixture.otherAssetId} WHERE id = ${openHold}`,
      ],
      found: () => [sides(openHold)],
    },
    {
      name: 'a resolution was reordered before its hold',
      corrupt: () => {
        const move = (id: string, version: number) =>
          sql`UPDATE ledger_transfer SET debit_version = ${version} WHERE id = ${id}`;
        return [move(postedHold, 99), move(post20, 3), move(postedHold, 5)];
      },
      found: () => [resolution(post20)],
    },
    {
      name: 'a void of less than its hold',
      corrupt: () => [sql`UPDATE ledger_transfer SET amount = 29 WHERE id = ${void30}`],
      found: () => [resolution(void30)],
    },
    {
      name: 'a post of more than its hold, balances adjusted to it',
      corrupt: () => [
        sql`
        WITH row AS (UPDATE ledger_transfer SET amount = 31 WHERE id = ${post20})
        UPDATE ledger_account
           SET debits_posted = debits_posted + CASE WHEN id = ${customer} THEN 11 ELSE 0 END,
               credits_posted = credits_posted + CASE WHEN id = ${customer} THEN 0 ELSE 11 END
         WHERE id IN (${customer}, ${fixture.hotWallet})`,
      ],
      found: () => [resolution(post20)],
    },
    {
      name: 'an account was deleted',
      corrupt: () => [sql`DELETE FROM ledger_account WHERE id = ${customer}`],
      found: () => [sums(), ...[openHold, post20, void30].map(sides)],
    },
  ];
  test.each(cases)('$name', async ({ corrupt, found }) => {
    const problems = await checkCorrupted(corrupt);
    const pairs = problems.map(({ invariant, subject }) => [invariant, subject]);
    expect(pairs).toEqual(expect.arrayContaining(found()));
    const invariants = new Set(found().map(([invariant]) => invariant));
    expect(new Set(pairs.map(([invariant]) => invariant))).toEqual(invariants);
  });

  test('a problem of a transfer names both accounts', async () => {
    const problems = await checkCorrupted(() => [
      sql`UPDATE ledger_transfer SET asset_id = ${fixture.otherAssetId} WHERE id = ${openHold}`,
    ]);
    expect(problems.map(({ detail }) => detail).join()).toContain(customer);
    expect(problems.map(({ detail }) => detail).join()).toContain(fixture.hotWallet);
  });

  /** Corrupts with all triggers and foreign keys off, checks, and takes the corruption back. */
  async function checkCorrupted(corrupt: () => RawBuilder<unknown>[]): Promise<LedgerProblem[]> {
    let problems: LedgerProblem[] = [];
    const rollback = new Error('rolled back on purpose');
    const work = async (tx: Tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      for (const statement of corrupt()) {
        const { numAffectedRows } = await statement.execute(tx);
        expect(numAffectedRows).toBeGreaterThan(0n);
      }
      problems = await checkLedger(tx);
      throw rollback;
    };
    await expect(db.transaction().execute(work)).rejects.toBe(rollback);
    return problems;
  }
});

describe('outcomes', () => {
  const refusals: [string, () => ReturnType<typeof single>][] = [
    ['OVERDRAFT', () => single(customer, fixture.house, 51n)],
    ['OVERDRAFT', () => hold(customer, fixture.house, 51n)],
    ['AMOUNT_INVALID', () => single(customer, fixture.house, 0n)],
    ['AMOUNT_INVALID', () => postOf(openHold, -1n)],
    ['SAME_ACCOUNT', () => single(customer, customer, 1n)],
    ['ACCOUNT_NOT_FOUND', () => single(customer, newUuid(), 1n)],
    ['ASSET_MISMATCH', () => single(customer, fixture.otherHotWallet, 1n)],
    ['HOLD_NOT_FOUND', () => postOf(newUuid())],
    ['HOLD_NOT_FOUND', () => postOf(post20)],
    ['HOLD_RESOLVED', () => voidOf(postedHold)],
    ['AMOUNT_OVER_HOLD', () => postOf(openHold, 31n)],
    ['CONFLICT', () => single(customer, fixture.house, 30n, { id: openHold })],
    ['CONFLICT', () => hold(customer, fixture.hotWallet, 30n, { id: openHold, reason: 'ADJUSTMENT' })],
    ['EXISTS', () => hold(customer, fixture.hotWallet, 30n, { id: openHold })],
    ['EXISTS', () => postOf(postedHold, 20n, { id: post20 })],
  ];
  test.each(refusals)('%s changes nothing', async (outcome, transferOf) => {
    const before = await readLedger(db, fixture);
    expect(await post(db, [transferOf()])).toEqual([outcome]);
    expect(await readLedger(db, fixture)).toEqual(before);
  });

  test('a refused resolution leaves the hold open for the next one of the same list', async () => {
    expect(await post(db, [postOf(openHold, 31n), voidOf(openHold), voidOf(openHold)])).toEqual([
      'AMOUNT_OVER_HOLD',
      'POSTED',
      'HOLD_RESOLVED',
    ]);
  });

  // 50 of the customer's 80 are available, 30 are in the open hold.
  test.each<[string, () => ReturnType<typeof single>[]]>([
    ['a void releases', () => [voidOf(openHold), single(customer, fixture.house, 80n)]],
    [
      'a post of less than its hold releases',
      () => [postOf(openHold, 10n), single(customer, fixture.house, 70n)],
    ],
    ['a transfer brings in', () => [single(fixture.gas, customer, 5n), single(customer, fixture.house, 55n)]],
    ['a post of all its hold leaves', () => [postOf(openHold), single(customer, fixture.house, 50n)]],
  ])('a list may spend what %s, and not one unit more', async (_, listOf) => {
    const spendOneMore = () => single(customer, fixture.house, 1n);
    expect(await post(db, [...listOf(), spendOneMore()])).toEqual(['POSTED', 'POSTED', 'OVERDRAFT']);
  });

  test('an account may spend what a post of the same list brings it', async () => {
    const [, other] = fixture.customers;
    const incoming = hold(customer, other, 5n);
    await post(db, [incoming]);
    const list = [single(other, fixture.house, 1n), postOf(incoming.id), single(other, fixture.house, 5n)];
    expect(await post(db, list)).toEqual(['OVERDRAFT', 'POSTED', 'POSTED']);
  });

  test('a list may repeat a transfer, and resolve a hold that it makes', async () => {
    const made = hold(customer, fixture.hotWallet, 5n);
    expect(await post(db, [made, made, postOf(made.id)])).toEqual(['POSTED', 'EXISTS', 'POSTED']);
  });
});
