import type { Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import type { ReviewBody } from '@naru/wire/review.ts';
import type { Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenBalance } from '../support/chain-judge.ts';
import { clientOf } from '../support/owner.ts';
import { anvil, randomAddress } from '../support/payouts.ts';
import {
  type Asked,
  openLetter,
  openReview,
  reviewOf,
  type Terms,
  uuidOfWithdrawal,
} from '../support/reviews.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/** People decide and operators act through the SDK; the chain is the judge. Reviews are opened as a policy opens them. */
let stack: Stack;
let api: { url: string };
/** Asks for withdrawals, and may do everything else as well. */
let desk: Naru;
let kim: Naru;
let lee: Naru;
let operator: Naru;
let processor: StackProcess;

beforeAll(async () => {
  stack = await startStack({ accounts: 1 });
  api = await stack.startApi();
  const as = (holder: string, scopes: string[]) => clientOf(stack, api, holder, scopes);
  const votes = ['approvals:read', 'approvals:write'];
  desk = await as('desk', ['withdrawals:read', 'withdrawals:write', ...votes, 'approvals:emergency']);
  kim = await as('kim', [...votes, 'approvals:emergency']);
  lee = await as('lee', votes);
  operator = await as('operator', ['admin']);
  await stack.startWorker('broadcaster,monitor,accounts');
});
afterAll(async () => {
  await stack?.stop();
});

/** A withdrawal of the desk in REVIEW, and what is asked about it; nothing is planned meanwhile. */
async function inReview(asked: Asked, terms: Terms = {}): Promise<ReviewBody> {
  return await reviewOf(lee, await openReview(stack, desk, asked, terms));
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'done',
    (error: unknown) => {
      if (!isNaruApiError(error)) throw error;
      return error.problem.code;
    },
  );
}

/** What an operator at the command line reads of it. */
async function inspect(id: string, ...options: string[]): Promise<string> {
  const run = await runNaru(['inspect', id, '--offline', ...options], { DATABASE_URL: stack.database.url });
  expect(run).toMatchObject({ code: 0, err: '' });
  return run.out;
}

async function reservedBalance(): Promise<string> {
  return (await desk.balances.list()).find(({ asset }) => asset === 'USDC')?.reserved ?? '';
}

test('four eyes: two others approve exactly what they were shown, then it is paid; every other way is refused', async () => {
  const to = randomAddress();
  const review = await inReview({ amount: '12.5', to });
  expect(await desk.withdrawals.get(review.withdrawalId)).toMatchObject({
    state: 'REVIEW',
    review: { id: review.id, quorum: 2, approvals: 0, reasons: [{ code: 'amount_above_threshold' }] },
  });
  // The one who asked, even with every scope; the same person twice; something else than what is paid.
  expect(await codeOf(desk.reviews.approve(review))).toBe('vote_not_allowed');
  expect(await codeOf(kim.reviews.approve({ ...review, amount: '1.25' }))).toBe('review_facts_mismatch');
  expect(await codeOf(kim.reviews.approve({ ...review, to: randomAddress() }))).toBe('review_facts_mismatch');
  expect(await codeOf(kim.reviews.approve(review, { alone: true, reason: 'hurry' }))).toBe(
    'vote_not_allowed',
  );
  expect((await kim.reviews.approve(review)).approvals).toBe(1);
  expect((await kim.reviews.approve(review)).approvals).toBe(1);
  expect((await desk.withdrawals.get(review.withdrawalId)).review?.approvals).toBe(1);
  expect(await lee.reviews.approve(review)).toMatchObject({ state: 'APPROVED', approvals: 2 });
  expect(await codeOf(lee.reviews.deny(review.id, { reason: 'late' }))).toBe('review_closed');
  processor = await stack.startWorker('processor');
  const paid = await desk.withdrawals.waitFor(review.withdrawalId, {
    until: ['CONFIRMED'],
    timeoutMs: 30_000,
  });
  expect(paid.review).toBeNull();
  expect(await tokenBalance(stack, stack.contracts.usdc, to)).toBe(12_500_000n);
  processor.kill();
  await processor.ended;
});

