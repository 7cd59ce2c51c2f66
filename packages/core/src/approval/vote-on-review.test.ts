import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { listAuditEvents } from '../audit/audit.store.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  endOf,
  problemsOf,
  setLimit,
  USDC_UNIT,
  type World,
} from '../withdrawal/withdrawal.fixture.ts';
import { inReview, keyOf, reviewOfWithdrawalIn, voteIn } from './approval.fixture.ts';
import { listReviews, readReview } from './approval.reader.ts';
import { expireOverdueReviews } from './expire-reviews.ts';
import { hashReviewFacts } from './review-facts.ts';
import { voteOnReview } from './vote-on-review.ts';

let world: World;
let organisationId: string;
/** Asks for withdrawals. */
let payroll: Caller;
let kim: Caller;
let lee: Caller;
let park: Caller;
beforeAll(async () => {
  world = await createWorld();
  ({ organisationId } = await world.owner());
  payroll = await keyOf(world.db, organisationId, 'payroll', ['withdrawals:write']);
  kim = await keyOf(world.db, organisationId, 'kim', ['approvals:write', 'approvals:emergency']);
  lee = await keyOf(world.db, organisationId, 'lee');
  park = await keyOf(world.db, organisationId, 'park');
});
afterAll(async () => {
  expect(await problemsOf(world.db)).toEqual([]);
  await world.close();
});

type DropFirst<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
const reviewOfWithdrawal = (id: string) => reviewOfWithdrawalIn(world, id);
const vote = (...args: DropFirst<Parameters<typeof voteIn>>) => voteIn(world, ...args);

async function stateOf(id: string): Promise<string | undefined> {
  return (await world.withdrawals.get(payroll, id))?.state;
}

