import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
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
import { createLedgerModel, type ModelTransfer, postToModel } from './ledger.model.ts';
import { checkLedger, listTransfersOf, lockAccounts } from './ledger.store.ts';
import { type NewTransfer, postTransfers, type TransferOutcome } from './ledger.ts';

const SESSIONS = 8;
const LISTS_PER_SESSION = 12;
const LIST_LENGTH = 15;

let server: TestDatabase;
let db: Database;
let fixture: Fixture;
beforeAll(async () => {
  server = await createTestDatabase({ connectionsMax: 25 });
  db = server.db;
});
afterAll(() => server.drop());
beforeEach(async () => {
  fixture = await makeFixture(db);
});

function count(outcomes: readonly TransferOutcome[], wanted: TransferOutcome): number {
  return outcomes.filter((outcome) => outcome === wanted).length;
}

describe('incidents', () => {
  test('six holds of 1,000 on 5,000: five accepted', async () => {
    const [together, apart] = fixture.customers;
    await fund(db, fixture, together, 5_000n);
    await fund(db, fixture, apart, 5_000n);
    const six = (account: string) =>
      Array.from({ length: 6 }, () => hold(account, fixture.hotWallet, 1_000n));

    const oneList = await post(db, six(together));
    const sixSessions = (await Promise.all(six(apart).map((transfer) => post(db, [transfer])))).flat();

    expect(oneList).toEqual(['POSTED', 'POSTED', 'POSTED', 'POSTED', 'POSTED', 'OVERDRAFT']);
    expect([count(sixSessions, 'POSTED'), count(sixSessions, 'OVERDRAFT')]).toEqual([5, 1]);
    const { accounts } = await readLedger(db, fixture);
    expect([together, apart].map((id) => accounts.get(id)?.debitsPending)).toEqual([5_000n, 5_000n]);
  });

  test('hold resolved at the same moment by post and void: one wins', async () => {
    const [customer] = fixture.customers;
    await fund(db, fixture, customer, 1_000n);
    const holds = Array.from({ length: 20 }, () => hold(customer, fixture.hotWallet, 10n));
    await post(db, holds);
    const races = await Promise.all(
      holds.map(({ id }) => Promise.all([post(db, [postOf(id)]), post(db, [voidOf(id)])])),
    );
    for (const race of races) expect(race.flat().sort()).toEqual(['HOLD_RESOLVED', 'POSTED']);
    const posted = BigInt(races.filter(([asPost]) => asPost[0] === 'POSTED').length);
    const account = (await readLedger(db, fixture)).accounts.get(customer);
    expect(account).toMatchObject({ debitsPending: 0n, debitsPosted: posted * 10n });
    expect(await checkLedger(db)).toEqual([]);
  });

  test('same transfer id posted by 20 sessions at once: one row', async () => {
    const [customer] = fixture.customers;
    await fund(db, fixture, customer, 1_000n);
    const transfer = hold(customer, fixture.hotWallet, 1_000n);
    const outcomes = (await Promise.all(Array.from({ length: 20 }, () => post(db, [transfer])))).flat();
    expect([count(outcomes, 'POSTED'), count(outcomes, 'EXISTS')]).toEqual([1, 19]);
    const { accounts, transfers } = await readLedger(db, fixture);
    expect(transfers.has(transfer.id)).toBe(true);
    expect(accounts.get(customer)).toMatchObject({ debitsPending: 1_000n, version: 2n });
  });

  test('same transfer id for other accounts, where no account lock keeps it out: one row, the other a conflict', async () => {
    const { gas, hotWallet, otherCustomer, otherHotWallet } = fixture;
    for (let round = 0; round < 10; round++) {
      const id = newUuid();
      const first = db.transaction().execute(async (tx) => {
        const outcomes = await postTransfers(tx, [single(gas, hotWallet, 1n, { id })]);
        // The second session now waits for this one at the unique index, with its decision already made.
        const second = post(db, [single(otherHotWallet, otherCustomer, 1n, { id })]);
        await waitUntilBlocked(db);
        return { outcomes, second };
      });
      const { outcomes, second } = await first;
      expect([...outcomes, ...(await second)]).toEqual(['POSTED', 'CONFLICT']);
    }
    expect((await readLedger(db, fixture)).accounts.get(otherCustomer)?.version).toBe(0n);
  });

  test('a resolution whose hold was committed while the session waited: it was done before, not a conflict', async () => {
    const [customer, other] = fixture.customers;
    await fund(db, fixture, customer, 100n);
    const made = hold(customer, other, 10n);
    const resolution = postOf(made.id);
    const { second } = await db.transaction().execute(async (tx) => {
      expect(await postTransfers(tx, [made, resolution])).toEqual(['POSTED', 'POSTED']);
      // Looks for the hold before it waits for the customer's account, and so does not see it.
      const waiting = post(db, [single(customer, other, 1n), resolution]);
      await waitUntilBlocked(db);
      return { second: waiting };
    });
    expect(await second).toEqual(['POSTED', 'EXISTS']);
  });

  test('created_at never decides order', async () => {
    const [customer] = fixture.customers;
    const referenceId = newUuid();
    await fund(db, fixture, customer, 100n);
    const [first, second] = [1n, 2n].map((amount) =>
      hold(customer, fixture.hotWallet, amount, { referenceId }),
    );
    await post(db, [assertPresent(first, 'hold'), assertPresent(second, 'hold')]);
    await post(db, [voidOf(assertPresent(second, 'hold').id, { referenceId })]);
    // A clock that was set back between the rows.
    await db.transaction().execute(async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`
        UPDATE ledger_transfer SET created_at = timestamptz '2020-01-01' - debit_version * interval '1 day'
         WHERE reference_id = ${referenceId}`.execute(tx);
    });
    const rows = await listTransfersOf(db, referenceId);
    expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['PENDING', 1n],
      ['PENDING', 2n],
      ['VOID', 2n],
    ]);
    expect(await checkLedger(db)).toEqual([]);
  });

  test('a session that waited for a lock stamps its rows after it got the lock', async () => {
    const [customer] = fixture.customers;
    await fund(db, fixture, customer, 100n);
    const [early, late] = [hold(customer, fixture.hotWallet, 1n), hold(customer, fixture.hotWallet, 1n)];
    const { waiting, releasedAt } = await db.transaction().execute(async (tx) => {
      await postTransfers(tx, [early]);
      const waiting = post(db, [late]);
      await waitUntilBlocked(db);
      const { rows } = await sql<{ at: string }>`SELECT clock_timestamp()::text AS at`.execute(tx);
      return { waiting, releasedAt: assertPresent(rows[0], 'moment').at };
    });
    await waiting;
    const { rows } = await sql<{ after: boolean }>`
      SELECT created_at >= ${releasedAt}::timestamptz AS after FROM ledger_transfer WHERE id = ${late.id}`.execute(
      db,
    );
    expect(rows).toEqual([{ after: true }]);
  });
});

