import { withTransaction } from '@naru/db/database.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { listTransfersOf } from '../ledger/ledger.store.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { confirmItems, failItems } from './settlement.store.ts';
import {
  balanceOf,
  countEnds,
  createWorld,
  doneValue,
  endChainTx,
  endOf,
  type Instance,
  plan,
  problemsOf,
  requestOf,
  USDC_UNIT,
  type World,
  walkTo,
} from './withdrawal.fixture.ts';
import { withdrawalStates } from './withdrawal.machine.ts';
import { advancePending } from './withdrawal.store.ts';

let world: World;
let another: Instance;
beforeAll(async () => {
  world = await createWorld();
  another = await world.another();
});
afterAll(() => world.close());

async function submit(owner: Caller): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

describe('cancel', () => {
  test.each(['PENDING', 'VALIDATING', 'REVIEW'] as const)(
    'from %s: canceled, and the money is free again',
    async (state) => {
      const owner = await world.owner({ USDC: '1' });
      const id = await submit(owner);
      await walkTo(world.db, id, state);

      const answer = await world.withdrawals.cancel(owner, 'cancel-1', id);

      expect(doneValue(answer)).toMatchObject({ id, state: 'CANCELED', transaction: null, failure: null });
      expect(await balanceOf(world, owner)).toEqual({ available: USDC_UNIT, reserved: 0n });
      expect((await world.withdrawals.events(owner, id))?.at(-1)).toMatchObject({
        from: state,
        to: 'CANCELED',
        actor: `api_key:${toPublicId('apiKey', owner.apiKeyId)}`,
      });
      const transfers = await listTransfersOf(world.db, id);
      expect(transfers.map((transfer) => transfer.kind)).toEqual(['PENDING', 'VOID']);
    },
  );

  const TOO_LATE = ['SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING'] as const;
  test.each(TOO_LATE)('from %s: refused, and nothing is released', async (state) => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);
    await walkTo(world.db, id, state);

    const answer = await world.withdrawals.cancel(owner, 'cancel-1', id);

    expect(answer).toMatchObject({ refusal: { code: 'withdrawal_not_cancelable', retryable: false } });
    expect((await world.withdrawals.get(owner, id))?.state).toBe(state);
    expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
    expect(await world.withdrawals.cancel(owner, 'cancel-1', id)).toEqual({ ...answer, replayed: true });
  });

  test.each(['CONFIRMED', 'FAILED'] as const)('from %s: refused', async (state) => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);
    const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
    await endChainTx(world.db, chainTxId ?? '', 'EXECUTED', [state === 'CONFIRMED' ? 1 : 2]);
    const settled = { chainTxId: chainTxId ?? '', outcomes: Buffer.from([1]), actor: 'system:test' };
    const failure = { code: 'recipient_reverted', message: 'The recipient refused.', retryable: false };
    await withTransaction(world.db, async (tx) => {
      if (state === 'CONFIRMED') await confirmItems(tx, settled, [1]);
      else
        await failItems(tx, { ...settled, outcomes: Buffer.from([2]) }, [2], { reason: 'reverted', failure });
      const kind = state === 'CONFIRMED' ? 'POST' : 'VOID';
      await postTransfersOrFail(tx, [
        { id: newUuid(), kind, pendingId: id, amount: null, reason: 'WITHDRAWAL', referenceId: id },
      ]);
    });
    expect((await world.withdrawals.get(owner, id))?.state).toBe(state);
    expect(endOf(await world.withdrawals.cancel(owner, null, id))).toBe('withdrawal_not_cancelable');
  });

  test('every state was tried', () => {
    expect(
      new Set(['PENDING', 'VALIDATING', 'REVIEW', ...TOO_LATE, 'CONFIRMED', 'FAILED', 'CANCELED']),
    ).toEqual(new Set(withdrawalStates));
  });

  test('twice, with two keys or with none: done both times, released once', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);

    const answers = [
      await world.withdrawals.cancel(owner, 'one', id),
      await world.withdrawals.cancel(owner, 'one', id),
      await world.withdrawals.cancel(owner, 'two', id),
      await world.withdrawals.cancel(owner, null, id),
    ];

    expect(answers.map((answer) => [answer.kind, answer.replayed])).toEqual([
      ['done', false],
      ['done', true],
      ['done', false],
      ['done', false],
    ]);
    expect(await balanceOf(world, owner)).toEqual({ available: USDC_UNIT, reserved: 0n });
    expect(await world.withdrawals.events(owner, id)).toHaveLength(2);
  });

  test('by another organisation, or of an id that is none: not found, as if it did not exist', async () => {
    const [owner, stranger] = [await world.owner({ USDC: '1' }), await world.owner({ USDC: '1' })];
    const id = await submit(owner);

    const foreign = await world.withdrawals.cancel(stranger, 'cancel-1', id);
    const unknown = await world.withdrawals.cancel(stranger, 'cancel-2', newUuid());

    expect(foreign).toEqual(unknown);
    expect(endOf(foreign)).toBe('withdrawal_not_found');
    expect((await world.withdrawals.get(owner, id))?.state).toBe('PENDING');
  });

  test('with a key that canceled another one: refused', async () => {
    const owner = await world.owner({ USDC: '2' });
    const [one, other] = [await submit(owner), await submit(owner)];
    await world.withdrawals.cancel(owner, 'cancel-1', one);
    expect(endOf(await world.withdrawals.cancel(owner, 'cancel-1', other))).toBe('idempotency_key_reused');
    expect((await world.withdrawals.get(owner, other))?.state).toBe('PENDING');
  });
});

