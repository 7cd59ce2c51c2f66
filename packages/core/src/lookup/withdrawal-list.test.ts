import { toPublicId } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { withdrawalStates } from '../withdrawal/withdrawal.machine.ts';
import { BUSY, insertVariety, VARIETY_ROWS } from './lookup.fixture.ts';
import { findLetteredWithdrawals } from './lookup.store.ts';
import type { OperatorFilter, OwnedWithdrawal } from './lookup.ts';
import { search } from './search.reader.ts';
import { countAllWithdrawals, listAllWithdrawals } from './withdrawal-list.reader.ts';

let world: World;
let all: OwnedWithdrawal[];
let lettered: Set<string>;
beforeAll(async () => {
  world = await createWorld();
  await insertVariety(world.db);
  all = await list({});
  lettered = new Set(await findLetteredWithdrawals(world.db));
});
afterAll(() => world.close());

/** Every page, each of `limit`. */
async function list(
  filter: OperatorFilter,
  order: 'newest' | 'oldest' = 'newest',
  limit = 200,
): Promise<OwnedWithdrawal[]> {
  const rows: OwnedWithdrawal[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listAllWithdrawals>> = await listAllWithdrawals(world.db, filter, {
      limit,
      after,
      order,
    });
    rows.push(...page.data);
    after = page.next;
  } while (after !== null);
  return rows;
}

/** What the filter says, without a database. */
function matches(row: OwnedWithdrawal, filter: OperatorFilter): boolean {
  const units = (text: string) => {
    const [whole = '', fraction = ''] = text.split('.');
    return BigInt(whole + fraction.padEnd(row.decimals, '0'));
  };
  const { state, amountMin, amountMax, q, hasDeadLetter, createdFrom, createdTo, subAccount } = filter;
  return (
    (state === undefined || state.includes(row.state)) &&
    (filter.organisationId === undefined || row.organisationId === filter.organisationId) &&
    (filter.chain === undefined || row.chain === filter.chain) &&
    (filter.asset === undefined || row.asset === filter.asset) &&
    (filter.to === undefined || row.to === filter.to) &&
    (filter.reference === undefined || row.reference === filter.reference) &&
    (filter.priority === undefined || row.priority === filter.priority) &&
    (filter.bulkId === undefined || row.bulkId === filter.bulkId) &&
    (filter.failureCode === undefined || row.failure?.code === filter.failureCode) &&
    (subAccount === undefined || row.transaction?.subAccount === subAccount) &&
    (amountMin === undefined || row.amount >= units(amountMin)) &&
    (amountMax === undefined || row.amount <= units(amountMax)) &&
    (createdFrom === undefined || row.createdAt >= createdFrom) &&
    (createdTo === undefined || row.createdAt < createdTo) &&
    (hasDeadLetter === undefined || lettered.has(row.id) === hasDeadLetter) &&
    (q === undefined ||
      row.reference?.startsWith(q) === true ||
      toPublicId('withdrawal', row.id) === q ||
      row.transaction?.hash === q ||
      row.to === q ||
      (row.bulkId !== null && toPublicId('bulk', row.bulkId) === q))
  );
}

/** Values that some rows have, and one that none has. */
function filters(): fc.Arbitrary<OperatorFilter> {
  const of = <T>(values: readonly T[]) => fc.constantFrom(...new Set(values));
  const some = all.filter((_, index) => index % 7 === 0);
  const optional = {
    organisationId: of(all.map((row) => row.organisationId)),
    state: fc.uniqueArray(fc.constantFrom(...withdrawalStates), { minLength: 0, maxLength: 4 }),
    chain: of(['localhost', 'polygon-amoy', 'nowhere']),
    asset: of(['USDC', 'ETH', 'EURC', 'NONE']),
    to: of([BUSY, ...some.map((row) => row.to)]),
    reference: of(['order-1', 'none', ...some.map((row) => row.reference ?? 'order-1')]),
    priority: of(['STANDARD', 'VIP', 'EMERGENCY'] as const),
    bulkId: of(all.map((row) => row.bulkId).filter((id) => id !== null)),
    failureCode: of(['transfer_rejected', 'released', 'none']),
    subAccount: of([`0x${'7'.repeat(39)}0`, `0x${'7'.repeat(39)}1`, BUSY]),
    amountMin: of(['0', '0.00251', '3', '12.5']),
    amountMax: of(['0.0049', '1', '24.999', '60']),
    createdFrom: of(some.map((row) => row.createdAt)),
    createdTo: of(some.map((row) => row.createdAt)),
    hasDeadLetter: fc.boolean(),
    q: of([
      'order-1',
      'order-',
      '주문-',
      'Order-',
      'nothing like it',
      `0x${'0'.repeat(64)}`,
      ...some.flatMap((row) => [toPublicId('withdrawal', row.id), row.to, row.transaction?.hash ?? row.to]),
    ]),
  };
  return fc
    .record(
      Object.fromEntries(
        Object.entries(optional).map(([name, value]) => [
          name,
          fc.option(value as fc.Arbitrary<unknown>, { nil: undefined, freq: 1 }),
        ]),
      ),
    )
    .chain((full) =>
      // Few at a time: of all together hardly a row is left.
      fc
        .uniqueArray(fc.constantFrom(...Object.keys(optional)), { maxLength: 3 })
        .map((names) =>
          Object.fromEntries(
            Object.entries(full).filter(([name, value]) => names.includes(name) && value !== undefined),
          ),
        ),
    );
}

