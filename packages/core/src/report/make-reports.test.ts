import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { listAuditEvents } from '../audit/audit.store.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { confirmItems } from '../withdrawal/settlement.store.ts';
import {
  chargeFee,
  createWorld,
  doneValue,
  endChainTx,
  endOf,
  problemsOf,
  requestOf,
  type World,
  walkTo,
} from '../withdrawal/withdrawal.fixture.ts';
import { resolveHolds } from '../withdrawal-fee/fee-hold.ts';
import { makeReports } from './make-reports.ts';
import { createReportDesk, type ReportDesk } from './report-desk.ts';

/** Monday and Tuesday in Korea; the month changes nowhere near. */
const BEFORE_MIDNIGHT = new Date('2026-03-02T23:59:50+09:00');
const AFTER_MIDNIGHT = new Date('2026-03-03T00:00:10+09:00');

let world: World;
let caller: Caller;
let desk: ReportDesk;

const clockAt = (text: string) => ({ now: () => new Date(text), monotonicMs: () => 0 });
const makeAt = (text: string) => makeReports({ db: world.db, clock: clockAt(text) });
const day = (date: string) => desk.get({ period: 'daily', day: date });

async function submit(key: string): Promise<string> {
  return doneValue(await world.withdrawals.request(caller, key, requestOf({ amount: '10' }))).id;
}

async function confirm(id: string): Promise<void> {
  const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
  const outcomes = Buffer.from([1]);
  await endChainTx(world.db, chainTxId ?? '', 'EXECUTED', [...outcomes]);
  await withTransaction(world.db, async (tx) => {
    const settled = { chainTxId: chainTxId ?? '', outcomes, actor: 'system:monitor' };
    await postTransfersOrFail(tx, resolveHolds('POST', await confirmItems(tx, settled, [1])));
  });
}

/** Everything that happened since the last time happened at this moment. */
async function wasAt(at: Date): Promise<void> {
  await withTransaction(world.db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    const lately = sql`now() - interval '1 hour'`;
    await sql`UPDATE withdrawal_event SET at = ${at} WHERE at > ${lately}`.execute(tx);
    await sql`UPDATE ledger_transfer SET created_at = ${at} WHERE created_at > ${lately}`.execute(tx);
    await sql`UPDATE ledger_account SET created_at = ${at} WHERE created_at > ${lately}`.execute(tx);
  });
}

let ids: string[];
beforeAll(async () => {
  world = await createWorld();
  desk = createReportDesk(world);
  await chargeFee(world.db, { flat: 500_000n });
  caller = await world.owner({ USDC: '1000' });
  ids = [await submit('one'), await submit('two'), await submit('three')];
  await confirm(ids[0] ?? '');
  await wasAt(BEFORE_MIDNIGHT);
  ids.push(await submit('four'));
  await confirm(ids[1] ?? '');
  doneValue(await world.withdrawals.cancel(caller, 'cancel three', ids[2] ?? ''));
  await wasAt(AFTER_MIDNIGHT);
});
afterAll(() => world.close());

test('a day is not closed before it is over and what began in it has ended; meanwhile it has a draft', async () => {
  expect(await makeAt('2026-03-02T23:59:59+09:00')).toMatchObject({
    finals: [],
    drafts: ['daily 2026-03-02', 'weekly 2026-03-02', 'monthly 2026-03-01'],
  });
  expect(await day('2026-03-02')).toMatchObject({ version: 0, ties: true, versions: [] });
  expect(await makeAt('2026-03-03T00:01:00+09:00')).toMatchObject({ finals: [], waits: '2026-03-02' });
});

test('each side of midnight in Korea is its own day, and ledger and log tie across it', async () => {
  expect((await makeAt('2026-03-04T00:10:00+09:00')).finals).toEqual([
    'daily 2026-03-02',
    'daily 2026-03-03',
  ]);
  const [monday, tuesday] = [await day('2026-03-02'), await day('2026-03-03')];
  expect(monday?.body).toMatchObject({ from: '2026-03-01T15:00:00.000Z', to: '2026-03-02T15:00:00.000Z' });
  expect(monday?.body.totals).toMatchObject({ submitted: 3, confirmed: 1, canceled: 0, successRate: 1 });
  expect(monday?.body.assets).toMatchObject([
    {
      code: 'USDC',
      openBefore: { count: 0, amount: '0' },
      submitted: { count: 3, amount: '30000000' },
      confirmed: { count: 1, amount: '10000000' },
      openAfter: { count: 2, amount: '20000000' },
      fees: '500000',
      ties: true,
    },
  ]);
  expect(tuesday?.body.totals).toMatchObject({ submitted: 1, confirmed: 1, canceled: 1 });
  expect(tuesday?.body.assets[0]).toMatchObject({
    openBefore: { count: 2, amount: '20000000' },
    openAfter: { count: 1, amount: '10000000' },
  });
  const customers = (report: typeof monday) =>
    report?.body.ledger.find(({ holder }) => holder === 'CUSTOMER');
  expect(customers(monday)).toMatchObject({
    opening: '0',
    in: '1000000000',
    out: '10500000',
    closing: '989500000',
    ties: true,
  });
  expect(customers(tuesday)).toMatchObject({ opening: '989500000', out: '10500000', closing: '979000000' });
  expect(monday?.body.slots.map(({ submitted }) => submitted)).toEqual([...new Array(23).fill(0), 3]);
  expect(tuesday?.body.slots[0]).toMatchObject({ submitted: 1, confirmed: 1, canceled: 1 });
  expect([monday?.ties, tuesday?.ties, await problemsOf(world.db)]).toEqual([true, true, []]);
});