describe('approving', () => {
  test('as many different persons as are asked for release it; its history names them', async () => {
    const id = await inReview(world, payroll, { quorum: 2 });
    expect(doneValue(await vote(kim, id, 'APPROVE'))).toMatchObject({ state: 'OPEN', quorum: 2 });
    expect(await stateOf(id)).toBe('REVIEW');
    expect(doneValue(await vote(lee, id, 'APPROVE'))).toMatchObject({
      state: 'APPROVED',
      confirmation: 'NONE',
      votes: [
        { holder: 'kim', decision: 'APPROVE' },
        { holder: 'lee', decision: 'APPROVE' },
      ],
    });
    expect(await stateOf(id)).toBe('VALIDATING');
    expect((await world.withdrawals.events(payroll, id))?.at(-1)).toMatchObject({
      from: 'REVIEW',
      to: 'VALIDATING',
      actor: `api_key:${toPublicId('apiKey', lee.apiKeyId)}`,
      reason: 'approved by kim, lee',
    });
  });

  test('one person does not count twice: not by repeating, not by a second key', async () => {
    const id = await inReview(world, payroll, { quorum: 2 });
    const second = await keyOf(world.db, organisationId, ' KIM ');
    for (const caller of [kim, kim, second])
      expect(doneValue(await vote(caller, id, 'APPROVE')).votes).toHaveLength(1);
    expect(await stateOf(id)).toBe('REVIEW');
  });

  test('who asked for it has no say, neither by that key nor by another of the same holder', async () => {
    const all = ['withdrawals:write', 'approvals:write', 'approvals:emergency'];
    const mine = await keyOf(world.db, organisationId, 'choi', all);
    const other = await keyOf(world.db, organisationId, 'Choi', all);
    const id = await inReview(world, mine, {}, { priority: 'EMERGENCY' });
    for (const caller of [mine, other])
      for (const decision of ['APPROVE', 'APPROVE_ALONE', 'DENY'] as const)
        expect(await vote(caller, id, decision)).toMatchObject({
          refusal: { code: 'vote_not_allowed', message: expect.stringContaining('choi asked for') },
        });
    expect((await reviewOfWithdrawal(id)).votes).toEqual([]);
  });

  test.each([
    ['another amount', { amount: 2_000_000n }],
    ['another destination', { to: `0x${'1'.repeat(40)}` }],
    ['another asset', { asset: 'ETH' }],
    ['another chain', { chain: 'polygon' }],
    ['another withdrawal', { withdrawalId: '01a22214-9fe6-7b61-8a35-f62417f1d1f8' }],
  ])('what was shown must be what is paid: %s', async (_, change) => {
    const id = await inReview(world, payroll);
    const factsHash = hashReviewFacts({ ...(await reviewOfWithdrawal(id)), ...change });
    expect(endOf(await vote(kim, id, 'APPROVE', { factsHash }))).toBe('review_facts_mismatch');
    expect(endOf(await vote(kim, id, 'APPROVE', { factsHash: null }))).toBe('review_facts_mismatch');
    expect(await stateOf(id)).toBe('REVIEW');
  });

  test('a key is looked at as it stands: without a holder, revoked, without the scope, of another network', async () => {
    const id = await inReview(world, payroll);
    const revoked = await keyOf(world.db, organisationId, 'revoked');
    await sql`UPDATE api_key SET revoked_at = now() WHERE id = ${revoked.apiKeyId}`.execute(world.db);
    const callers = [
      revoked,
      await keyOf(world.db, organisationId, 'reader', ['approvals:read']),
      await keyOf(world.db, organisationId, null, ['admin']),
      await keyOf(world.db, organisationId, 'live', ['approvals:write'], 'live'),
    ];
    for (const caller of callers) expect(endOf(await vote(caller, id, 'APPROVE'))).toBe('vote_not_allowed');
    await expect(keyOf(world.db, organisationId, null, ['approvals:write'])).rejects.toThrow();
  });

  test('another organisation sees no review and votes on none; an operator of the installation does', async () => {
    const id = await inReview(world, payroll);
    const { organisationId: elsewhere } = await world.owner({});
    const stranger = await keyOf(world.db, elsewhere, 'stranger');
    expect(endOf(await vote(stranger, id, 'APPROVE'))).toBe('review_not_found');
    expect(await readReview(world.db, elsewhere, (await reviewOfWithdrawal(id)).id)).toBeNull();
    const operator = await keyOf(world.db, elsewhere, 'operator', ['admin']);
    expect(doneValue(await vote(operator, id, 'APPROVE')).state).toBe('APPROVED');
  });

  test('an idempotency key stands for one vote', async () => {
    const id = await inReview(world, payroll, { quorum: 2 });
    expect(await vote(kim, id, 'APPROVE', { key: 'v1' })).toMatchObject({ kind: 'done', replayed: false });
    expect(await vote(kim, id, 'APPROVE', { key: 'v1' })).toMatchObject({ kind: 'done', replayed: true });
    expect(endOf(await vote(kim, id, 'DENY', { key: 'v1' }))).toBe('idempotency_key_reused');
    const other = await inReview(world, payroll);
    const factsHash = Buffer.alloc(32);
    for (const replayed of [false, true])
      expect(await vote(kim, other, 'APPROVE', { key: 'v2', factsHash })).toMatchObject({
        refusal: { code: 'review_facts_mismatch' },
        replayed,
      });
  });

  test('every vote is audited, with who, from where and why', async () => {
    const id = await inReview(world, payroll);
    const review = await reviewOfWithdrawal(id);
    const from = { origin: '192.0.2.7', requestId: 'req_1' };
    const ballot = { decision: 'DENY', factsHash: null, reason: 'unknown recipient' } as const;
    await voteOnReview({ db: world.db }, kim, null, { reviewId: review.id, organisationId }, ballot, from);
    const page = { limit: 5, before: null };
    expect(await listAuditEvents(world.db, { subject: review.id }, page)).toMatchObject([
      {
        action: 'withdrawal_vote.insert',
        actor: `api_key:${kim.apiKeyId}`,
        after: { holder: 'kim', decision: 'DENY', reason: 'unknown recipient' },
        reason: 'unknown recipient',
        ...from,
      },
    ]);
  });
});

