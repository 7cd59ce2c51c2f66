import { withTransaction } from '@naru/db/database.ts';
import { readDatabaseTime } from '@naru/db/database-time.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { policyDocument } from '@naru/wire/policy-document.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../access/access.ts';
import { addEntry, blockAddress, dropEntry, unblockAddress } from '../address-book/change-address-book.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { createWithdrawals } from '../withdrawal/create-withdrawals.ts';
import {
  balanceOf,
  countEnds,
  createWorld,
  doneValue,
  endOf,
  problemsOf,
  RECIPIENT,
  requestOf,
  rowsOf,
  type World,
} from '../withdrawal/withdrawal.fixture.ts';
import { giveActivePolicy, giveTier, setRates, takeUpAll } from './policy.fixture.ts';
import { readTierOf } from './tier.store.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await setRates(world.db);
});
afterAll(() => world.close());

/** An instance that has kept nothing of the rules yet. */
const fresh = () => createWithdrawals({ db: world.db });
const submit = (owner: Caller, amount: string, changes = {}) =>
  fresh().request(owner, newUuid(), requestOf({ amount, ...changes }));
const used = async (owner: Caller) => {
  const found = await readTierOf(world.db, owner.organisationId);
  return [found?.day.count, found?.day.amountKrw, found?.month.count, found?.month.amountKrw];
};
const messageOf = (result: { kind: string; refusal?: { message: string; messageKo?: string } }) =>
  result.refusal?.message ?? result.kind;

async function bulkOf(owner: Caller, amounts: string[], changes = {}, dryRun = false) {
  async function* rows() {
    yield amounts.map((amount, index) => ({ row: index + 1, request: requestOf({ amount, ...changes }) }));
  }
  const hash = Buffer.alloc(32, newUuid());
  return await fresh().requestBulk(owner, newUuid(), { rows: rows(), inputHash: () => hash, dryRun });
}