test('anyone entitled denies with a reason: it fails, its owner reads why, and the money is free', async () => {
  const review = await inReview({});
  await kim.reviews.approve(review);
  expect(await codeOf(lee.reviews.deny(review.id, { reason: '' }))).toBe('validation_failed');
  expect(await inspect(review.withdrawalId)).toMatch(/1 of 2 have\s+approved; without/);
  expect(await lee.reviews.deny(review.id, { reason: 'not our supplier' })).toMatchObject({
    state: 'DENIED',
  });
  expect(await inspect(review.withdrawalId)).toMatch(
    /DENIED, 1 of 2 approved[\s\S]*APPROVE +kim +key_[\s\S]*DENY +lee +key_\w+ +not our supplier/,
  );
  expect(await desk.withdrawals.get(review.withdrawalId)).toMatchObject({
    state: 'FAILED',
    failure: { code: 'denied', message: 'It was denied in review: not our supplier' },
  });
  expect(await reservedBalance()).toBe('0');
  expect(await codeOf(operator.admin.withdrawals.retry(review.withdrawalId, { reason: 'please' }))).toBe(
    'operation_not_possible',
  );
});

test('what is not approved in time fails by itself, and can be asked for again', async () => {
  const review = await inReview({}, { expiresInMs: 1_000 });
  const failed = await desk.withdrawals.waitFor(review.withdrawalId, {
    until: ['FAILED'],
    timeoutMs: 30_000,
  });
  expect(failed.failure).toMatchObject({ code: 'approval_expired', retryable: true });
  expect((await lee.reviews.get(review.id)).state).toBe('EXPIRED');
  expect(await codeOf(kim.reviews.approve(review))).toBe('review_closed');
});

test('an operator decides about any organisation by the withdrawal, as one person like any other', async () => {
  const review = await inReview({}, { quorum: 1 });
  expect((await operator.admin.reviews.listPage({ state: 'OPEN' })).data.map(({ id }) => id)).toContain(
    review.id,
  );
  expect(await codeOf(operator.admin.reviews.approve({ ...review, amount: '2' }))).toBe(
    'review_facts_mismatch',
  );
  expect((await operator.admin.reviews.approve(review)).state).toBe('APPROVED');
  const other = await inReview({});
  expect((await operator.admin.reviews.reject(other.withdrawalId, { reason: 'no' })).state).toBe('DENIED');
});

test('in an emergency one approves alone, with a reason; a second person is due, and objects or confirms', async () => {
  const review = await inReview({ priority: 'EMERGENCY' }, { quorum: 3 });
  expect(await codeOf(lee.reviews.approve(review, { alone: true, reason: 'draining' }))).toBe(
    'vote_not_allowed',
  );
  expect(await codeOf(kim.reviews.approve(review, { alone: true }))).toBe('validation_failed');
  expect(await kim.reviews.approve(review, { alone: true, reason: 'draining' })).toMatchObject({
    state: 'APPROVED',
    confirmation: 'DUE',
  });
  expect((await lee.reviews.listPage({ confirmation: 'DUE' })).data.map(({ id }) => id)).toEqual([review.id]);
  expect(await codeOf(kim.reviews.confirm(review))).toBe('vote_not_allowed');
  expect(await codeOf(desk.reviews.confirm(review))).toBe('vote_not_allowed');
  expect((await lee.reviews.object(review.id, { reason: 'the wrong wallet' })).confirmation).toBe('OBJECTED');
  const letters = await operator.admin.deadLetters.listPage({ cause: 'emergency_objected' });
  expect(letters.data).toMatchObject([
    { subject: review.id, state: 'OPEN', amount: '1', detail: 'lee: the wrong wallet' },
  ]);
  const second = await inReview({ priority: 'EMERGENCY' });
  await kim.reviews.approve(second, { alone: true, reason: 'again' });
  expect((await lee.reviews.confirm(second)).confirmation).toBe('CONFIRMED');
});

