import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../access/access.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { settleMoney } from '../chain-tx/settle-chain-txs.ts';
import {
  createWorld,
  doneValue,
  endChainTx,
  requestOf,
  type World,
  walkTo,
} from '../withdrawal/withdrawal.fixture.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import { createOverviews } from './create-overview.ts';
import { listFill, saveFill, sayGone, sayPresent } from './fleet.store.ts';
import type { Overview } from './overview.ts';
import { readPulseTotals } from './pulse.store.ts';
import { recordPulse } from './record-pulse.ts';

let world: World;
let owner: Caller;
beforeEach(async () => {
  world = await createWorld();
  owner = await world.owner();
  // The count begins here.
  await recordPulse(world);
});
afterEach(() => world.close());

/** As the contract numbers them. */
const PAID = 1;
const REVERTED = 2;

async function settle(chainTxId: string, outcome: number): Promise<void> {
  await endChainTx(world.db, chainTxId, 'EXECUTED', [outcome]);
  const chain = assertPresent((await readCatalogue(world.db)).chains.get('localhost'), 'chain');
  const verdict = { state: 'EXECUTED', outcomes: Buffer.from([outcome]), receipt: null } as const;
  await withTransaction(world.db, (tx) => settleMoney(tx, chain, { id: chainTxId, kind: 'PAYOUT' }, verdict));
}

async function submit(): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

const read = (): Promise<Overview> => createOverviews(world).read();

/** Until everything is counted: another test's open transaction on this server keeps a gap undecided. */
async function countAll(wanted: { submitted: number }): Promise<void> {
  await vi.waitFor(
    async () => {
      while (await recordPulse(world));
      expect((await readPulseTotals(world.db, 3_600)).submitted).toBe(wanted.submitted);
    },
    { timeout: 30_000 },
  );
}

test('each event is counted once, however many processes count', async () => {
  for (let count = 0; count < 5; count++) await submit();
  await Promise.all(Array.from({ length: 4 }, () => recordPulse(world)));
  await countAll({ submitted: 5 });
  await Promise.all(Array.from({ length: 4 }, () => recordPulse(world)));
  const { flow, lastHour } = await read();
  expect(flow.buckets.reduce((sum, { submitted }) => sum + submitted, 0)).toBe(5);
  expect(flow.buckets).toHaveLength(60);
  expect(lastHour).toMatchObject({ submitted: 5, confirmed: 0, successRate: null, latency: null });
});

test('a position that was rolled back holds nobody up, one that is still open is waited for', async () => {
  const id = await submit();
  const step = { from: 'PENDING', to: 'VALIDATING', actor: 'system:test', reason: 'test' } as const;
  await withTransaction(world.db, async (tx) => {
    await advanceByIds(tx, [id], step);
    throw new Error('rolled back');
  }).catch(() => undefined);
  await submit();
  await countAll({ submitted: 2 });
});

test('what is confirmed and what fails is told apart, with how long it took', async () => {
  const [paid, refused] = [await submit(), await submit()];
  for (const [id, outcome] of [
    [paid, PAID],
    [refused, REVERTED],
  ] as const) {
    const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
    await settle(assertPresent(chainTxId, 'chain transaction'), outcome);
  }
  await countAll({ submitted: 2 });
  const { lastHour } = await read();
  expect(lastHour).toMatchObject({ confirmed: 1, failedRecipient: 1, failedOurs: 0, successRate: 0.5 });
  expect(lastHour.latency?.p50).toBeGreaterThanOrEqual(0);
  expect(lastHour.latency?.p99).toBeLessThan(60);
});

test('what waits for longer than the alarm allows is stuck, with its amount', async () => {
  await submit();
  const old = await submit();
  await world.db.connection().execute(async (one) => {
    await sql`SET session_replication_role = replica`.execute(one);
    await sql`UPDATE withdrawal SET created_at = now() - interval '6 minutes' WHERE id = ${old}`.execute(one);
    await sql`SET session_replication_role = DEFAULT`.execute(one);
  });
  const { stages, stuckAfterSeconds } = await read();
  expect(stuckAfterSeconds).toBe(300);
  expect(stages).toMatchObject([
    { state: 'PENDING', asset: 'USDC', count: 2, amount: 2_000_000n, stuck: 1, stuckAmount: 1_000_000n },
  ]);
});

test('a provider is up while one process can use it, and a process that has ended says nothing any more', async () => {
  const provider = {
    chainId: 'localhost',
    provider: 'rpc.example.com',
    breaker: 'closed',
    headNumber: 10n,
    lagBlocks: 0n,
    latencyMs: 12,
    requests: 30,
    failures: 3,
    problem: null,
  } as const;
  const of = (owner: string) => ({ owner, instance: owner, roles: ['monitor'], startedAt: new Date() });
  await sayPresent(world.db, of('one'), [{ ...provider, usable: true }]);
  await sayPresent(world.db, of('two'), [{ ...provider, usable: false, headNumber: 8n, problem: 'timeout' }]);
  await sayPresent(world.db, of('two'), [
    { ...provider, usable: false, headNumber: 8n, problem: 'timeout' },
    { ...provider, provider: 'slow.example.com', usable: true, headNumber: 4n },
  ]);
  expect((await read()).providers).toMatchObject([
    {
      provider: 'rpc.example.com',
      usable: true,
      askedBy: 2,
      usableBy: 1,
      headNumber: 10n,
      requests: 60,
      failures: 6,
      problem: 'timeout',
      lagBlocks: 0n,
    },
    { provider: 'slow.example.com', lagBlocks: 6n },
  ]);
  await sayGone(world.db, 'two');
  const overview = await read();
  expect(overview.providers).toMatchObject([{ provider: 'rpc.example.com', askedBy: 1 }]);
  expect(overview.instances.map(({ instance }) => instance)).toEqual(['one']);
});

test('the last blocks are kept, and our share of one is told once our transactions in it are final', async () => {
  const blocks = Array.from({ length: 50 }, (_, index) => ({
    number: BigInt(100 + index),
    gasUsed: 15_000_000n,
    gasLimit: 30_000_000n,
    at: new Date(Date.now() - 60_000),
  }));
  await saveFill(world.db, 'localhost', blocks);
  const paid = await walkTo(world.db, await submit(), 'CONFIRMING');
  const minedIn = async (number: bigint, change: RawBuilder<unknown>) => {
    await sql`UPDATE chain_tx SET block_number = ${number}, block_hash = '0x00', ${change}
               WHERE id = ${paid.chainTxId}`.execute(world.db);
    return new Map((await listFill(world.db)).map((block) => [block.number, block.ours]));
  };
  for (const state of ['SIGNED', 'BROADCASTING', 'BROADCASTED'])
    await sql`UPDATE chain_tx SET state = ${state} WHERE id = ${paid.chainTxId}`.execute(world.db);
  const open = await minedIn(120n, sql`state = 'MINED'`);
  expect([...open.keys()]).toEqual(blocks.slice(10).map(({ number }) => number));
  expect([open.get(120n), open.get(121n)]).toEqual([null, 0n]);
  const final = await minedIn(
    120n,
    sql`state = 'EXECUTED', outcomes = '\\x01', gas_used = 3000000, final_at = now()`,
  );
  expect(final.get(120n)).toBe(3_000_000n);
});

test('one read of the database answers all who look within a second', async () => {
  const overviews = createOverviews(world);
  const [one, other] = await Promise.all([overviews.read(), overviews.read()]);
  expect(other).toBe(one);
});