describe('lists at once', () => {
  test('accounts named in opposite orders: no deadlock, even without withTransaction', async () => {
    const [left, middle, right] = fixture.customers;
    for (const account of fixture.customers) await fund(db, fixture, account, 1_000n);
    const forward = () => [single(left, middle, 1n), single(middle, right, 1n)];
    const backward = () => [single(right, middle, 1n), single(middle, left, 1n)];
    const runs = Array.from({ length: 60 }, (_, index) =>
      db.transaction().execute((tx) => postTransfers(tx, index % 2 === 0 ? forward() : backward())),
    );
    expect(count((await Promise.all(runs)).flat(), 'POSTED')).toBe(120);
  });

  test('lists that refer to themselves lock all their accounts first', async () => {
    const [left, middle, right] = fixture.customers;
    for (const account of fixture.customers) await fund(db, fixture, account, 1_000n);
    // Each list is two sets. Without the locks up front, one would hold middle and right and want left, while the
    // other holds left and wants middle.
    const chain = (accounts: readonly [string, string, string]) => {
      const [from, via, to] = accounts;
      const first = hold(from, via, 1n);
      return [first, postOf(first.id), single(via, to, 1n)];
    };
    const runs = Array.from({ length: 60 }, (_, index) =>
      db
        .transaction()
        .execute((tx) =>
          postTransfers(tx, chain(index % 2 === 0 ? [middle, right, left] : [left, fixture.house, middle])),
        ),
    );
    expect(count((await Promise.all(runs)).flat(), 'POSTED')).toBe(180);
  });

  test('several calls in one transaction, in opposite orders: safe once lockAccounts has taken all locks', async () => {
    const [left, middle, right] = fixture.customers;
    for (const account of fixture.customers) await fund(db, fixture, account, 1_000n);
    const calls = () => [single(left, middle, 1n), single(middle, right, 1n), single(right, left, 1n)];
    const runs = Array.from({ length: 40 }, (_, index) =>
      db.transaction().execute(async (tx) => {
        await lockAccounts(tx, fixture.customers);
        const outcomes: TransferOutcome[] = [];
        for (const transfer of index % 2 === 0 ? calls() : calls().toReversed())
          outcomes.push(...(await postTransfers(tx, [transfer])));
        return outcomes;
      }),
    );
    expect(count((await Promise.all(runs)).flat(), 'POSTED')).toBe(120);
    expect(await checkLedger(db)).toEqual([]);
  });

  test('the same ids for different accounts, in opposite orders: no error reaches the caller', async () => {
    const { gas, hotWallet, otherCustomer, otherHotWallet } = fixture;
    for (let round = 0; round < 3; round++) {
      const ids = [newUuid(), newUuid()];
      const here = ids.map((id) => single(gas, hotWallet, 1n, { id }));
      const there = ids.toReversed().map((id) => single(otherHotWallet, otherCustomer, 1n, { id }));
      const outcomes = (await Promise.all([post(db, here), post(db, there)])).flat();
      expect([count(outcomes, 'POSTED'), count(outcomes, 'CONFLICT')]).toEqual([2, 2]);
    }
    expect(await checkLedger(db)).toEqual([]);
  });

  test('random lists of many sessions: every read conserved, and the rows replay in version order', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const note = `seed ${seed}`;
    const openings = fixture.customers.map((id) =>
      single(fixture.hotWallet, id, 200n, { reason: 'FUNDING' }),
    );
    await post(db, openings);
    const lists = sampleLists(fixture, seed);
    const reader = readWhile(db, fixture, Promise.all(lists.map((session) => runSession(db, session))));
    const { result: answers, problems, reads } = await reader;

    expect(problems, note).toEqual([]);
    expect(reads, note).toBeGreaterThan(0);
    expect(await checkLedger(db), note).toEqual([]);
    const state = await readLedger(db, fixture);
    expectOneEffectEach(lists.flat(2), answers.flat(2), new Set(state.transfers.keys()), note);

    const model = createLedgerModel(
      [...state.accounts.values()].map(({ id, assetId, mayOverdraw }) => ({ id, assetId, mayOverdraw })),
    );
    for (const row of inVersionOrder([...state.transfers.values()]))
      expect(postToModel(model, requestOf(row)), `${note}, transfer ${row.id}`).toBe('POSTED');
    expect(model.accounts, note).toEqual(state.accounts);
    expect(model.transfers, note).toEqual(state.transfers);
  });
});