test('a dead letter, with each verb: noted, released, retried once and paid once, closed', async () => {
  const to = randomAddress();
  const { id } = await desk.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount: '3' });
  const verbs = operator.admin.withdrawals;
  expect(await codeOf(verbs.bump(id, { reason: 'x' }))).toBe('operation_not_possible');
  expect((await verbs.note(id, { text: 'the desk called' })).data).toMatchObject([
    { text: 'the desk called' },
  ]);
  expect((await verbs.release(id, { reason: 'wrong month' })).state).toBe('CANCELED');
  expect(await codeOf(verbs.retry(id, { reason: 'x' }))).toBe('operation_not_possible');
  expect(await codeOf(desk.admin.withdrawals.retry(id, { reason: 'x' }))).toBe('forbidden');

  const lost = await inReview({ amount: '3', to }, { expiresInMs: 1_000 });
  await desk.withdrawals.waitFor(lost.withdrawalId, { until: ['FAILED'], timeoutMs: 30_000 });
  await openLetter(stack, lost.withdrawalId, 'attempts_exhausted');
  const [letter] = (await operator.admin.deadLetters.listPage({ cause: 'attempts_exhausted' })).data;
  expect(letter).toMatchObject({ subject: lost.withdrawalId, class: 'FINAL', amount: '3', state: 'OPEN' });
  await operator.admin.deadLetters.note(letter?.id ?? '', { text: 'looked at it' });
  const retries = await Promise.all(
    [1, 2, 3].map(() => verbs.retry(lost.withdrawalId, { reason: 'ticket 9' })),
  );
  const [again] = retries;
  expect(new Set(retries.map((one) => one.id)).size).toBe(1);
  expect(await operator.admin.deadLetters.get(letter?.id ?? '')).toMatchObject({
    state: 'CLOSED',
    closeReason: `retried as ${again?.id}: ticket 9`,
    notes: [{ text: 'looked at it' }],
  });
  expect(await codeOf(operator.admin.deadLetters.close(letter?.id ?? '', { reason: 'x' }))).toBe(
    'operation_not_possible',
  );
  const [told, json] = [await inspect(lost.withdrawalId), await inspect(again?.id ?? '', '--json')];
  for (const text of [
    `retried as  ${again?.id}`,
    `${lost.id}  EXPIRED, 0 of 2 approved`,
    'amount_above_threshold: Payments above 10 USDC need two approvals.',
    'no votes',
    `${letter?.id}  CLOSED  attempts_exhausted (FINAL)`,
    'to do     Find out why its transactions ended',
    'UTC by operator: retried as',
    ' operator: looked at it',
    `retry → ${again?.id}  by operator (api_key:key_`,
    `An operator asked for ${again?.id} in its place`,
  ])
    expect(told).toContain(text);
  expect(JSON.parse(json)).toMatchObject({
    retryOf: uuidOfWithdrawal(lost.withdrawalId),
    deadLetters: [],
    verbs: [],
  });
  expect(await inspect(id)).toMatch(
    /note {2}by operator .*\n +the desk called\n.*release {2}by operator .*\n +wrong month/,
  );
  await stack.startWorker('processor');
  await desk.withdrawals.waitFor(again?.id ?? '', { until: ['CONFIRMED'], timeoutMs: 30_000 });
  expect(await tokenBalance(stack, stack.contracts.usdc, to)).toBe(3_000_000n);
});

test('released with a nonce taken, signed or not, the chain decides once: paid or free, never both, never twice', async () => {
  const verbs = operator.admin.withdrawals;
  const judge = async (id: string, to: string) => {
    const ended = await desk.withdrawals.waitFor(id, { timeoutMs: 60_000 });
    const paid = await tokenBalance(stack, stack.contracts.usdc, to as Hex);
    expect([ended.state, paid]).toEqual(
      ended.state === 'CONFIRMED' ? ['CONFIRMED', 5_000_000n] : ['FAILED', 0n],
    );
    return ended;
  };
  const inState = async (id: string, ...states: string[]) =>
    await eventually(`a withdrawal ${states.join(' or ')}`, async () =>
      states.includes((await desk.withdrawals.get(id)).state) ? true : null,
    );
  const ask = (to: string) => desk.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount: '5' });

  // Its nonce is taken and nothing is signed: the signer is away.
  const planned = { id: '', to: randomAddress() };
  await stack.restartSigner(async () => {
    planned.id = (await ask(planned.to)).id;
    await inState(planned.id, 'SIGNING');
    await Promise.all([1, 2].map(() => verbs.release(planned.id, { reason: 'wrong payee' })));
    return async () => undefined;
  });
  expect((await judge(planned.id, planned.to)).state).toBe('FAILED');

  // Its bytes are with the node, and no block holds them: both they and what frees the nonce may be mined, one is.
  await anvil(stack, 'evm_setAutomine', false);
  await anvil(stack, 'evm_setIntervalMining', 0);
  const sent = { id: '', to: randomAddress() };
  try {
    sent.id = (await ask(sent.to)).id;
    await inState(sent.id, 'BROADCASTED');
    await verbs.release(sent.id, { reason: 'wrong payee' });
  } finally {
    await anvil(stack, 'evm_setAutomine', true);
    await anvil(stack, 'evm_setIntervalMining', 1);
  }
  const ended = await judge(sent.id, sent.to);
  // Whatever it was, asking again moves nothing.
  expect(await codeOf(verbs.release(sent.id, { reason: 'again' }))).toBe('operation_not_possible');
  expect((await judge(sent.id, sent.to)).state).toBe(ended.state);
  // The next payment finds its nonce: nothing is stuck behind them.
  const next = { to: randomAddress() };
  expect((await judge((await ask(next.to)).id, next.to)).state).toBe('CONFIRMED');
  expect(await reservedBalance()).toBe('0');
});