test('every filter finds what it says, in both orders and however it is cut into pages, and counts agree', async () => {
  expect(all).toHaveLength(VARIETY_ROWS);
  await fc.assert(
    fc.asyncProperty(filters(), fc.constantFrom(3, 50), async (filter, limit) => {
      const wanted = all.filter((row) => matches(row, filter)).map((row) => row.id);
      expect((await list(filter, 'newest', limit)).map((row) => row.id)).toEqual(wanted);
      expect((await list(filter, 'oldest', 200)).map((row) => row.id)).toEqual(wanted.toReversed());
      const { state: _, ...others } = filter;
      const counted = all.filter((row) => matches(row, others));
      for (const { state, count, isExact } of await countAllWithdrawals(world.db, others))
        expect([state, count, isExact]).toEqual([
          state,
          counted.filter((row) => row.state === state).length,
          true,
        ]);
    }),
    { numRuns: 15 },
  );
});

test('a row names its organisation', () => {
  expect(new Set(all.map((row) => row.organisationName))).toEqual(new Set(['Desk 0', 'Desk 1', 'Desk 2']));
});

test('a filter that says two things of one field finds nothing', async () => {
  expect(await list({ q: BUSY, to: `0x${'1'.repeat(40)}` })).toEqual([]);
});

test('search leads from whatever somebody has to what it names, that itself first', async () => {
  const [row] = all.filter((one) => one.state === 'CONFIRMED');
  const kinds = async (asked: string) => (await search(world.db, asked)).map(({ kind, id }) => [kind, id]);
  const withdrawal = ['withdrawal', row?.id];
  expect((await kinds(toPublicId('withdrawal', row?.id ?? '')))[0]).toEqual(withdrawal);
  expect((await kinds(row?.id ?? ''))[0]).toEqual(withdrawal);
  expect(await kinds(row?.transaction?.hash ?? '')).toEqual([
    ['chainTx', row?.transaction?.chainTxId],
    withdrawal,
  ]);
  expect((await kinds(BUSY)).length).toBeGreaterThan(1);
  expect(await kinds(`0x${'7'.repeat(39)}0`)).toMatchObject([['subAccount', expect.any(String)]]);
  expect(await kinds('desk 1')).toMatchObject([
    ['organisation', row === undefined ? '' : expect.any(String)],
  ]);
  expect(await kinds('the-key')).toHaveLength(1);
  expect(await kinds('nothing like it')).toEqual([]);
  expect((await search(world.db, 'order-1')).length).toBeGreaterThan(1);
  const amount = await search(world.db, '0.0025');
  expect(amount.every(({ title }) => title.startsWith('0.0025 '))).toBe(true);
  expect(amount.length).toBeGreaterThan(0);
});

test('every kind that can be opened is found by its id', async () => {
  const tables = {
    organisation: 'organisation',
    chainTx: 'chain_tx',
    subAccount: 'sub_account',
    apiKey: 'api_key',
  } as const;
  for (const [kind, table] of Object.entries(tables) as [keyof typeof tables, string][]) {
    const { rows } = await sql<{ id: string }>`SELECT id FROM ${sql.table(table)} LIMIT 1`.execute(world.db);
    const id = rows[0]?.id ?? '';
    expect(await search(world.db, toPublicId(kind, id))).toMatchObject([{ kind, id }]);
  }
  for (const kind of [
    'review',
    'deposit',
    'depositAddress',
    'policy',
    'bulk',
    'webhookEndpoint',
    'webhookMessage',
    'alarm',
    'alertChannel',
    'treasuryProposal',
    'reservesReport',
    'addressBookEntry',
    'blockedAddress',
    'deadLetter',
    'request',
  ] as const)
    expect(await search(world.db, toPublicId(kind, all[0]?.id ?? ''))).toEqual([]);
});