test('a day is computed once, and a final report never changes', async () => {
  expect((await makeAt('2026-03-04T00:20:00+09:00')).finals).toEqual([]);
  const change = sql`UPDATE report SET ties = false WHERE period = 'daily' AND version > 0`.execute(world.db);
  await expect(change).rejects.toThrow(/immutable/);
});

test('a week is the sum of its days, and final once they all are', async () => {
  const made = await makeAt('2026-03-09T00:10:00+09:00');
  expect(made.finals).toContain('weekly 2026-03-02');
  const week = await desk.get({ period: 'weekly', day: '2026-03-02' });
  expect(week).toMatchObject({ version: 1, ties: true });
  expect(week?.body.slots).toHaveLength(7);
  expect(week?.body.totals).toMatchObject({ submitted: 4, confirmed: 2, canceled: 1 });
  expect(week?.body.ledger.find(({ holder }) => holder === 'FEE')).toMatchObject({
    opening: '0',
    closing: '1000000',
  });
  expect(made.drafts).toContain('monthly 2026-03-01');
});

test('computed again, it is a new version with a reason, and the week follows; the one before stays', async () => {
  const operation = (key: string) => ({
    caller,
    idempotencyKey: key,
    reason: 'the auditor asks',
    from: { origin: null, requestId: null },
  });
  const name = { period: 'daily', day: '2026-03-03' } as const;
  const key = newUuid();
  expect(doneValue(await desk.rerun(name, operation(key))).rerun).toMatchObject({
    reason: 'the auditor asks',
  });
  expect((await desk.rerun(name, operation(key))).replayed).toBe(true);
  expect(endOf(await desk.rerun(name, operation(newUuid())))).toBe('operation_not_possible');
  expect(endOf(await desk.rerun({ period: 'daily', day: '1999-01-01' }, operation(newUuid())))).toBe(
    'report_not_found',
  );
  expect((await makeAt('2026-03-09T00:11:00+09:00')).reruns).toEqual([
    'daily 2026-03-03',
    'weekly 2026-03-02',
  ]);
  expect(await day('2026-03-03')).toMatchObject({
    version: 2,
    rerun: null,
    versions: [
      { version: 2, reason: 'the auditor asks', madeFor: `api_key:${caller.apiKeyId}` },
      { version: 1 },
    ],
  });
  expect(await desk.get({ ...name, version: 1 })).toMatchObject({ version: 1 });
  const actions = (await listAuditEvents(world.db, {}, { limit: 50, before: null })).map(
    ({ action }) => action,
  );
  expect(actions).toContain('report_rerun.insert');
  expect(actions.filter((action) => action === 'report.final').length).toBeGreaterThan(8);
});

test('the list has the newest version of each, newest period first, a page at a time', async () => {
  const one = await desk.list('daily', { limit: 2, before: null });
  expect(one.data.map(({ day }) => day)).toEqual(['2026-03-09', '2026-03-08']);
  const rest = await desk.list('daily', { limit: 20, before: one.next });
  expect(rest.data.map(({ day, version }) => [day, version])).toContainEqual(['2026-03-03', 2]);
});

test('books that were changed behind the ledger do not tie, and the report says which and by how much', async () => {
  await withTransaction(world.db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE ledger_account SET credits_posted = credits_posted + 5 WHERE kind = 'CUSTOMER'`.execute(
      tx,
    );
  });
  await makeAt('2026-03-10T00:10:00+09:00');
  const report = await day('2026-03-09');
  expect(report?.ties).toBe(false);
  expect(report?.body.mismatches).toContainEqual({
    kind: 'ledger',
    subject: 'CUSTOMER localhost:USDC',
    expected: '979000000',
    found: '979000005',
  });
  expect(report?.body.mismatches.map(({ kind }) => kind)).toContain('zero_sum');
});