/** Resolves once a session of this database waits for a lock. */
async function waitUntilBlocked(observer: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`.execute(
      observer,
    );
    if (rows.length > 0) return;
  }
}

/**
 * For each session, lists drawn from one pool of transfers that all share, so that they race for the same ids and holds.
 * An id always names the same transfer, as it does for a caller that tries again.
 */
function sampleLists({ customers, house, hotWallet, gas }: Fixture, seed: number): NewTransfer[][][] {
  const accounts = [...customers, house, hotWallet, gas];
  const at = (index: number) => assertPresent(accounts[index], 'account');
  const moves = fc
    .tuple(fc.constantFrom('SINGLE', 'PENDING', 'PENDING'), fc.nat(5), fc.nat(5), fc.bigInt(1n, 80n))
    .map(([kind, debit, credit, amount]) =>
      kind === 'SINGLE' ? single(at(debit), at(credit), amount) : hold(at(debit), at(credit), amount),
    );
  const pool = fc.sample(moves, { numRuns: 150, seed });
  const holds = pool.filter(({ kind }) => kind === 'PENDING');
  const resolutions = fc
    .tuple(fc.constantFrom(...holds), fc.boolean(), fc.option(fc.bigInt(1n, 80n)))
    .map(([{ id }, isPost, amount]) => (isPost ? postOf(id, amount) : voidOf(id)));
  const all = [...pool, ...fc.sample(resolutions, { numRuns: 250, seed })];
  const list = fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: LIST_LENGTH });
  const session = fc.array(list, { minLength: LISTS_PER_SESSION, maxLength: LISTS_PER_SESSION });
  return fc.sample(session, { numRuns: SESSIONS, seed });
}

async function runSession(database: Database, lists: NewTransfer[][]): Promise<TransferOutcome[][]> {
  const outcomes: TransferOutcome[][] = [];
  for (const list of lists) outcomes.push(await post(database, list));
  return outcomes;
}

/** Reads the totals again and again until `work` is done; each read is one statement, so one snapshot. */
async function readWhile<T>(database: Database, { assetId }: Fixture, work: Promise<T>) {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  const problems: unknown[] = [];
  let reads = 0;
  while (!done) {
    const { rows } = await sql<{ posted: bigint; pending: bigint; overdrawn: bigint; resolutions: bigint }>`
      SELECT sum(credits_posted - debits_posted) AS posted, sum(credits_pending - debits_pending) AS pending,
             count(*) FILTER (WHERE NOT may_overdraw AND credits_posted < debits_posted + debits_pending) AS overdrawn,
             (SELECT count(*) - count(DISTINCT pending_id) FROM ledger_transfer WHERE pending_id IS NOT NULL) AS resolutions
        FROM ledger_account WHERE asset_id = ${assetId}`.execute(database);
    reads += 1;
    problems.push(...rows.filter((row) => Object.values(row).some((value) => value !== 0n)));
  }
  return { result: await finished, problems, reads };
}

/** POSTED was answered exactly once for each id that has a row, EXISTS only for such an id, and never another id. */
function expectOneEffectEach(
  transfers: NewTransfer[],
  answers: TransferOutcome[],
  rows: Set<string>,
  note: string,
): void {
  const posted = transfers.filter((_, index) => answers[index] === 'POSTED').map(({ id }) => id);
  expect(posted.length, note).toBe(new Set(posted).size);
  expect(
    answers.filter((outcome) => outcome === 'CONFLICT'),
    note,
  ).toEqual([]);
  for (const [index, { id }] of transfers.entries())
    if (answers[index] === 'EXISTS' || answers[index] === 'POSTED') expect(rows.has(id), note).toBe(true);
}

/** An order of all rows in which the versions of every account ascend without a gap. */
function inVersionOrder(rows: ModelTransfer[]): ModelTransfer[] {
  const versions = new Map<string, bigint>();
  const nextOf = (accountId: string) => (versions.get(accountId) ?? 0n) + 1n;
  const ordered: ModelTransfer[] = [];
  const left = new Set(rows);
  while (left.size > 0) {
    const ready = [...left].find(
      (row) =>
        row.debitVersion === nextOf(row.debitAccountId) && row.creditVersion === nextOf(row.creditAccountId),
    );
    const row = assertPresent(ready, 'row that follows in the versions of both its accounts');
    versions.set(row.debitAccountId, row.debitVersion);
    versions.set(row.creditAccountId, row.creditVersion);
    left.delete(row);
    ordered.push(row);
  }
  return ordered;
}

function requestOf(row: ModelTransfer): NewTransfer {
  const { id, pendingId, debitAccountId, creditAccountId, amount } = row;
  const extra = { id, reason: row.reason as NewTransfer['reason'], referenceId: row.referenceId };
  if (row.kind === 'POST') return postOf(assertPresent(pendingId, 'hold'), amount, extra);
  if (row.kind === 'VOID') return voidOf(assertPresent(pendingId, 'hold'), extra);
  const make = row.kind === 'SINGLE' ? single : hold;
  return make(debitAccountId, creditAccountId, amount, extra);
}
