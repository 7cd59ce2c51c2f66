import { newUuid } from '@naru/kit/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createOperations } from '../dead-letter/operations.ts';
import { createWorld, doneValue, requestOf, type World, walkTo } from '../withdrawal/withdrawal.fixture.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import type { ActionVerb } from './judge-actions.ts';
import { readChainTxDetail, readWithdrawalDetail, type WithdrawalDetail } from './withdrawal-detail.ts';

let world: World;
let owner: Caller;
beforeAll(async () => {
  world = await createWorld();
  owner = await world.owner({ USDC: '1000' });
});
afterAll(() => world.close());

async function submit(state: WithdrawalState): Promise<{ id: string; chainTxId: string | null }> {
  const { id } = doneValue(await world.withdrawals.request(owner, newUuid(), requestOf()));
  const walked = state === 'PENDING' ? { chainTxId: null } : await walkTo(world.db, id, state);
  return { id, ...walked };
}

async function detailOf(id: string, caller = owner): Promise<WithdrawalDetail> {
  const detail = await readWithdrawalDetail(world.db, caller, id);
  if (detail === null) throw new Error(`no withdrawal ${id}`);
  return detail;
}

function actionOf(detail: WithdrawalDetail, verb: ActionVerb) {
  return detail.actions.find((action) => action.verb === verb);
}

test('tells the whole story of one withdrawal', async () => {
  const { id, chainTxId } = await submit('BROADCASTED');
  const operations = createOperations({ db: world.db });
  const operation = {
    caller: owner,
    idempotencyKey: null,
    reason: 'seen',
    from: { origin: null, requestId: null },
  };
  await operations.noteWithdrawal(id, operation);
  const detail = await detailOf(id);
  expect(detail.events.map(({ to }) => to)).toEqual([
    'PENDING',
    'VALIDATING',
    'SIGNING',
    'SIGNED',
    'BROADCASTING',
    'BROADCASTED',
  ]);
  expect(detail.chainTxs).toMatchObject([{ id: chainTxId, itemCount: 1 }]);
  expect(detail.ledger).toMatchObject([{ kind: 'PENDING', amount: detail.withdrawal.amount }]);
  expect(detail.notes).toMatchObject([{ text: 'seen' }]);
  expect(detail).toMatchObject({ failureCause: null, deliveries: [], reviews: [], decision: null });
  expect(await readChainTxDetail(world.db, chainTxId ?? '')).toMatchObject({ items: [{ withdrawalId: id }] });
});

test('there is no story of what is not there', async () => {
  expect(await readWithdrawalDetail(world.db, owner, newUuid())).toBeNull();
  expect(await readChainTxDetail(world.db, newUuid())).toBeNull();
});

const states = ['PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTED', 'CONFIRMING'] as const;

test.each(states)('in %s a verb is done exactly when it was told to be allowed', async (state) => {
  const operations = createOperations({ db: world.db });
  const verbs: Record<string, (id: string) => Promise<CommandResult<unknown> | { kind: string }>> = {
    bump: (id) => operations.bump(id, operation()),
    release: (id) => operations.release(id, operation(), {}),
    retry: (id) => operations.retry(id, operation(), {}),
    cancel: (id) => world.withdrawals.cancel(owner, null, id),
    note: (id) => operations.noteWithdrawal(id, operation()),
  };
  for (const [verb, run] of Object.entries(verbs)) {
    const { id } = await submit(state);
    const told = actionOf(await detailOf(id), verb as ActionVerb);
    const result = await run(id);
    expect([verb, told?.allowed]).toEqual([verb, result.kind === 'done']);
    if (result.kind !== 'refused' || !('refusal' in result)) continue;
    const { refusal } = result as { refusal: { code: string; message: string } };
    expect(told?.code).toBe(refusal.code);
    if (verb !== 'cancel') expect(told?.why?.en).toBe(refusal.message);
    expect(told?.why?.ko).toMatch(/요[.(]/);
  }

  function operation() {
    return { caller: owner, idempotencyKey: null, reason: 'test', from: { origin: null, requestId: null } };
  }
});

test('another organisation is told to release instead of cancel', async () => {
  const { id } = await submit('PENDING');
  const detail = await detailOf(id, await world.owner());
  expect(actionOf(detail, 'cancel')).toMatchObject({ allowed: false, code: 'withdrawal_not_found' });
  expect(actionOf(detail, 'release')).toMatchObject({ allowed: true });
});

test('whoever asked for it may not approve it, and what is not in review nobody may', async () => {
  expect(actionOf(await detailOf((await submit('PENDING')).id), 'approve')).toMatchObject({
    allowed: false,
    code: 'review_not_found',
  });
  const { id } = await submit('REVIEW');
  const detail = await detailOf(id);
  expect(detail.reviews).toHaveLength(1);
  expect(actionOf(detail, 'approve')).toMatchObject({ allowed: false, code: 'vote_not_allowed' });
  expect(actionOf(detail, 'close')).toMatchObject({ allowed: false, code: 'dead_letter_not_found' });
});
