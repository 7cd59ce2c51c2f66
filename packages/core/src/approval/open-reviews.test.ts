import { withTransaction } from '@naru/db/database.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  problemsOf,
  RECIPIENT,
  requestOf,
  reviewOf,
  USDC_UNIT,
  type World,
} from '../withdrawal/withdrawal.fixture.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import { inReview, keyOf, submitted } from './approval.fixture.ts';
import { REVIEW_EXPIRY_MS_MAX, REVIEW_QUORUM_MAX } from './approval.limits.ts';
import { reviewTransitions } from './approval.machine.ts';
import { openReviews } from './open-reviews.ts';
import { hashReviewFacts } from './review-facts.ts';

let world: World;
let owner: Caller;
beforeAll(async () => {
  world = await createWorld();
  const { organisationId } = await world.owner();
  owner = await keyOf(world.db, organisationId, 'Payroll', ['withdrawals:write']);
});
afterAll(async () => {
  expect(await problemsOf(world.db)).toEqual([]);
  await world.close();
});

async function reviewRows(withdrawalId: string) {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT * FROM withdrawal_review WHERE withdrawal_id = ${withdrawalId} ORDER BY withdrawal_version`.execute(
    world.db,
  );
  return rows;
}

async function stateOf(id: string): Promise<string | undefined> {
  return (await world.withdrawals.get(owner, id))?.state;
}

test('approval.machine.ts and withdrawal_review_transition are equal', async () => {
  const { rows } = await sql<{ from: string; to: string }>`
    SELECT from_state AS "from", to_state AS "to" FROM withdrawal_review_transition`.execute(world.db);
  const text = (row: { from: string; to: string }) => `${row.from} → ${row.to}`;
  expect(rows.map(text).sort()).toEqual(reviewTransitions.map(text).sort());
});

describe('what needs a person', () => {
  test('waits in REVIEW with its money reserved, and says who asked and for what exactly', async () => {
    const caller = await world.owner({ USDC: '5' });
    const key = await keyOf(world.db, caller.organisationId, '  Payroll ', ['withdrawals:write']);
    const id = await inReview(world, key, { quorum: 2 }, { amount: '2.50' });

    expect(await world.withdrawals.get(key, id)).toMatchObject({ state: 'REVIEW', transaction: null });
    expect((await world.withdrawals.events(key, id))?.at(-1)).toMatchObject({
      from: 'VALIDATING',
      to: 'REVIEW',
      actor: 'system:policy',
    });
    expect((await balanceOf(world, key)).reserved).toBe((USDC_UNIT * 5n) / 2n);
    expect(await reviewRows(id)).toMatchObject([
      {
        state: 'OPEN',
        quorum: 2,
        organisation_id: key.organisationId,
        requester: `api_key:${toPublicId('apiKey', key.apiKeyId)}`,
        requester_key_id: key.apiKeyId,
        requester_holder: 'payroll',
        reasons: [{ code: 'test', text: 'A test asks for it.' }],
        facts_hash: hashReviewFacts({
          withdrawalId: id,
          chain: 'localhost',
          asset: 'USDC',
          to: RECIPIENT,
          amount: 2_500_000n,
          decimals: 6,
        }),
        confirmation: 'NONE',
        closed_at: null,
      },
    ]);
  });

  test('a hundred at once are a few statements, and each has its own terms', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 100; n++) ids.push(await submitted(world, owner));
    await withTransaction(world.db, (tx) =>
      openReviews(
        tx,
        ids.map((id, n) => reviewOf(id, { quorum: (n % 3) + 1 })),
      ),
    );
    const { rows } = await sql<{ quorum: number; count: bigint }>`
      SELECT quorum, count(*) FROM withdrawal_review r JOIN withdrawal w ON w.id = r.withdrawal_id
       WHERE w.state = 'REVIEW' AND r.withdrawal_id = ANY (${ids}::uuid[]) GROUP BY 1 ORDER BY 1`.execute(
      world.db,
    );
    expect(rows.map(({ count }) => Number(count))).toEqual([34, 33, 33]);
  });

  test.each([
    ['one is not VALIDATING', {}, (id: string) => [reviewOf(id), reviewOf(newUuid())]],
    ['one is named twice', {}, (id: string) => [reviewOf(id), reviewOf(id)]],
    ['nobody is asked', {}, (id: string) => [reviewOf(id, { quorum: 0 })]],
    ['too many are asked', {}, (id: string) => [reviewOf(id, { quorum: REVIEW_QUORUM_MAX + 1 })]],
    ['it never ends', {}, (id: string) => [reviewOf(id, { expiresInMs: REVIEW_EXPIRY_MS_MAX + 1 })]],
    ['no reason is given', {}, (id: string) => [reviewOf(id, { reasons: [] })]],
  ])('nothing is opened when %s', async (_, __, reviewsOf) => {
    const id = await submitted(world, owner);
    await expect(withTransaction(world.db, (tx) => openReviews(tx, reviewsOf(id)))).rejects.toThrow();
    expect(await stateOf(id)).toBe('VALIDATING');
    expect(await reviewRows(id)).toEqual([]);
  });

  test('none are none', async () => {
    await withTransaction(world.db, (tx) => openReviews(tx, []));
  });

  test('one that is pending, or under way already, is not reviewed', async () => {
    const pending = doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
    const reviewed = await inReview(world, owner);
    for (const id of [pending, reviewed])
      await expect(withTransaction(world.db, (tx) => openReviews(tx, [reviewOf(id)]))).rejects.toThrow();
  });
});

describe('the database', () => {
  const REFUSED = { code: '23001' };
  const move = (id: string, from: 'VALIDATING' | 'REVIEW', to: 'VALIDATING' | 'REVIEW' | 'CANCELED') =>
    withTransaction(world.db, (tx) =>
      advanceByIds(tx, [id], { from, to, actor: 'system:test', reason: 'by hand' }),
    );

  test('lets nothing into REVIEW without a review, and nothing out while it is open', async () => {
    const id = await submitted(world, owner);
    await expect(move(id, 'VALIDATING', 'REVIEW')).rejects.toMatchObject(REFUSED);
    const reviewed = await inReview(world, owner);
    for (const to of ['VALIDATING', 'CANCELED'] as const)
      await expect(move(reviewed, 'REVIEW', to)).rejects.toMatchObject(REFUSED);
  });

  test.each(['APPROVED', 'DENIED', 'EXPIRED', 'OVERTAKEN'])(
    'does not call a review %s that nothing has made so',
    async (state) => {
      const id = await inReview(world, owner);
      const closed = sql`UPDATE withdrawal_review SET state = ${state}, closed_at = now(),
        chain_tx_id = ${state === 'OVERTAKEN' ? newUuid() : null} WHERE withdrawal_id = ${id}`;
      await expect(closed.execute(world.db)).rejects.toMatchObject(REFUSED);
    },
  );

  test.each([
    'quorum = 1',
    "expires_at = now() + interval '1 year'",
    "reasons = '[]'",
    "requester_holder = 'another'",
    'requester_key_id = NULL',
    "facts_hash = '\\x00'",
    "confirmation = 'CONFIRMED'",
  ])('does not change what was asked: %s', async (change) => {
    const id = await inReview(world, owner, { quorum: 3 });
    const changed = sql`UPDATE withdrawal_review SET ${sql.raw(change)} WHERE withdrawal_id = ${id}`;
    await expect(changed.execute(world.db)).rejects.toMatchObject(REFUSED);
  });

  test('does not take a review that says other than its withdrawal, or begins as approved', async () => {
    const id = await submitted(world, owner);
    const insert = (changes: Readonly<Record<string, string>>) => {
      const columns: Record<string, string> = {
        id: `'${newUuid()}'`,
        withdrawal_id: 'w.id',
        withdrawal_version: 'w.version + 1',
        organisation_id: 'w.organisation_id',
        state: "'OPEN'",
        quorum: '1',
        reasons: "'[]'",
        requester: `'api_key:${toPublicId('apiKey', owner.apiKeyId)}'`,
        requester_key_id: `'${owner.apiKeyId}'`,
        requester_holder: "'payroll'",
        facts_hash: 'review_facts_hash(w.id)',
        expires_at: "now() + interval '1 hour'",
        closed_at: 'NULL',
        ...changes,
      };
      return sql
        .raw(
          `INSERT INTO withdrawal_review (${Object.keys(columns)}) SELECT ${Object.values(columns)} FROM withdrawal w WHERE w.id = '${id}'`,
        )
        .execute(world.db);
    };
    const stranger = await world.owner({});
    for (const changes of [
      { state: "'APPROVED'", closed_at: 'now()' },
      { requester: "'system:test'" },
      { requester_key_id: `'${newUuid()}'` },
      { requester: "'system:test'", requester_key_id: 'NULL' },
      { requester_holder: 'NULL' },
      { organisation_id: `'${stranger.organisationId}'` },
      { facts_hash: "sha256('other')" },
      { withdrawal_version: 'w.version + 2' },
    ])
      await expect(insert(changes), JSON.stringify(changes)).rejects.toMatchObject(REFUSED);
    await insert({});
  });

  test('does not let a review be deleted', async () => {
    const id = await inReview(world, owner);
    await expect(
      sql`DELETE FROM withdrawal_review WHERE withdrawal_id = ${id}`.execute(world.db),
    ).rejects.toMatchObject(REFUSED);
  });
});

test('a withdrawal that its owner calls back closes its review', async () => {
  const caller = await world.owner({ USDC: '1' });
  const id = await inReview(world, caller);
  expect(doneValue(await world.withdrawals.cancel(caller, null, id)).state).toBe('CANCELED');
  expect(await reviewRows(id)).toMatchObject([{ state: 'CANCELED', closed_at: expect.any(Date) }]);
  expect(await balanceOf(world, caller)).toEqual({ available: USDC_UNIT, reserved: 0n });
});

test('the database writes ids and amounts as the programs do', async () => {
  const ids = [newUuid(), '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
  for (const id of ids) {
    const { rows } = await sql<{ text: string }>`SELECT public_id('wd', ${id}) AS text`.execute(world.db);
    expect(rows[0]?.text).toBe(toPublicId('withdrawal', id));
  }
  for (const amount of ['1', '0.001', '20', '1234567.891234', '0.01']) {
    const id = await inReview(world, await world.owner({ USDC: '2000000' }), {}, { amount });
    const [row] = await reviewRows(id);
    const withdrawal = await world.withdrawals.get(await callerOfRow(id), id);
    expect(row?.['facts_hash']).toEqual(
      hashReviewFacts({
        withdrawalId: id,
        chain: 'localhost',
        asset: 'USDC',
        to: RECIPIENT,
        amount: withdrawal?.amount ?? 0n,
        decimals: 6,
      }),
    );
  }
});

async function callerOfRow(id: string): Promise<Caller> {
  const { rows } = await sql<{ organisationId: string }>`
    SELECT organisation_id AS "organisationId" FROM withdrawal WHERE id = ${id}`.execute(world.db);
  return { ...owner, organisationId: rows[0]?.organisationId ?? '' };
}
