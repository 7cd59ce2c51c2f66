import { withTransaction } from '@naru/db/database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claimKey } from '../command/idempotency.store.ts';
import { creditBalance } from '../ledger/credit-balance.ts';
import { hashRequest } from './request-withdrawals.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  endOf,
  type Instance,
  problemsOf,
  requestOf,
  rowsOf,
  USDC_UNIT,
  type World,
  walkTo,
} from './withdrawal.fixture.ts';

let world: World;
let another: Instance;
beforeAll(async () => {
  world = await createWorld();
  another = await world.another();
});
afterAll(() => world.close());

function bulkOf(request = requestOf()) {
  async function* rows() {
    yield [{ row: 1, request }];
  }
  return { rows: rows(), inputHash: () => hashRequest(request), dryRun: false };
}

describe('the same call many times', () => {
  test('40 identical submits at once: one withdrawal, equal answers', async () => {
    const owner = await world.owner();

    const answers = await Promise.all(
      Array.from({ length: 40 }, () => world.withdrawals.request(owner, 'order-1', requestOf())),
    );

    expect(new Set(answers.map((answer) => JSON.stringify(doneValue(answer), bigints)))).toHaveLength(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(await rowsOf(world, owner)).toEqual([doneValue(answers[0] ?? neverAnswered)]);
    expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
  });

  test('40 identical submits over two processes: one withdrawal, equal answers', async () => {
    const owner = await world.owner();

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? world.withdrawals : another).request(owner, 'order-1', requestOf()),
      ),
    );

    expect(new Set(answers.map((answer) => JSON.stringify(doneValue(answer), bigints)))).toHaveLength(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
    expect(await rowsOf(world, owner)).toHaveLength(1);
    expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
  });

  test('200 submits, 20 keys ten times each, shuffled over two processes: 20 withdrawals', async () => {
    const owner = await world.owner();

    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 3 === 0 ? world.withdrawals : another).request(
          owner,
          `order-${(index * 7) % 20}`,
          requestOf(),
        ),
      ),
    );

    expect(new Set(answers.map((answer) => doneValue(answer).id))).toHaveLength(20);
    expect(await rowsOf(world, owner)).toHaveLength(20);
    expect(await balanceOf(world, owner)).toEqual({
      available: 1_000_000n * USDC_UNIT - 20n * USDC_UNIT,
      reserved: 20n * USDC_UNIT,
    });
  });

  test('a repeat is answered PENDING as at first, wherever the withdrawal stands by now', async () => {
    const owner = await world.owner();
    const first = await world.withdrawals.request(owner, 'order-1', requestOf());
    await walkTo(world.db, doneValue(first).id, 'BROADCASTED');

    const again = await another.request(owner, 'order-1', requestOf());

    expect(again).toEqual({ ...first, replayed: true });
    expect((await world.withdrawals.get(owner, doneValue(first).id))?.state).toBe('BROADCASTED');
  });

  test('a refusal is repeated as the same refusal, though the balance would cover it by now', async () => {
    const owner = await world.owner({ USDC: '1' });
    const first = await world.withdrawals.request(owner, 'order-1', requestOf({ amount: '2' }));
    await credit(owner, 'more');

    const again = await world.withdrawals.request(owner, 'order-1', requestOf({ amount: '2' }));

    expect(endOf(first)).toBe('insufficient_balance');
    expect(again).toEqual({ ...first, replayed: true });
    expect(
      doneValue(await world.withdrawals.request(owner, 'order-2', requestOf({ amount: '2' }))).state,
    ).toBe('PENDING');
  });

  test('a request that was never valid is refused the same way again, field by field', async () => {
    const owner = await world.owner();
    const request = requestOf({ to: 'nowhere', amount: '-1' });
    const first = await world.withdrawals.request(owner, 'order-1', request);
    const again = await world.withdrawals.request(owner, 'order-1', request);

    expect(first).toMatchObject({ refusal: { code: 'validation_failed', errors: [{}, {}] } });
    expect(again).toEqual({ ...first, replayed: true });
  });

  test('the order of metadata keys is no difference', async () => {
    const owner = await world.owner();
    const first = await world.withdrawals.request(owner, 'k', requestOf({ metadata: { a: '1', b: '2' } }));
    const again = await world.withdrawals.request(owner, 'k', requestOf({ metadata: { b: '2', a: '1' } }));
    expect(doneValue(again).id).toBe(doneValue(first).id);
  });
});

