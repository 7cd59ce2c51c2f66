import { createHash } from 'node:crypto';
import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createWorld, doneValue, problemsOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import { inReview, keyOf, reviewOfWithdrawalIn, voteIn } from './approval.fixture.ts';
import type { Decision } from './approval.machine.ts';
import { hashReviewFacts } from './review-facts.ts';

let world: World;
let organisationId: string;
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

async function stateOf(id: string): Promise<string | undefined> {
  return (await world.withdrawals.get(payroll, id))?.state;
}

describe('the database, whoever asks', () => {
  const insertVote = (reviewId: string, key: Caller, holder: string, decision: string, hash: Buffer) =>
    sql`INSERT INTO withdrawal_vote (review_id, holder, api_key_id, decision, facts_hash, reason)
        VALUES (${reviewId}, ${holder}, ${key.apiKeyId}, ${decision}, ${hash}, 'x')`.execute(world.db);

  test('refuses what the program refuses, and lets no row release the money', async () => {
    const id = await inReview(world, payroll, { quorum: 2 });
    const review = await reviewOfWithdrawalIn(world, id);
    const right = hashReviewFacts(review);
    const wrong = createHash('sha256').update('another').digest();
    const asker = await keyOf(world.db, organisationId, 'payroll');
    const { organisationId: elsewhere } = await world.owner({});
    const stranger = await keyOf(world.db, elsewhere, 'stranger');
    for (const [key, holder, decision, hash] of [
      [asker, 'payroll', 'APPROVE', right],
      [kim, 'lee', 'APPROVE', right],
      [kim, 'kim', 'APPROVE', wrong],
      [kim, 'kim', 'APPROVE_ALONE', right],
      [kim, 'kim', 'CONFIRM', right],
      [stranger, 'stranger', 'APPROVE', right],
    ] as const)
      await expect(insertVote(review.id, key, holder, decision, hash)).rejects.toMatchObject({
        code: '23001',
      });
    await insertVote(review.id, kim, 'kim', 'APPROVE', right);
    await expect(insertVote(review.id, kim, 'kim', 'APPROVE', right)).rejects.toMatchObject({
      code: '23505',
    });
    await expect(
      sql`UPDATE withdrawal_review SET state = 'APPROVED', closed_at = now() WHERE id = ${review.id}`.execute(
        world.db,
      ),
    ).rejects.toMatchObject({ code: '23001' });
    for (const change of [
      sql`UPDATE withdrawal_vote SET decision = 'DENY'`,
      sql`DELETE FROM withdrawal_vote`,
    ])
      await expect(change.execute(world.db)).rejects.toMatchObject({ code: '23001' });
    await expect(
      sql`UPDATE api_key SET holder = 'another' WHERE id = ${kim.apiKeyId}`.execute(world.db),
    ).rejects.toMatchObject({ code: '23001' });
  });

  test('a review row that was forged behind the guards releases nothing: the votes are counted again', async () => {
    const id = await inReview(world, payroll, { quorum: 2 });
    await withTransaction(world.db, async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`UPDATE withdrawal_review SET state = 'APPROVED', closed_at = now()
                 WHERE withdrawal_id = ${id}`.execute(tx);
    });
    const step = { from: 'REVIEW', to: 'VALIDATING', actor: 'system:test', reason: 'forged' } as const;
    await expect(withTransaction(world.db, (tx) => advanceByIds(tx, [id], step))).rejects.toMatchObject({
      code: '23001',
    });
  });

  test('an approval is for one stay in REVIEW', async () => {
    const id = await inReview(world, payroll);
    doneValue(await voteIn(world, kim, id, 'APPROVE'));
    // Put back as it was, behind the guards.
    await withTransaction(world.db, async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`UPDATE withdrawal SET state = 'REVIEW', version = version + 1 WHERE id = ${id}`.execute(tx);
    });
    const step = { from: 'REVIEW', to: 'VALIDATING', actor: 'system:test', reason: 'again' } as const;
    await expect(withTransaction(world.db, (tx) => advanceByIds(tx, [id], step))).rejects.toMatchObject({
      code: '23001',
    });
    await withTransaction(world.db, async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`UPDATE withdrawal SET state = 'VALIDATING' WHERE id = ${id}`.execute(tx);
    });
  });
});

test('any order of votes: released only with a quorum of others, never after a denial, and the books agree', async () => {
  const decisions = ['APPROVE', 'APPROVE_ALONE', 'DENY', 'CONFIRM', 'OBJECT'] as const;
  const step = fc.record({ voter: fc.integer({ min: 0, max: 3 }), decision: fc.constantFrom(...decisions) });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('STANDARD' as const, 'EMERGENCY' as const),
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (quorum, priority, steps) => {
        const callers = [payroll, kim, lee, park];
        const id = await inReview(world, payroll, { quorum }, { priority });
        for (const { voter, decision } of steps)
          await voteIn(world, assertPresent(callers[voter], 'voter'), id, decision);
        const { votes, state, confirmation } = await reviewOfWithdrawalIn(world, id);
        const by = (...of: Decision[]) =>
          new Set(votes.filter((one) => of.includes(one.decision)).map((one) => one.holder));
        const approving = by('APPROVE', 'APPROVE_ALONE');
        expect(approving.has('payroll')).toBe(false);
        const alone = by('APPROVE_ALONE').size > 0;
        if (alone) expect(priority).toBe('EMERGENCY');
        const expected =
          by('DENY').size > 0 ? 'DENIED' : approving.size >= quorum || alone ? 'APPROVED' : 'OPEN';
        expect(state).toBe(expected);
        if (confirmation !== 'NONE') expect(alone && approving.size < quorum).toBe(true);
        const states = { OPEN: 'REVIEW', APPROVED: 'VALIDATING', DENIED: 'FAILED' } as const;
        expect(await stateOf(id)).toBe(states[expected]);
      },
    ),
    { numRuns: 40 },
  );
});
