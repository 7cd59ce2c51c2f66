import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { activatePolicy, draftPolicy, retirePolicy } from './change-policy.ts';
import { giveActivePolicy, dayRules as rules, setRates, submitFresh, takeUpAll } from './policy.fixture.ts';
import { policyTransitions } from './policy.machine.ts';
import { readDecision, readVersion } from './policy.store.ts';
import { readRules, versionAt } from './rules.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await setRates(world.db);
});
afterAll(() => world.close());

const submit = (owner: Caller, amount: string, to?: string) => submitFresh(world.db, owner, amount, to);
const stateOf = async (owner: Caller, id: string) => (await world.withdrawals.get(owner, id))?.state;
const decisionOf = async (id: string) =>
  assertPresent(await readDecision(world.db, null, id), `decision of ${id}`);

describe('versions', () => {
  const draft = async (owner: Caller, document: object) => {
    const id = newUuid();
    await withTransaction(world.db, (tx) =>
      draftPolicy(tx, { id, organisationId: owner.organisationId, document, author: 'kim', note: null }),
    );
    return id;
  };
  const activate = (id: string) => withTransaction(world.db, (tx) => activatePolicy(tx, id));

  test('one begins where the one before it ends, a little ahead, and governs what is accepted from then on', async () => {
    const owner = await world.owner();
    const first = await draft(owner, {});
    await activate(first);
    const second = await draft(owner, rules);
    const asked = Date.now();
    await activate(second);
    const [one, two] = [await readVersion(world.db, first), await readVersion(world.db, second)];
    expect([one?.state, two?.state, two?.number]).toEqual(['RETIRED', 'ACTIVE', 2]);
    expect(one?.endsAt).toEqual(two?.effectiveAt);
    const begins = assertPresent(two?.effectiveAt, 'beginning');
    expect(begins.getTime()).toBeGreaterThan(asked + 1_000);
    const { versions } = await readRules(world.db);
    const at = (ms: number) => versionAt(versions, owner.organisationId, new Date(begins.getTime() + ms))?.id;
    expect([at(-1), at(0), at(10 ** 9)]).toEqual([first, second, second]);
  });

  test('what is in flight keeps the rules that it began with', async () => {
    const owner = await world.owner();
    const lenient = await giveActivePolicy(world.db, owner.organisationId, {});
    const before = await submit(owner, '1000');
    const strict = await giveActivePolicy(world.db, owner.organisationId, rules);
    const after = await submit(owner, '999');
    await takeUpAll(world.db);
    expect([await stateOf(owner, before), (await decisionOf(before)).policyVersionId]).toEqual([
      'VALIDATING',
      lenient,
    ]);
    expect([await stateOf(owner, after), (await decisionOf(after)).policyVersionId]).toEqual([
      'FAILED',
      strict,
    ]);
  });

  test('of ten activations at once one draft is in force at each moment', async () => {
    const owner = await world.owner();
    const drafts = [];
    for (let count = 0; count < 10; count++) drafts.push(await draft(owner, {}));
    await Promise.all(drafts.map(activate));
    const found = await Promise.all(drafts.map((id) => readVersion(world.db, id)));
    expect(found.filter((version) => version?.state === 'ACTIVE')).toHaveLength(1);
    await expect(activate(drafts[0] ?? '')).rejects.toMatchObject({ code: 'policy_state_conflict' });
    await expect(activate(newUuid())).rejects.toMatchObject({ code: 'policy_not_found' });
    const active = assertPresent(found.find((version) => version?.state === 'ACTIVE')?.id, 'active');
    await withTransaction(world.db, (tx) => retirePolicy(tx, active));
    await expect(withTransaction(world.db, (tx) => retirePolicy(tx, active))).rejects.toMatchObject({
      code: 'policy_state_conflict',
    });
  });

  test('a wrong document is refused with every wrong place', async () => {
    const owner = await world.owner();
    await expect(draft(owner, { risk: { reviewAt: 500 }, nonsense: 1 })).rejects.toMatchObject({
      code: 'validation_failed',
      details: {
        errors: expect.arrayContaining([expect.objectContaining({ pointer: '/document/risk/reviewAt' })]),
      },
    });
  });

  test('the steps in TypeScript are those of the table, and the database refuses every other change', async () => {
    const { rows } = await sql<{ from: string; to: string }>`
      SELECT from_state AS "from", to_state AS "to" FROM policy_transition ORDER BY 1, 2`.execute(world.db);
    const key = (step: { from: string; to: string }) => `${step.from} ${step.to}`;
    expect(rows.map(key)).toEqual(policyTransitions.map(key).sort());
    const owner = await world.owner();
    const id = await giveActivePolicy(world.db, owner.organisationId, {});
    const change = (set: ReturnType<typeof sql>) =>
      sql`UPDATE policy_version SET ${set} WHERE id = ${id}`.execute(world.db);
    await expect(change(sql`document = '{}'`)).rejects.toThrow('never changes');
    await expect(change(sql`effective_at = now()`)).rejects.toThrow('never changes');
    await expect(change(sql`state = 'DRAFT', effective_at = NULL`)).rejects.toThrow();
    await expect(sql`DELETE FROM policy_version WHERE id = ${id}`.execute(world.db)).rejects.toThrow(
      'immutable',
    );
  });
});