describe('a tier', () => {
  test('each ceiling says which it is, and how much of it is left', async () => {
    const owner = await world.owner();
    await giveTier(world.db, owner.organisationId, {
      perWithdrawalKrwMax: 135_000n,
      dailyKrwMax: 200_000n,
      monthlyKrwMax: 1_000_000n,
      dailyCountMax: 2n,
    });
    expect(messageOf(await submit(owner, '100.01'))).toBe(
      'The amount is worth ₩135,014; your limit for one withdrawal is ₩135,000.',
    );
    expect(endOf(await submit(owner, '100'))).toBe('done');
    expect(messageOf(await submit(owner, '50'))).toMatch(
      /worth ₩67,500; of your limit for a day, ₩200,000, ₩65,000 is left until \d{4}-\d\d-\d\dT00:00\+09:00/,
    );
    expect(endOf(await submit(owner, '48'))).toBe('done');
    expect(messageOf(await submit(owner, '0.1'))).toMatch(
      /^Your limit is 2 withdrawals for a day; 0 are left/,
    );
    expect(await used(owner)).toEqual([2n, 199_800n, 2n, 199_800n]);
  });

  test('forty at once over two processes never exceed a ceiling, and cancels give it back', async () => {
    const owner = await world.owner();
    await giveTier(world.db, owner.organisationId, { dailyKrwMax: 13_500n, monthlyCountMax: 9n });
    const instances = [fresh(), await world.another()];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (instances[index % 2] as ReturnType<typeof fresh>).request(
          owner,
          newUuid(),
          requestOf({ amount: '1' }),
        ),
      ),
    );
    expect(countEnds(answers)).toEqual({ done: 9, limit_exceeded: 31 });
    expect(await used(owner)).toEqual([9n, 12_150n, 9n, 12_150n]);
    for (const row of await rowsOf(world, owner))
      doneValue(await world.withdrawals.cancel(owner, newUuid(), row.id));
    expect(await used(owner)).toEqual([0n, 0n, 0n, 0n]);
    expect(await problemsOf(world.db)).toEqual([]);
  });

  test('given at noon it counts the morning too', async () => {
    const owner = await world.owner();
    doneValue(await submit(owner, '3'));
    await giveTier(world.db, owner.organisationId, { monthlyCountMax: 2n });
    expect(endOf(await submit(owner, '1'))).toBe('done');
    expect(endOf(await submit(owner, '1'))).toBe('limit_exceeded');
    expect(await used(owner)).toEqual([2n, 5_400n, 2n, 5_400n]);
  });

  test('what the balance does not cover is not counted', async () => {
    const owner = await world.owner({ USDC: '1' });
    await giveTier(world.db, owner.organisationId, { dailyKrwMax: 100_000n });
    expect(endOf(await submit(owner, '2'))).toBe('insufficient_balance');
    expect(await used(owner)).toEqual([0n, 0n, 0n, 0n]);
  });

  test('a stale rate makes it stricter; with an expired one the amount is accepted and goes to a person', async () => {
    const owner = await world.owner();
    await giveTier(world.db, owner.organisationId, { perWithdrawalKrwMax: 135_000n });
    try {
      await setRates(world.db, 2 * 3_600_000);
      expect(messageOf(await submit(owner, '100'))).toContain('worth ₩163,350;'); // × 1.1 × 1.1
      await setRates(world.db, 48 * 3_600_000);
      const { id } = doneValue(await submit(owner, '1000'));
      expect((await takeUpAll(world.db)).verdicts).toMatchObject({ REVIEW: 1 });
      expect((await world.withdrawals.get(owner, id))?.state).toBe('REVIEW');
    } finally {
      await setRates(world.db);
    }
  });

  test('a file is within the ceilings as a whole, or refused', async () => {
    const owner = await world.owner();
    await giveTier(world.db, owner.organisationId, {
      perWithdrawalKrwMax: 2_700n,
      dailyKrwMax: 5_400n,
      dailyCountMax: 3n,
    });
    expect(messageOf(await bulkOf(owner, ['1', '2.5']))).toContain('₩3,375; your limit for one withdrawal');
    expect(messageOf(await bulkOf(owner, ['2', '2', '1']))).toContain(
      'worth ₩6,750; of your limit for a day',
    );
    expect(messageOf(await bulkOf(owner, ['1', '1', '1', '1']))).toContain(
      '3 withdrawals for a day; 3 are left',
    );
    expect(endOf(await bulkOf(owner, ['2', '2', '1'], {}, true))).toBe('limit_exceeded');
    expect(endOf(await bulkOf(owner, ['1', '1.0001']))).toBe('done');
    expect(await used(owner)).toEqual([2n, 2_701n, 2n, 2_701n]);
    const [row] = await rowsOf(world, owner);
    doneValue(await world.withdrawals.cancel(owner, newUuid(), row?.id ?? ''));
    expect(await used(owner)).toEqual([1n, 1_350n, 1n, 1_350n]);
  });
});

describe('addresses', () => {
  const other = '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB';

  test('a blocked one is paid by nobody, until it is unblocked', async () => {
    const owner = await world.owner();
    const id = newUuid();
    const catalogue = await readCatalogue(world.db);
    const to = '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb';
    await withTransaction(world.db, (tx) =>
      blockAddress(tx, catalogue, {
        id,
        chain: null,
        address: to.toLowerCase(),
        reason: 'ticket 12',
        addedBy: 'kim',
      }),
    );
    expect(messageOf(await submit(owner, '1', { to }))).toBe(
      `The address ${to} is blocked here; nothing is paid to it.`,
    );
    expect(messageOf(await bulkOf(owner, ['1', '1'], { to }))).toMatch(/^Row 1: .* 2 rows of the file/);
    expect(endOf(await submit(owner, '1'))).toBe('done');
    await withTransaction(world.db, (tx) => unblockAddress(tx, id));
    expect(endOf(await submit(owner, '1', { to }))).toBe('done');
  });

  test('allow-only: not in the book, cooling off, then paid; of no other organisation’s book', async () => {
    const owner = await world.owner();
    const neighbour = await world.owner();
    await giveActivePolicy(world.db, owner.organisationId, {
      addressBook: { mode: 'ALLOW_ONLY', coolingOffHours: 24 },
    });
    const catalogue = await readCatalogue(world.db);
    const add = (caller: Caller, id: string) =>
      withTransaction(world.db, (tx) =>
        addEntry(tx, catalogue, caller, {
          id,
          chain: 'localhost',
          address: RECIPIENT,
          label: 'cold',
          addedBy: 'kim',
        }),
      );
    await add(neighbour, newUuid());
    expect(messageOf(await submit(owner, '1'))).toContain(`${RECIPIENT} does not stand there`);
    const id = newUuid();
    await add(owner, id);
    expect(messageOf(await submit(owner, '1'))).toMatch(
      /was added to the address book at .* can be paid from/,
    );
    expect(messageOf(await bulkOf(owner, ['1']))).toMatch(/^Row 1: .* can be paid from/);
    await sql`UPDATE address_book_entry SET created_at = now() - interval '24 hours' WHERE id = ${id}`.execute(
      world.db,
    );
    expect(endOf(await submit(owner, '1'))).toBe('done');
    expect(endOf(await bulkOf(owner, ['1']))).toBe('done');
    expect(messageOf(await bulkOf(owner, ['1'], { to: other }))).toMatch(/^Row 1: .* does not stand there/);
    // Nobody may take an entry out of another's book.
    await expect(
      withTransaction(world.db, (tx) => dropEntry(tx, neighbour.organisationId, id)),
    ).rejects.toMatchObject({
      code: 'address_book_entry_not_found',
    });
    await withTransaction(world.db, (tx) => dropEntry(tx, owner.organisationId, id));
    expect(endOf(await submit(owner, '1'))).toBe('address_not_allowed');
    // Added again it begins anew.
    await add(owner, newUuid());
    expect(endOf(await submit(owner, '1'))).toBe('address_cooling_off');
    // What was accepted before it left the book is decided by a person.
    await takeUpAll(world.db);
    expect((await rowsOf(world, owner)).map((row) => row.state)).toEqual(['REVIEW', 'REVIEW']);
  });
});