describe('denying', () => {
  test('one person with a reason ends it, whoever has approved; money and the day are given back', async () => {
    const owner = await world.owner({ USDC: '10' });
    const key = await keyOf(world.db, owner.organisationId, 'payroll', ['withdrawals:write']);
    const voters = [];
    for (const holder of ['kim', 'lee']) voters.push(await keyOf(world.db, owner.organisationId, holder));
    const [one, other] = voters;
    await setLimit(world.db, owner, { perWithdrawalMax: 5n * USDC_UNIT, dailyMax: 5n * USDC_UNIT });
    const id = await inReview(world, key, { quorum: 3 }, { amount: '5' });
    doneValue(await vote(assertPresent(one, 'kim'), id, 'APPROVE'));
    const denied = doneValue(
      await vote(assertPresent(other, 'lee'), id, 'DENY', { reason: 'not our supplier' }),
    );
    expect(denied).toMatchObject({ state: 'DENIED', closedAt: expect.any(Date) });
    expect(await world.withdrawals.get(key, id)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'denied', message: 'It was denied in review: not our supplier', retryable: false },
    });
    expect(await balanceOf(world, key)).toEqual({ available: 10n * USDC_UNIT, reserved: 0n });
    // The day has room again.
    await inReview(world, key, {}, { amount: '5' });
    // What is over stays over; the same word again is only answered.
    expect(endOf(await vote(assertPresent(one, 'kim'), id, 'DENY'))).toBe('review_closed');
    expect(doneValue(await vote(assertPresent(one, 'kim'), id, 'APPROVE')).state).toBe('DENIED');
  });

  test('who has approved may still deny while it is open', async () => {
    const id = await inReview(world, payroll, { quorum: 2 });
    doneValue(await vote(kim, id, 'APPROVE'));
    expect(doneValue(await vote(kim, id, 'DENY')).state).toBe('DENIED');
    expect(endOf(await vote(lee, id, 'APPROVE'))).toBe('review_closed');
    expect(await stateOf(id)).toBe('FAILED');
  });
});

describe('time', () => {
  /** The clock of the database cannot be set: the review is made older instead, past the guard that forbids it. */
  const age = (id: string) =>
    withTransaction(world.db, async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`UPDATE withdrawal_review SET opened_at = now() - interval '2 hours',
                       expires_at = now() - interval '1 hour' WHERE withdrawal_id = ${id}`.execute(tx);
    });

  test('a review that is over counts no vote, whether or not a loop has come by', async () => {
    const id = await inReview(world, payroll);
    await age(id);
    expect((await reviewOfWithdrawal(id)).state).toBe('EXPIRED');
    expect(await vote(kim, id, 'APPROVE')).toMatchObject({
      refusal: { code: 'review_closed', message: expect.stringContaining('its amount is released') },
    });
  });

  test('a loop releases what is overdue and nothing else, on its chain', async () => {
    const owner = await world.owner({ USDC: '3' });
    const ids = [await inReview(world, owner), await inReview(world, owner), await inReview(world, owner)];
    const [first = '', second = '', third = ''] = ids;
    await age(first);
    await age(second);
    expect(await expireOverdueReviews({ db: world.db }, 'polygon')).toBe(false);
    expect((await world.withdrawals.get(owner, first))?.state).toBe('REVIEW');
    await Promise.all([1, 2, 3].map(() => expireOverdueReviews({ db: world.db }, 'localhost')));
    for (const id of [first, second])
      expect(await world.withdrawals.get(owner, id)).toMatchObject({
        state: 'FAILED',
        failure: { code: 'approval_expired', retryable: true },
      });
    expect((await world.withdrawals.get(owner, third))?.state).toBe('REVIEW');
    expect(await balanceOf(world, owner)).toEqual({ available: 2n * USDC_UNIT, reserved: USDC_UNIT });
  });
});