describe('one key for two things', () => {
  test.each([
    ['amount', { amount: '1.0' }],
    ['recipient', { to: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359' }],
    ['reference', { reference: 'another' }],
    ['priority', { priority: 'VIP' as const }],
    ['metadata', { metadata: { a: '' } }],
    ['asset', { asset: 'ETH' }],
    ['chain', { chain: 'polygon-amoy' }],
  ])('with another %s: idempotency_key_reused, and no effect', async (_, change) => {
    const owner = await world.owner({ USDC: '10', ETH: '10' });
    await world.withdrawals.request(owner, 'order-1', requestOf());

    const other = await another.request(owner, 'order-1', requestOf(change));

    expect(endOf(other)).toBe('idempotency_key_reused');
    expect(await rowsOf(world, owner)).toHaveLength(1);
    expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
  });

  test('two bodies with one key at the same moment: one is taken, the other refused', async () => {
    const owner = await world.owner();

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index < 10 ? world.withdrawals : another).request(
          owner,
          'order-1',
          requestOf({ amount: index % 2 === 0 ? '1' : '2' }),
        ),
      ),
    );

    const ends = answers.map(endOf);
    expect(ends.filter((end) => end === 'done')).toHaveLength(10);
    expect(ends.filter((end) => end === 'idempotency_key_reused')).toHaveLength(10);
    const [row, ...rest] = await rowsOf(world, owner);
    expect(rest).toEqual([]);
    expect((await balanceOf(world, owner)).reserved).toBe(row?.amount);
  });

  test('a key of one command is refused by every other: request, cancel, bulk, credit', async () => {
    const owner = await world.owner();
    const { id } = doneValue(await world.withdrawals.request(owner, 'request', requestOf()));
    await world.withdrawals.cancel(owner, 'cancel', id);
    await world.withdrawals.requestBulk(owner, 'bulk', bulkOf());
    await credit(owner, 'credit');
    const { id: open } = doneValue(await world.withdrawals.request(owner, 'open', requestOf()));
    const before = await balanceOf(world, owner);

    for (const key of ['request', 'cancel', 'bulk', 'credit']) {
      if (key !== 'request')
        expect([key, endOf(await another.request(owner, key, requestOf()))]).toEqual([
          key,
          'idempotency_key_reused',
        ]);
      if (key !== 'cancel')
        expect([key, endOf(await another.cancel(owner, key, open))]).toEqual([key, 'idempotency_key_reused']);
      if (key !== 'bulk')
        expect([key, endOf(await another.requestBulk(owner, key, bulkOf()))]).toEqual([
          key,
          'idempotency_key_reused',
        ]);
      if (key !== 'credit')
        expect([key, endOf(await credit(owner, key))]).toEqual([key, 'idempotency_key_reused']);
    }
    expect(await balanceOf(world, owner)).toEqual(before);
  });

  test('the same key in another organisation is another command', async () => {
    const [one, other] = [await world.owner(), await world.owner()];

    const answers = await Promise.all(
      [one, other].map((owner) => world.withdrawals.request(owner, 'order-1', requestOf())),
    );

    expect(answers.map((answer) => answer.replayed)).toEqual([false, false]);
    expect(new Set(answers.map((answer) => doneValue(answer).id))).toHaveLength(2);
    expect(await Promise.all([rowsOf(world, one), rowsOf(world, other)])).toEqual(
      answers.map((answer) => [doneValue(answer)]),
    );
  });
});

