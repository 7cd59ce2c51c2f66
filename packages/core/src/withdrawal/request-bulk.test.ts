import { createHash } from 'node:crypto';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { amountsOf, bulkOf, submitFile } from './bulk.fixture.ts';
import { dropAbandonedDrafts, stageDrafts } from './bulk.store.ts';
import { createWithdrawals } from './create-withdrawals.ts';
import type { BulkAnswer } from './request-bulk.ts';
import {
  balanceOf,
  createWorld,
  endOf,
  type Instance,
  problemsOf,
  requestOf,
  rowsOf,
  USDC_UNIT,
  type World,
  walkTo,
} from './withdrawal.fixture.ts';
import { BULK_PROBLEMS_LISTED_MAX, BULK_ROWS_MAX } from './withdrawal.limits.ts';
import type { Withdrawal, WithdrawalRequest } from './withdrawal.ts';
import type { BulkRow } from './withdrawals.ts';

let world: World;
let another: Instance;
beforeAll(async () => {
  world = await createWorld();
  another = await world.another();
});
afterAll(() => world.close());
afterEach(async () => {
  // Whatever the answer was: nothing of the file stays behind.
  expect(await countDrafts()).toBe(0);
});

async function countDrafts(): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::integer AS count FROM bulk_draft`.execute(
    world.db,
  );
  return rows[0]?.count ?? 0;
}

function submit(
  owner: Caller,
  key: string,
  requests: readonly WithdrawalRequest[],
  dryRun = false,
  instance = world.withdrawals,
): Promise<BulkAnswer> {
  return submitFile(instance, owner, key, requests, { dryRun });
}

async function reportOf(owner: Caller, id: string): Promise<Withdrawal[]> {
  const rows: Withdrawal[] = [];
  for await (const chunk of world.withdrawals.bulkRows(owner, id)) rows.push(...chunk);
  return rows;
}

describe('a good file', () => {
  test('is accepted as a whole: every row a withdrawal, reserved, in the order of the file', async () => {
    const owner = await world.owner({ USDC: '100', ETH: '5' });
    const requests = [
      ...amountsOf(['1', '2.5', '3', '4']),
      requestOf({ asset: 'ETH', amount: '1.5', priority: 'VIP' }),
      ...amountsOf(['5', '6']),
    ];

    const answer = await submit(owner, 'file-1', requests);

    const bulk = bulkOf(answer);
    expect(bulk).toMatchObject({ total: 7, counts: { PENDING: 7 } });
    const rows = await reportOf(owner, bulk.id);
    expect(rows.map((row) => [row.bulkRow, row.asset, row.reference, row.priority])).toEqual(
      requests.map(({ asset, reference, priority }, index) => [index + 1, asset, reference, priority]),
    );
    expect(rows.map((row) => row.amount).slice(0, 5)).toEqual([
      USDC_UNIT,
      (5n * USDC_UNIT) / 2n,
      3n * USDC_UNIT,
      4n * USDC_UNIT,
      15n * 10n ** 17n,
    ]);
    expect(rows.every((row) => row.state === 'PENDING' && row.bulkId === bulk.id)).toBe(true);
    expect((await balanceOf(world, owner)).reserved).toBe((43n * USDC_UNIT) / 2n);
    for (const row of rows)
      expect(await world.withdrawals.events(owner, row.id)).toMatchObject([{ from: null, to: 'PENDING' }]);
  });

  test('its counts follow its withdrawals', async () => {
    const owner = await world.owner();
    const { id } = bulkOf(await submit(owner, 'file-1', amountsOf(['1', '1', '1', '1'])));
    const [one, two] = await reportOf(owner, id);
    await world.withdrawals.cancel(owner, null, one?.id ?? '');
    await walkTo(world.db, two?.id ?? '', 'SIGNED');

    expect(await world.withdrawals.getBulk(owner, id)).toMatchObject({
      id,
      total: 4,
      counts: { PENDING: 2, CANCELED: 1, SIGNED: 1 },
    });
  });

  test('sent again, it is answered as at first, and nothing happens', async () => {
    const owner = await world.owner({ USDC: '10' });
    const requests = amountsOf(['1', '2', '3']);
    const first = await submit(owner, 'file-1', requests);
    const [row] = await reportOf(owner, bulkOf(first).id);
    await world.withdrawals.cancel(owner, null, row?.id ?? '');

    const again = await submit(owner, 'file-1', requests, false, another);

    expect(again).toEqual({ ...first, replayed: true });
    expect(await rowsOf(world, owner)).toHaveLength(3);
  });

  test('sent again after its asset was switched off, it is still answered as accepted', async () => {
    const owner = await world.owner({ USDC: '10' });
    const requests = amountsOf(['1', '2', '3']);
    const first = await submit(owner, 'file-1', requests);
    await sql`UPDATE asset SET enabled = false WHERE id = 'localhost:USDC'`.execute(world.db);
    try {
      const later = createWithdrawals({ db: world.db });
      expect(await submit(owner, 'file-1', requests, false, later)).toEqual({ ...first, replayed: true });
      expect(endOf(await submit(owner, 'file-1', amountsOf(['7']), false, later))).toBe(
        'idempotency_key_reused',
      );
      expect(endOf(await submit(owner, 'file-2', requests, false, later))).toBe('invalid');
    } finally {
      await sql`UPDATE asset SET enabled = true WHERE id = 'localhost:USDC'`.execute(world.db);
    }
    expect(await rowsOf(world, owner)).toHaveLength(3);
  });

  test('another file with its key is refused, and nothing happens', async () => {
    const owner = await world.owner({ USDC: '10' });
    await submit(owner, 'file-1', amountsOf(['1']));
    expect(endOf(await submit(owner, 'file-1', amountsOf(['2'])))).toBe('idempotency_key_reused');
    expect(await rowsOf(world, owner)).toHaveLength(1);
  });
});

describe('a file with bad rows', () => {
  test('is not accepted at all, and every bad row is named by its number', async () => {
    const owner = await world.owner({ USDC: '100' });
    const requests = amountsOf(['1', '0', '2', '3', '4']);
    requests[3] = requestOf({ to: '0x', amount: 'x' });
    requests[4] = requestOf({ chain: 'nowhere' });
    requests.push(requestOf({ asset: 'EURC' }));

    const answer = await submit(owner, 'file-1', requests);

    expect(answer).toMatchObject({
      kind: 'invalid',
      errorCount: 5,
      errors: [
        { row: 2, field: 'amount', code: 'amount_not_positive' },
        { row: 4, field: 'to', code: 'address_malformed' },
        { row: 4, field: 'amount', code: 'amount_malformed' },
        { row: 5, field: 'chain', code: 'chain_not_supported' },
        { row: 6, field: 'asset', code: 'asset_not_supported' },
      ],
    });
    expect(await rowsOf(world, owner)).toEqual([]);
    expect((await balanceOf(world, owner)).reserved).toBe(0n);
  });

  test('names rows of a wrong shape and rows of a wrong content together', async () => {
    const owner = await world.owner();
    const shape = { row: 1, field: 'priority', code: 'value_not_allowed', message: 'Not a priority.' };
    async function* rows(): AsyncGenerator<BulkRow[]> {
      yield [
        { row: 1, problems: [shape] },
        { row: 2, request: requestOf({ amount: '0' }) },
        { row: 3, request: requestOf() },
      ];
    }
    const inputHash = () => Buffer.alloc(32);
    expect(
      await world.withdrawals.requestBulk(owner, 'file-1', { rows: rows(), inputHash, dryRun: false }),
    ).toMatchObject({ errorCount: 2, errors: [shape, { row: 2, code: 'amount_not_positive' }] });
    expect(await rowsOf(world, owner)).toEqual([]);
  });

  test('can be put right and sent again with the same key', async () => {
    const owner = await world.owner({ USDC: '100' });
    expect(endOf(await submit(owner, 'file-1', amountsOf(['1', '-1'])))).toBe('invalid');
    expect(endOf(await submit(owner, 'file-1', amountsOf(['1', '1'])))).toBe('done');
  });

  test('lists the first thousand and counts all', async () => {
    const owner = await world.owner();
    const answer = await submit(owner, 'file-1', amountsOf(Array.from({ length: 1_500 }, () => '0')));
    expect(answer).toMatchObject({ kind: 'invalid', errorCount: 1_500 });
    expect(answer.kind === 'invalid' && answer.errors).toHaveLength(BULK_PROBLEMS_LISTED_MAX);
  });

  test('without any row is no file', async () => {
    const owner = await world.owner();
    for (const dryRun of [false, true])
      expect(await submit(owner, 'file-1', [], dryRun)).toMatchObject({
        kind: 'invalid',
        errorCount: 1,
        errors: [{ row: 0, code: 'file_empty' }],
      });
  });

  test('with more rows than the limit is refused before it is read to its end', async () => {
    const owner = await world.owner();
    // Wrong at first sight, so that a million of them are soon looked at.
    const bad = requestOf({ to: 'nobody' });
    let read = 0;
    async function* endless(): AsyncGenerator<BulkRow[]> {
      for (;;) {
        const chunk = Array.from({ length: 50_000 }, (_, index) => ({ row: read + index + 1, request: bad }));
        read += chunk.length;
        yield chunk;
      }
    }
    const answer = await world.withdrawals.requestBulk(owner, 'file-1', {
      rows: endless(),
      inputHash: () => Buffer.alloc(32),
      dryRun: false,
    });
    expect(answer).toMatchObject({ kind: 'invalid', errorCount: 1, errors: [{ code: 'file_too_long' }] });
    expect(read).toBeLessThanOrEqual(BULK_ROWS_MAX + 50_000);
  });

  test('an upload that breaks off is an error, and leaves nothing', async () => {
    const owner = await world.owner();
    async function* broken(): AsyncGenerator<BulkRow[]> {
      yield [{ row: 1, request: requestOf() }];
      throw new Error('the connection was lost');
    }
    const work = world.withdrawals.requestBulk(owner, 'file-1', {
      rows: broken(),
      inputHash: () => Buffer.alloc(32),
      dryRun: false,
    });
    await expect(work).rejects.toThrow('the connection was lost');
    expect(await rowsOf(world, owner)).toEqual([]);
  });
});

describe('a dry run', () => {
  test('of a good file: says how many rows, keeps nothing, not even the key', async () => {
    const owner = await world.owner({ USDC: '10' });
    expect(await submit(owner, 'file-1', amountsOf(['1', '2']), true)).toEqual({
      kind: 'done',
      replayed: false,
      value: { dryRun: true, total: 2 },
    });
    expect(await rowsOf(world, owner)).toEqual([]);
    expect((await balanceOf(world, owner)).reserved).toBe(0n);
    expect(endOf(await submit(owner, 'file-1', amountsOf(['1', '2'])))).toBe('done');
  });

  test('says what the real call would: bad rows, a balance that is too small', async () => {
    const owner = await world.owner({ USDC: '10' });
    expect(await submit(owner, 'file-1', amountsOf(['1', '0']), true)).toMatchObject({
      kind: 'invalid',
      errors: [{ row: 2 }],
    });
    expect(endOf(await submit(owner, 'file-1', amountsOf(['6', '6']), true))).toBe('insufficient_balance');
  });
});

describe('a long file', () => {
  test('10,000 rows: accepted, in order, each reserved, and read one chunk ahead of what is stored at most', async () => {
    const ROWS = 10_000;
    const CHUNK = 1_000;
    const owner = await world.owner({ USDC: '1000000' });
    let readAhead = 0;
    let read = 0;
    async function* rows(): AsyncGenerator<BulkRow[]> {
      while (read < ROWS) {
        const chunk = Array.from({ length: CHUNK }, (_, index) => ({
          row: read + index + 1,
          request: requestOf({ amount: `${1 + ((read + index) % 9)}`, reference: `r${read + index + 1}` }),
        }));
        readAhead = Math.max(readAhead, read - (await countDrafts()));
        read += chunk.length;
        yield chunk;
      }
    }

    const answer = await world.withdrawals.requestBulk(owner, 'file-1', {
      rows: rows(),
      inputHash: () => createHash('sha256').update('long').digest(),
      dryRun: false,
    });

    expect(readAhead).toBeLessThanOrEqual(CHUNK);
    const report = await reportOf(owner, bulkOf(answer).id);
    expect(report.map((row) => row.bulkRow)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
    expect(report.every((row) => row.reference === `r${row.bulkRow}`)).toBe(true);
    expect((await balanceOf(world, owner)).reserved).toBe(report.reduce((sum, row) => sum + row.amount, 0n));
  });
});

describe('what readers that died have left', () => {
  test('is dropped once it is old enough, and not before', async () => {
    const [old, young] = [newUuid(), newUuid()];
    const draft = {
      withdrawalId: newUuid(),
      chainId: 'localhost',
      assetId: 'localhost:USDC',
      amount: 1n,
      fee: 0n,
      feeScheduleId: null,
    };
    for (const bulkId of [old, young])
      await stageDrafts(world.db, bulkId, [
        { ...draft, row: 1, to: `0x${'1'.repeat(40)}`, priority: 'STANDARD', reference: null },
      ]);
    await sql`UPDATE bulk_draft SET staged_at = now() - interval '25 hours' WHERE bulk_id = ${old}`.execute(
      world.db,
    );

    await dropAbandonedDrafts(world.db, 24 * 3_600_000);

    const { rows } = await sql<{ id: string }>`SELECT bulk_id AS id FROM bulk_draft`.execute(world.db);
    expect(rows).toEqual([{ id: young }]);
    await sql`DELETE FROM bulk_draft`.execute(world.db);
  });
});

test('after all of this the books are right', async () => {
  expect(await problemsOf(world.db)).toEqual([]);
});