describe('an emergency', () => {
  const EMERGENCY = { priority: 'EMERGENCY' } as const;

  test('one person who may approves alone, with a reason; a second one confirms afterwards', async () => {
    const id = await inReview(world, payroll, { quorum: 3 }, EMERGENCY);
    expect(
      doneValue(await vote(kim, id, 'APPROVE_ALONE', { reason: 'the exchange is draining' })),
    ).toMatchObject({
      state: 'APPROVED',
      confirmation: 'DUE',
    });
    expect(await stateOf(id)).toBe('VALIDATING');
    expect((await world.withdrawals.events(payroll, id))?.at(-1)?.reason).toBe(
      'emergency: approved by kim alone',
    );
    const due = () =>
      listReviews(world.db, { organisationId, confirmation: 'DUE' }, { limit: 10, after: null });
    expect((await due()).data.map((review) => review.withdrawalId)).toContain(id);
    expect(endOf(await vote(kim, id, 'CONFIRM'))).toBe('vote_not_allowed');
    expect(endOf(await vote(payroll, id, 'CONFIRM'))).toBe('vote_not_allowed');
    expect(endOf(await vote(lee, id, 'CONFIRM', { factsHash: Buffer.alloc(32) }))).toBe(
      'review_facts_mismatch',
    );
    expect(doneValue(await vote(lee, id, 'CONFIRM')).confirmation).toBe('CONFIRMED');
    expect(endOf(await vote(park, id, 'OBJECT'))).toBe('confirmation_not_due');
    expect((await due()).data.map((review) => review.withdrawalId)).not.toContain(id);
  });

  test('a second person may object instead; that is kept', async () => {
    const id = await inReview(world, payroll, { quorum: 2 }, EMERGENCY);
    doneValue(await vote(kim, id, 'APPROVE'));
    doneValue(await vote(kim, id, 'APPROVE_ALONE'));
    expect(doneValue(await vote(lee, id, 'OBJECT'))).toMatchObject({
      state: 'APPROVED',
      confirmation: 'OBJECTED',
    });
  });

  test('when others have approved as well, nobody is due', async () => {
    const id = await inReview(world, payroll, { quorum: 2 }, EMERGENCY);
    doneValue(await vote(lee, id, 'APPROVE'));
    expect(doneValue(await vote(kim, id, 'APPROVE_ALONE'))).toMatchObject({
      state: 'APPROVED',
      confirmation: 'NONE',
    });
  });

  test('is refused without the scope, and for what is no emergency', async () => {
    const id = await inReview(world, payroll, { quorum: 2 }, EMERGENCY);
    expect(endOf(await vote(lee, id, 'APPROVE_ALONE'))).toBe('vote_not_allowed');
    const ordinary = await inReview(world, payroll, { quorum: 2 }, { priority: 'VIP' });
    expect(await vote(kim, ordinary, 'APPROVE_ALONE')).toMatchObject({
      refusal: { code: 'vote_not_allowed', message: expect.stringContaining('VIP') },
    });
  });
});

describe('at the same time', () => {
  test('approvals, denials, cancels and the end of time: one of them wins, and the money is where it says', async () => {
    for (let round = 0; round < 8; round++) {
      const owner = await world.owner({ USDC: '1' });
      const voters = [];
      for (const holder of ['kim', 'lee']) voters.push(await keyOf(world.db, owner.organisationId, holder));
      const [one, other] = voters as [Caller, Caller];
      const id = await inReview(world, owner, { quorum: 1 });
      const ends = await Promise.all([
        vote(one, id, 'APPROVE').then(endOf),
        vote(other, id, 'DENY').then(endOf),
        world.withdrawals.cancel(owner, null, id).then(endOf),
      ]);
      const state = (await world.withdrawals.get(owner, id))?.state;
      const { reserved } = await balanceOf(world, owner);
      expect(['VALIDATING', 'FAILED', 'CANCELED']).toContain(state);
      expect(reserved).toBe(state === 'VALIDATING' ? USDC_UNIT : 0n);
      expect(ends.filter((end) => end === 'done').length).toBeGreaterThan(0);
    }
  });

  test('the last two approvals of a quorum release it once', async () => {
    const id = await inReview(world, payroll, { quorum: 3 });
    const ends = await Promise.all([kim, lee, park].map((caller) => vote(caller, id, 'APPROVE').then(endOf)));
    expect(ends).toEqual(['done', 'done', 'done']);
    const events = (await world.withdrawals.events(payroll, id)) ?? [];
    expect(events.filter((event) => event.from === 'REVIEW')).toHaveLength(1);
  });
});
