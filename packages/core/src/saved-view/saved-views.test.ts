import { newUuid } from '@naru/kit/ids.ts';
import { saveViewRequest } from '@naru/wire/saved-view.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { VIEWS_MAX } from './saved-view.limits.ts';
import { createSavedViews, type SavedViews } from './saved-views.ts';

let world: World;
let owner: Caller;
let views: SavedViews;
beforeEach(async () => {
  world = await createWorld();
  owner = await world.owner();
  views = createSavedViews(world);
});
afterEach(() => world.close());

const order = (caller = owner, key: string = newUuid()) => ({
  caller,
  key,
  audit: { actor: 'api_key:kim', reason: null, origin: null, requestId: null },
});
const failed = { list: 'withdrawals', name: 'Failed today', filter: { state: 'FAILED' }, role: null };
const names = async (caller = owner) =>
  (await views.list(caller.organisationId, 'withdrawals')).map(({ name }) => name);

test('a view is shared in its organisation, and with nobody else', async () => {
  const other = await world.owner();
  const id = await doneId(views.save(order(), failed));
  await doneId(views.save(order(), { ...failed, name: 'Big ones', role: 'approver' }));
  expect(await views.list(owner.organisationId, 'withdrawals')).toMatchObject([
    { name: 'Big ones', role: 'approver' },
    { id, name: 'Failed today', role: null, filter: { state: 'FAILED' }, savedBy: 'api_key:kim' },
  ]);
  expect(await names(other)).toEqual([]);
  expect(await views.get(other.organisationId, id)).toBeNull();
  expect(await views.remove(order(other), id)).toMatchObject({
    kind: 'refused',
    refusal: { code: 'saved_view_not_found' },
  });
  await doneId(views.remove(order(), id));
  expect(await names()).toEqual(['Big ones']);
});

test('asked for again with its key it is there once, and a name is taken once for the same people', async () => {
  const key = newUuid();
  const first = await doneId(views.save(order(owner, key), failed));
  expect(await views.save(order(owner, key), failed)).toMatchObject({ value: first, replayed: true });
  expect(await views.save(order(), failed)).toMatchObject({
    kind: 'refused',
    refusal: { errors: [{ pointer: '/name', code: 'value_not_allowed' }] },
  });
  await doneId(views.save(order(), { ...failed, role: 'viewer' }));
  expect(await names()).toEqual(['Failed today', 'Failed today']);
});

test('there is an end to how many', async () => {
  for (let n = 0; n < VIEWS_MAX; n++) await doneId(views.save(order(), { ...failed, name: `${n}` }));
  expect(await views.save(order(), failed)).toMatchObject({
    kind: 'refused',
    refusal: { errors: [{ code: 'too_many' }] },
  });
  expect(await names()).toHaveLength(VIEWS_MAX);
});

test('a filter as large as the API takes is kept, and a larger one is refused before', async () => {
  const filterOf = (entries: number) =>
    Object.fromEntries(Array.from({ length: entries }, (_, n) => [`key${n}`, '가'.repeat(12)]));
  const isTaken = (entries: number) =>
    saveViewRequest.safeParse({ list: 'withdrawals', name: 'x', filter: filterOf(entries) }).success;
  expect([isTaken(40), isTaken(41)]).toEqual([true, false]);
  await doneId(views.save(order(), { ...failed, filter: filterOf(40) }));
  const long = { a: '가'.repeat(300), b: '가'.repeat(300), c: '가'.repeat(50) };
  expect(saveViewRequest.safeParse({ list: 'withdrawals', name: 'x', filter: long }).success).toBe(true);
  await doneId(views.save(order(), { ...failed, name: 'long', filter: long }));
  const longer = { ...long, d: '가'.repeat(50) };
  expect(saveViewRequest.safeParse({ list: 'withdrawals', name: 'x', filter: longer }).success).toBe(false);
});

async function doneId(result: ReturnType<SavedViews['save']>): Promise<string> {
  const answer = await result;
  if (answer.kind === 'refused') throw new Error(answer.refusal.message);
  return answer.value;
}
