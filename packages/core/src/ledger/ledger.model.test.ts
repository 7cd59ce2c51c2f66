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

const IDS = 14;
/** Holds take ids from the start of the pool and resolutions from its end; some in the middle are fought over. */
const HOLD_IDS = 6;
const RESOLUTION_IDS_FROM = 5;
/** Three customers, house, hot wallet, gas; then two of another asset, and an id that is no account. */
const ACCOUNTS = 9;
const CUSTOMERS = 3;
const OWN_ASSET = 6;
const OPENING_UNITS = 100n;
const RUNS = 100;
/** For the properties that read the whole state more often. */
const RUNS_FEWER = 30;
/** A failure stops shrinking in time to be reported with its seed, instead of as a test that timed out. */
const SHRINK_MS_MAX = 30_000;

const kinds = fc.constantFrom('SINGLE', 'PENDING', 'PENDING', 'POST', 'VOID');
const accounts = fc.oneof(
  { weight: 6, arbitrary: fc.nat(CUSTOMERS - 1) },
  { weight: 4, arbitrary: fc.integer({ min: CUSTOMERS, max: OWN_ASSET - 1 }) },
  { weight: 1, arbitrary: fc.integer({ min: OWN_ASSET, max: ACCOUNTS - 1 }) },
);
const amounts = fc.oneof(
  { weight: 16, arbitrary: fc.bigInt(1n, 40n) },
  { weight: 2, arbitrary: fc.bigInt(1n, 2n ** 200n) },
  { weight: 1, arbitrary: fc.constantFrom(0n, -1n, -(2n ** 200n), TRANSFER_UNITS_MAX + 1n) },
  { weight: 1, arbitrary: fc.constant(TRANSFER_UNITS_MAX) },
);
function idsOf(kind: Draft['kind']): fc.Arbitrary<number> {
  if (kind === 'SINGLE') return fc.nat(IDS - 1);
  return kind === 'PENDING' ? fc.nat(HOLD_IDS - 1) : fc.integer({ min: RESOLUTION_IDS_FROM, max: IDS - 1 });
}
const drafts = kinds.chain((kind) =>
  fc.record<Draft>({
    kind: fc.constant(kind),
    id: idsOf(kind),
    pending: fc.nat(HOLD_IDS - 1),
    debit: accounts,
    credit: accounts,
    amount: amounts,
    takesAll: fc.boolean(),
    reason: fc.constantFrom('WITHDRAWAL', 'WITHDRAWAL', 'WITHDRAWAL', 'ADJUSTMENT'),
    repeats: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(IDS) }),
  }),
);
const list = fc.array(drafts, { minLength: 1, maxLength: 25, size: 'max' });
const lists = fc.array(list, { minLength: 1, maxLength: 4, size: 'max' });

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
      fc.asyncProperty(lists, async (parts) => {
        const world = await makeWorld(db);
        for (const transfers of parts.map((part) => part.map(world.transferOf))) {
          const expected = transfers.map((transfer) => postToModel(world.model, transfer));
          expect(await post(db, transfers)).toEqual(expected);
          for (const outcome of expected) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
          await expectSame(db, world);
        }
        expect(await checkLedger(db)).toEqual([]);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: SHRINK_MS_MAX },
    );
    // A generator that stops reaching an outcome would make the comparison empty.
    expect([...seen.keys()].sort()).toEqual([...transferOutcomes].sort());
  });

  test('a list may be cut anywhere: the answers and the rows stay the same', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.nat(), async (all, at) => {
        const [whole, cut] = [await makeWorld(db), await makeWorld(db)];
        const place = at % all.length;
        const answers = await post(db, all.map(whole.transferOf));
        const first = await post(db, all.slice(0, place).map(cut.transferOf));
        const second = await post(db, all.slice(place).map(cut.transferOf));
        expect([...first, ...second]).toEqual(answers);
        const [left, right] = [await readLedger(db, whole.fixture), await readLedger(db, cut.fixture)];
        const balances = (world: World, state: typeof left) =>
          world.accountIds.map((id) => {
            const { id: _, assetId: __, ...rest } = state.accounts.get(id) ?? { id, assetId: null };
            return rest;
          });
        expect(balances(cut, right)).toEqual(balances(whole, left));
      }),
      { numRuns: RUNS_FEWER, interruptAfterTimeLimit: SHRINK_MS_MAX },
    );
  });

  test('a refused transfer changes nothing, not even a version', async () => {
    await fc.assert(
      fc.asyncProperty(list, async (all) => {
        const world = await makeWorld(db);
        for (const transfer of all.map(world.transferOf)) {
          const before = await readLedger(db, world.fixture);
          const [outcome] = await post(db, [transfer]);
          const after = await readLedger(db, world.fixture);
          if (outcome === 'POSTED') expect(after.transfers.size).toBe(before.transfers.size + 1);
          else expect(after).toEqual(before);
        }
      }),
      { numRuns: RUNS_FEWER, interruptAfterTimeLimit: SHRINK_MS_MAX },
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
