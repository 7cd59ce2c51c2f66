import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { saveBlocks } from '../chain/chain-cursor.store.ts';
import {
  callerOf,
  createWorld,
  doneValue,
  endChainTx,
  endOf,
  RECIPIENT,
  requestOf,
  rowsOf,
  type World,
  walkTo,
} from './withdrawal.fixture.ts';
import type { Withdrawal, WithdrawalFilter } from './withdrawal.ts';
import type { Withdrawals } from './withdrawals.ts';

const OTHER_RECIPIENT = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function submit(owner: Caller, changes = {}): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf(changes))).id;
}

function list(owner: Caller, filter: WithdrawalFilter, limit = 100, after: string | null = null) {
  return world.withdrawals.list(owner, filter, { limit, after });
}

describe('list', () => {
  let owner: Caller;
  let all: Withdrawal[];
  let bulkId: string;
  beforeAll(async () => {
    owner = await world.owner({ USDC: '1000', ETH: '1000' });
    const variants = [
      { priority: 'VIP', reference: 'a' },
      { asset: 'ETH' },
      { to: OTHER_RECIPIENT, reference: 'a' },
      { to: OTHER_RECIPIENT, asset: 'ETH', priority: 'EMERGENCY', reference: 'b' },
      {},
      { metadata: { k: 'v' } },
    ];
    for (const variant of variants) await submit(owner, variant);
    async function* rows() {
      yield [1, 2, 3].map((row) => ({ row, request: requestOf({ reference: row === 2 ? 'a' : null }) }));
    }
    const bulk = doneValue(
      (await world.withdrawals.requestBulk(owner, 'bulk', {
        rows: rows(),
        inputHash: () => Buffer.alloc(32),
        dryRun: false,
      })) as { kind: 'done'; value: { id: string }; replayed: boolean },
    );
    bulkId = bulk.id;
    const [one, two, three] = await rowsOf(world, owner);
    await walkTo(world.db, one?.id ?? '', 'REVIEW');
    await walkTo(world.db, two?.id ?? '', 'VALIDATING');
    await world.withdrawals.cancel(owner, null, three?.id ?? '');
    all = await rowsOf(world, owner);
  });

  test('files are listed with their counts, to their owner alone', async () => {
    const page = { limit: 1, after: null };
    expect(await world.withdrawals.listBulks(owner, page)).toMatchObject({
      data: [{ id: bulkId, total: 3, completedAt: null, counts: { CANCELED: 1, REVIEW: 1, VALIDATING: 1 } }],
      next: null,
    });
    expect(await world.withdrawals.listBulks(await world.owner(), page)).toEqual({ data: [], next: null });
    expect((await world.withdrawals.listBulks(owner, { limit: 1, after: bulkId })).data).toEqual([]);
  });

  test('newest first', () => {
    expect(all).toHaveLength(9);
    expect(all.map((row) => row.id)).toEqual(
      all
        .map((row) => row.id)
        .toSorted()
        .toReversed(),
    );
    const times = all.map((row) => row.createdAt.getTime());
    expect(times).toEqual(times.toSorted((one, other) => other - one));
  });

  test('any combination of filters gives exactly the rows that fit all of them', async () => {
    const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    const times = [0, 4, 8].map((index) => all[index]?.createdAt ?? new Date(0));
    const anyFilter = fc.record({
      state: fc.option(fc.subarray(['PENDING', 'REVIEW', 'CANCELED', 'CONFIRMED'] as const), {
        nil: undefined,
      }),
      chain: maybe('localhost', 'polygon', 'nowhere'),
      asset: maybe('USDC', 'ETH', 'NONE'),
      to: maybe(
        RECIPIENT,
        OTHER_RECIPIENT.toLowerCase(),
        `0x${OTHER_RECIPIENT.slice(2).toUpperCase()}`,
        'nowhere',
      ),
      reference: maybe('a', 'b', 'c', ''),
      priority: maybe('STANDARD' as const, 'VIP' as const, 'EMERGENCY' as const),
      bulkId: fc.constantFrom(undefined, bulkId, newUuid()),
      createdFrom: maybe(...times),
      createdTo: maybe(...times, new Date(Date.now() + 60_000)),
    });
    await fc.assert(
      fc.asyncProperty(anyFilter, async (wishes) => {
        const filter = Object.fromEntries(
          Object.entries(wishes).filter(([, value]) => value !== undefined),
        ) as WithdrawalFilter;
        const { data, next } = await list(owner, filter);
        expect(data.map((row) => row.id)).toEqual(
          all.filter((row) => fits(row, filter)).map((row) => row.id),
        );
        expect(next).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  test('bounds of time: from is within, to is not', async () => {
    const at = all[4]?.createdAt ?? new Date(0);
    const from = await list(owner, { createdFrom: at });
    const to = await list(owner, { createdTo: at });
    expect(from.data.map((row) => row.id)).toContain(all[4]?.id);
    expect(to.data.map((row) => row.id)).not.toContain(all[4]?.id);
    expect(from.data.length + to.data.length).toBe(all.length);
    expect(
      (await list(owner, { createdFrom: new Date(0), createdTo: new Date(8.64e15 / 32) })).data,
    ).toHaveLength(9);
  });

  test.each([1, 2, 3, 8, 9, 10])('pages of %i together are the whole list', async (limit) => {
    const pages: Withdrawal[][] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(owner, {}, limit, after);
      pages.push(page.data);
      after = page.next;
    } while (after !== null);
    expect(pages.flat()).toEqual(all);
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  });

  function fits(row: Withdrawal, filter: WithdrawalFilter): boolean {
    return (
      (filter.state === undefined || filter.state.includes(row.state)) &&
      (filter.chain === undefined || filter.chain === row.chain) &&
      (filter.asset === undefined || filter.asset === row.asset) &&
      (filter.to === undefined || filter.to.toLowerCase() === row.to.toLowerCase()) &&
      (filter.reference === undefined || filter.reference === row.reference) &&
      (filter.priority === undefined || filter.priority === row.priority) &&
      (filter.bulkId === undefined || filter.bulkId === row.bulkId) &&
      (filter.createdFrom === undefined || row.createdAt >= filter.createdFrom) &&
      (filter.createdTo === undefined || row.createdAt < filter.createdTo)
    );
  }
});

test('pages read while new withdrawals arrive have every older one once', async () => {
  const owner = await world.owner({ USDC: '1000' });
  const before = await Promise.all(Array.from({ length: 30 }, () => submit(owner)));
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(owner, {}, 7, after);
    seen.push(...page.data.map((row) => row.id));
    after = page.next;
    await submit(owner);
  } while (after !== null);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.toSorted()).toEqual(before.toSorted());
});

describe('one withdrawal', () => {
  test('is read as it was answered, and its address in its checksum form', async () => {
    const owner = await world.owner();
    const answer = doneValue(
      await world.withdrawals.request(
        owner,
        'order-1',
        requestOf({
          to: RECIPIENT.toLowerCase(),
          amount: '0.123456',
          reference: 'r',
          metadata: { ä: '나루' },
        }),
      ),
    );
    expect(await world.withdrawals.get(owner, answer.id)).toEqual(answer);
    expect(answer).toMatchObject({ to: RECIPIENT, amount: 123_456n, metadata: { ä: '나루' } });
  });

  test('shows its transaction, the attempt in the block, and how deep it is', async () => {
    const owner = await world.owner();
    const id = await submit(owner);
    const { chainTxId } = await walkTo(world.db, id, 'BROADCASTED');
    const attempts = ['a', 'b'].map((digit) => `0x${digit.repeat(64)}`);
    for (const [index, hash] of attempts.entries())
      await sql`INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
                VALUES (${chainTxId}, ${index + 1}, 'PAY', ${hash}, '\\x00', 1, 0)`.execute(world.db);
    await sql`INSERT INTO chain_cursor (chain_id, scanned_number, head_number) VALUES ('localhost', 100, 100)`.execute(
      world.db,
    );
    await withTransaction(world.db, (tx) => saveBlocks(tx, 'localhost', [{ number: 99n, hash: '0xaa' }], 0n));
    const read = async () => (await world.withdrawals.get(owner, id))?.transaction;

    // Not in a block: the newest attempt is the one to look for.
    expect(await read()).toMatchObject({
      hash: attempts[1],
      blockNumber: null,
      confirmations: 0n,
      requiredConfirmations: 2,
    });

    await sql`UPDATE chain_tx SET state = 'MINED', block_number = 99, block_hash = '0xaa', mined_attempt = 1
               WHERE id = ${chainTxId}`.execute(world.db);
    expect(await read()).toMatchObject({
      hash: attempts[0],
      blockNumber: 99n,
      confirmations: 2n,
      explorerUrl: null,
    });
    await endChainTx(world.db, chainTxId ?? '', 'EXECUTED', [1]);
    await sql`DELETE FROM chain_cursor`.execute(world.db);
  });

  test('its history is complete: every step once, in order, with who and why', async () => {
    const owner = await world.owner();
    const id = await submit(owner);
    await walkTo(world.db, id, 'CONFIRMING');
    const events = await world.withdrawals.events(owner, id);
    expect(events?.map((event) => event.to)).toEqual([
      'PENDING',
      'VALIDATING',
      'SIGNING',
      'SIGNED',
      'BROADCASTING',
      'BROADCASTED',
      'CONFIRMING',
    ]);
    expect(events?.map((event) => event.from)).toEqual([
      null,
      ...(events ?? []).slice(0, -1).map((event) => event.to),
    ]);
    for (const event of events ?? []) expect([event.actor, event.reason]).not.toContain('');
    const times = events?.map((event) => event.at.getTime()) ?? [];
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });
});

describe('another organisation', () => {
  test('sees nothing of it, whichever function it calls with its ids', async () => {
    const owner = await world.owner({ USDC: '100' });
    const stranger = await world.owner({ USDC: '100' });
    const id = await submit(owner, { reference: 'secret' });
    async function* rows() {
      yield [{ row: 1, request: requestOf() }];
    }
    const input = () => ({ rows: rows(), inputHash: () => Buffer.alloc(32), dryRun: false });
    const bulk = (await world.withdrawals.requestBulk(owner, 'bulk', input())) as { value: { id: string } };
    const before = [await rowsOf(world, owner), await world.withdrawals.listBalances(owner)];

    // Every function of the product: one that is new does not compile until it is tried here.
    const attempts: Record<keyof Withdrawals, () => Promise<unknown>> = {
      request: async () => (await world.withdrawals.request(stranger, 'bulk', requestOf())).replayed,
      quote: async () => {
        const asked = { chain: 'localhost', asset: 'USDC', amount: '1', to: null };
        const { available, limit } = doneValue(await world.withdrawals.quote(callerOf(newUuid()), asked));
        return { available, limit };
      },
      cancel: async () => endOf(await world.withdrawals.cancel(stranger, null, id)),
      get: () => world.withdrawals.get(stranger, id),
      list: async () => {
        const byReference = await list(stranger, { reference: 'secret' });
        const byBulk = await list(stranger, { bulkId: bulk.value.id });
        const byCursor = await list(
          callerOf(newUuid()),
          {},
          10,
          `${'f'.repeat(8)}-ffff-7fff-bfff-${'f'.repeat(12)}`,
        );
        return [...byReference.data, ...byBulk.data, ...byCursor.data];
      },
      events: () => world.withdrawals.events(stranger, id),
      requestBulk: async () =>
        endOf((await world.withdrawals.requestBulk(stranger, 'bulk', input())) as { kind: string }),
      getBulk: () => world.withdrawals.getBulk(stranger, bulk.value.id),
      listBulks: async () => (await world.withdrawals.listBulks(stranger, { limit: 10, after: null })).data,
      bulkRows: async () => {
        const found = [];
        for await (const chunk of world.withdrawals.bulkRows(stranger, bulk.value.id)) found.push(...chunk);
        return found;
      },
      listChains: async () =>
        (await world.withdrawals.listChains(stranger)).some((chain) => chain.network === 'main'),
      listAssets: async () =>
        (await world.withdrawals.listAssets(stranger)).some((asset) => asset.chain === 'polygon'),
      listBalances: () => world.withdrawals.listBalances(callerOf(newUuid())),
    };
    const seen: Record<string, unknown> = {};
    for (const [name, attempt] of Object.entries(attempts)) seen[name] = await attempt();

    expect(seen).toEqual({
      request: false,
      quote: { available: 0n, limit: null },
      cancel: 'withdrawal_not_found',
      get: null,
      list: [],
      events: null,
      // The stranger's own key by now, of another command.
      requestBulk: 'idempotency_key_reused',
      getBulk: null,
      listBulks: [],
      bulkRows: [],
      listChains: false,
      listAssets: false,
      listBalances: [],
    });
    expect([await rowsOf(world, owner), await world.withdrawals.listBalances(owner)]).toEqual(before);
    expect(
      Object.keys(world.withdrawals)
        .filter((name) => name !== 'close')
        .toSorted(),
    ).toEqual(Object.keys(attempts).toSorted());
  });
});

test('what can be withdrawn is told for the network of the key, with what is switched off marked', async () => {
  const owner = await world.owner();
  const chains = await world.withdrawals.listChains(owner);
  expect(chains.map((chain) => [chain.id, chain.enabled])).toEqual(
    expect.arrayContaining([
      ['localhost', true],
      ['polygon-amoy', true],
      ['bsc-testnet', false],
    ]),
  );
  const assets = await world.withdrawals.listAssets(owner);
  const find = (chain: string, code: string) =>
    assets.find((asset) => asset.chain === chain && asset.asset === code);
  expect(find('localhost', 'USDC')).toMatchObject({ decimals: 6, minimum: 1_000n, enabled: true });
  expect(find('localhost', 'EURC')).toMatchObject({ enabled: false });
  expect(find('bsc-testnet', 'BNB')).toMatchObject({ address: null, enabled: false });
  expect(
    (await world.withdrawals.listChains(callerOf(newUuid(), 'live'))).every(
      (chain) => chain.network === 'main',
    ),
  ).toBe(true);
});
