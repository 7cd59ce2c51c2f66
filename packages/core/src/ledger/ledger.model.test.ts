import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fixture, makeFixture, post, readLedger, single } from './ledger.fixture.ts';
import { TRANSFER_UNITS_MAX } from './ledger.limits.ts';
import { createLedgerModel, type LedgerModel, postToModel } from './ledger.model.ts';
import { checkLedger } from './ledger.store.ts';
import { type NewTransfer, type TransferOutcome, transferOutcomes } from './ledger.ts';

/** A transfer before ids are known: ids, holds and accounts are places in small pools, so that they often meet. */
type Draft = {
  kind: NewTransfer['kind'];
  id: number;
  pending: number;
  debit: number;
  credit: number;
  amount: bigint;
  takesAll: boolean;
  reason: NewTransfer['reason'];
  /** Repeats an earlier transfer of the case word for word, where there is one: this far back. */
  repeats: number | null;
};

const IDS = 10;
const ACCOUNTS = 9;
const OPENING_UNITS = 100n;
const RUNS = 150;

const drafts = fc.record<Draft>({
  kind: fc.constantFrom('SINGLE', 'PENDING', 'PENDING', 'POST', 'VOID'),
  id: fc.nat(IDS - 1),
  pending: fc.nat(IDS - 1),
  debit: fc.nat(ACCOUNTS - 1),
  credit: fc.nat(ACCOUNTS - 1),
  amount: fc.oneof(
    { weight: 8, arbitrary: fc.bigInt(1n, 60n) },
    { weight: 1, arbitrary: fc.constantFrom(0n, -1n, -(2n ** 200n), TRANSFER_UNITS_MAX + 1n) },
    { weight: 2, arbitrary: fc.bigInt(1n, 2n ** 200n) },
    { weight: 1, arbitrary: fc.constant(TRANSFER_UNITS_MAX) },
  ),
  takesAll: fc.boolean(),
  reason: fc.constantFrom('WITHDRAWAL', 'WITHDRAWAL', 'ADJUSTMENT'),
  repeats: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(IDS) }),
});
const lists = fc.array(fc.array(drafts, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 });

describe('the database answers and writes what the model does', () => {
  let server: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    server = await createTestDatabase();
    db = server.db;
  });
  afterAll(() => server.drop());

  test('random lists: outcome for outcome, balance for balance, row for row', async () => {
    const seen = new Map<TransferOutcome, number>();
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const world = await makeWorld(db);
        for (const transfers of list.map((part) => part.map(world.transferOf))) {
          const expected = transfers.map((transfer) => postToModel(world.model, transfer));
          expect(await post(db, transfers)).toEqual(expected);
          for (const outcome of expected) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
          await expectSame(db, world);
        }
        expect(await checkLedger(db)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    // A generator that stops reaching an outcome would make the comparison empty.
    expect([...seen.keys()].sort()).toEqual([...transferOutcomes].sort());
  });

  test('a list may be cut anywhere: the answers and the rows stay the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drafts, { minLength: 2, maxLength: 25 }), fc.nat(), async (list, at) => {
        const [whole, cut] = [await makeWorld(db), await makeWorld(db)];
        const place = at % list.length;
        const answers = await post(db, list.map(whole.transferOf));
        const first = await post(db, list.slice(0, place).map(cut.transferOf));
        const second = await post(db, list.slice(place).map(cut.transferOf));
        expect([...first, ...second]).toEqual(answers);
        const [left, right] = [await readLedger(db, whole.fixture), await readLedger(db, cut.fixture)];
        const balances = (world: World, state: typeof left) =>
          world.accountIds.map((id) => {
            const { id: _, assetId: __, ...rest } = state.accounts.get(id) ?? { id, assetId: null };
            return rest;
          });
        expect(balances(cut, right)).toEqual(balances(whole, left));
      }),
      { numRuns: RUNS / 3 },
    );
  });

  test('a list of refused transfers changes nothing, not even a version', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const world = await makeWorld(db);
        const all = list.flat().map(world.transferOf);
        await post(db, all);
        const before = await readLedger(db, world.fixture);
        const again = await post(db, all);
        const refused = all.filter((_, index) => again[index] !== 'POSTED');
        const after = await readLedger(db, world.fixture);
        if (refused.length === all.length) expect(after).toEqual(before);
        const settled = await post(
          db,
          refused.filter((transfer) => after.transfers.has(transfer.id)),
        );
        expect(settled.every((outcome) => outcome === 'EXISTS' || outcome === 'CONFLICT')).toBe(true);
        expect(await readLedger(db, world.fixture)).toEqual(after);
      }),
      { numRuns: RUNS / 3 },
    );
  });
});

type World = {
  fixture: Fixture;
  model: LedgerModel;
  accountIds: string[];
  /** Call it in the order of the drafts: it remembers what it made, for those that repeat. */
  transferOf(draft: Draft): NewTransfer;
};

/** New accounts, the first two customers funded, in the database and in a model. */
async function makeWorld(db: Database): Promise<World> {
  const fixture = await makeFixture(db);
  const { customers, house, hotWallet, gas, otherCustomer, otherHotWallet } = fixture;
  const accountIds = [...customers, house, hotWallet, gas, otherCustomer, otherHotWallet, newUuid()];
  const ids = Array.from({ length: IDS }, () => newUuid());
  const model = createLedgerModel([...(await readLedger(db, fixture)).accounts.values()].map(identityOf));
  const openings = customers
    .slice(0, 2)
    .map((id) => single(hotWallet, id, OPENING_UNITS, { reason: 'FUNDING' }));
  expect(await post(db, openings)).toEqual(['POSTED', 'POSTED']);
  for (const opening of openings) postToModel(model, opening);
  const at = (pool: string[], index: number) => assertPresent(pool[index], 'member of the pool');
  const freshOf = (draft: Draft): NewTransfer => {
    const { kind, amount, reason } = draft;
    const same = { id: at(ids, draft.id), reason, referenceId: null };
    const pendingId = at(ids, draft.pending);
    if (kind === 'POST') return { kind, pendingId, amount: draft.takesAll ? null : amount, ...same };
    if (kind === 'VOID') return { kind, pendingId, ...same };
    const [debitAccountId, creditAccountId] = [at(accountIds, draft.debit), at(accountIds, draft.credit)];
    return { kind, debitAccountId, creditAccountId, amount, ...same };
  };
  const made: NewTransfer[] = [];
  const transferOf = (draft: Draft): NewTransfer => {
    const earlier = draft.repeats === null ? undefined : made.at(-1 - draft.repeats);
    const transfer = earlier ?? freshOf(draft);
    made.push(transfer);
    return transfer;
  };
  return { fixture, model, accountIds, transferOf };
}

function identityOf({ id, assetId, mayOverdraw }: { id: string; assetId: string; mayOverdraw: boolean }) {
  return { id, assetId, mayOverdraw };
}

async function expectSame(db: Database, { fixture, model }: World): Promise<void> {
  const state = await readLedger(db, fixture);
  expect(state.accounts).toEqual(model.accounts);
  expect(state.transfers).toEqual(model.transfers);
}