describe('races', () => {
  test('twenty cancels of one withdrawal at once, over two processes: all answered, released once', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? world.withdrawals : another).cancel(owner, `cancel-${index}`, id),
      ),
    );

    expect(countEnds(answers)).toEqual({ done: 20 });
    expect(await balanceOf(world, owner)).toEqual({ available: USDC_UNIT, reserved: 0n });
    expect(await world.withdrawals.events(owner, id)).toHaveLength(2);
  });

  test('cancels against the processor taking them up: each canceled once, none lost', async () => {
    const owner = await world.owner({ USDC: '20' });
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit(owner)));

    const [answers] = await Promise.all([
      Promise.all(ids.map((id) => world.withdrawals.cancel(owner, null, id))),
      ...Array.from({ length: 10 }, () =>
        withTransaction(world.db, (tx) => advancePending(tx, 'localhost', 3)),
      ),
    ]);

    expect(countEnds(answers)).toEqual({ done: 20 });
    expect(await balanceOf(world, owner)).toEqual({ available: 20n * USDC_UNIT, reserved: 0n });
  });

  test('cancels against signing: each is canceled and released, or refused and still reserved', async () => {
    const owner = await world.owner({ USDC: '20' });
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit(owner)));
    for (const id of ids) await walkTo(world.db, id, 'VALIDATING');

    const [answers] = await Promise.all([
      Promise.all(ids.map((id) => world.withdrawals.cancel(owner, null, id))),
      // A plan that comes too late, or finds the account taken, is rolled back as a whole.
      Promise.allSettled(ids.map((id) => plan(world.db, [id]))),
    ]);

    const states = await Promise.all(ids.map(async (id) => (await world.withdrawals.get(owner, id))?.state));
    expect(states).toEqual(answers.map((answer) => (answer.kind === 'done' ? 'CANCELED' : 'SIGNING')));
    const open = states.filter((state) => state === 'SIGNING').length;
    expect((await balanceOf(world, owner)).reserved).toBe(BigInt(open) * USDC_UNIT);
  });
});

test('after all of this the books are right', async () => {
  expect(await problemsOf(world.db)).toEqual([]);
});