describe('a key that another process is working on', () => {
  test('the call waits for it, and is told to come back when it takes too long', async () => {
    const owner = await world.owner();
    const { answered, release } = await holdKey(owner.organisationId, 'slow');

    const answer = await world.withdrawals.request(owner, 'slow', requestOf());
    expect(answer).toMatchObject({ refusal: { code: 'idempotency_in_flight', retryable: true } });
    release();
    await answered;

    expect(endOf(await world.withdrawals.request(owner, 'slow', requestOf()))).toBe('done');
  });

  test('when it is done in time, the call gets its answer', async () => {
    const owner = await world.owner();
    const { answered, release } = await holdKey(owner.organisationId, 'short');

    const waiting = world.withdrawals.request(owner, 'short', requestOf());
    setTimeout(release, 100);

    expect(endOf(await waiting)).toBe('done');
    await answered;
  });

  test('cancel and bulk are told at once', async () => {
    const owner = await world.owner();
    const { id } = doneValue(await world.withdrawals.request(owner, 'order-1', requestOf()));
    const { answered, release } = await holdKey(owner.organisationId, 'slow');

    expect(endOf(await world.withdrawals.cancel(owner, 'slow', id))).toBe('idempotency_in_flight');
    expect(endOf(await world.withdrawals.requestBulk(owner, 'slow', bulkOf()))).toBe('idempotency_in_flight');

    release();
    await answered;
    expect((await world.withdrawals.get(owner, id))?.state).toBe('PENDING');
  });

  test('requests with other keys are not held up by it', async () => {
    const owner = await world.owner();
    const { answered, release } = await holdKey(owner.organisationId, 'slow');
    const stuck = world.withdrawals.request(owner, 'slow', requestOf());

    const others = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.withdrawals.request(owner, `free-${index}`, requestOf()),
      ),
    );

    expect(others.map(endOf)).toEqual(others.map(() => 'done'));
    release();
    await Promise.all([answered, stuck]);
  });

  /** A transaction elsewhere that has claimed the key and then rolls back. */
  async function holdKey(organisationId: string, key: string) {
    let release: () => void = () => undefined;
    let claimed: () => void = () => undefined;
    const isClaimed = new Promise<void>((resolve) => {
      claimed = resolve;
    });
    const answered = withTransaction(world.db, async (tx) => {
      await claimKey(tx, {
        organisationId,
        key,
        command: 'elsewhere',
        inputHash: Buffer.alloc(32),
        resourceId: '00000000-0000-7000-8000-000000000000',
      });
      claimed();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      throw new Error('rolled back');
    }).catch(() => undefined);
    await isClaimed;
    // The promise that `release` settles is made right after `claimed()`.
    await new Promise(setImmediate);
    return { answered, release: () => release() };
  }
});

describe('a request that the database cannot take', () => {
  test('does not take its companions along', async () => {
    const owner = await world.owner();

    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        world.withdrawals.request(
          owner,
          `order-${index}`,
          requestOf({ reference: index === 4 ? '\0' : 'fine' }),
        ),
      ),
    );

    expect(answers.map((answer) => answer.status)).toEqual(
      answers.map((_, index) => (index === 4 ? 'rejected' : 'fulfilled')),
    );
    expect(await rowsOf(world, owner)).toHaveLength(9);
    const { rows } = await sql`SELECT 1 FROM idempotency_record
      WHERE organisation_id = ${owner.organisationId} AND key = 'order-4'`.execute(world.db);
    expect(rows).toEqual([]);
  });
});

test('after all of this the books are right', async () => {
  expect(await problemsOf(world.db)).toEqual([]);
});

const neverAnswered = {
  kind: 'refused',
  refusal: { code: 'bulk_invalid', message: '', retryable: false },
  replayed: false,
} as const;

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

async function credit(owner: Awaited<ReturnType<World['owner']>>, key: string) {
  return await creditBalance({ db: world.db }, owner, key, {
    organisationId: owner.organisationId,
    chain: 'localhost',
    asset: 'USDC',
    amount: '100',
    note: null,
  });
}