test('an organisation without tier and policy is touched by nothing', async () => {
  const owner = await world.owner();
  doneValue(await submit(owner, '1'));
  const { rows } = await sql`SELECT 1 FROM withdrawal_value v JOIN withdrawal w ON w.id = v.withdrawal_id
                              WHERE w.organisation_id = ${owner.organisationId}`.execute(world.db);
  expect(rows).toEqual([]);
  await takeUpAll(world.db);
  expect((await rowsOf(world, owner)).map((row) => row.state)).toEqual(['VALIDATING']);
  expect((await balanceOf(world, owner)).reserved).toBe(1_000_000n);
  expect(await problemsOf(world.db)).toEqual([]);
});

const approvals = { steps: [{ fromKrw: '100000', quorum: 1 }], expiresInHours: 24 };

async function stateOf(id: string): Promise<string | undefined> {
  const { rows } = await sql<{ state: string }>`SELECT state FROM withdrawal WHERE id = ${id}`.execute(
    world.db,
  );
  return rows[0]?.state;
}

test('a file is under the rules of the moment when it is accepted, not when it was begun to be read', async () => {
  const owner = await world.owner();
  await giveTier(world.db, owner.organisationId, {});
  async function* rows() {
    yield [{ row: 1, request: requestOf({ amount: '100' }) }];
    const document = JSON.stringify(policyDocument.parse({ approvals }));
    await sql`
      INSERT INTO policy_version (id, organisation_id, number, state, document, author, effective_at)
      VALUES (${newUuid()}, ${owner.organisationId}, 1, 'ACTIVE', ${document}::json, 'test', clock_timestamp())`.execute(
      world.db,
    );
  }
  const hash = Buffer.alloc(32, newUuid());
  await fresh().requestBulk(owner, newUuid(), { rows: rows(), inputHash: () => hash, dryRun: false });
  await takeUpAll(world.db);
  const states = await sql<{ state: string }>`
    SELECT state FROM withdrawal WHERE organisation_id = ${owner.organisationId}`.execute(world.db);
  expect(states.rows).toEqual([{ state: 'REVIEW' }]);
});

describe('a machine whose clock is wrong', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ['three hours behind', -3],
    ['a day ahead', 26],
  ])('%s applies the rules of now, at rates as old as they are', async (_, hours) => {
    const owner = await world.owner();
    await giveTier(world.db, owner.organisationId, { dailyCountMax: 1n });
    await giveActivePolicy(world.db, owner.organisationId, { approvals });
    await setRates(world.db);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    const large = doneValue(await submit(owner, '100'));
    await takeUpAll(world.db);
    expect(await stateOf(large.id)).toBe('REVIEW');
    expect(Math.abs(large.createdAt.getTime() - (await readDatabaseTime(world.db)).getTime())).toBeLessThan(
      60_000,
    );
    // And today is today: the one that the tier allows is used up.
    expect(messageOf(await submit(owner, '1'))).toContain('a day');
  });
});
