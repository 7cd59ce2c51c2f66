import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { listAuditEvents } from '../audit/audit.store.ts';
import { createWorld, doneValue, endOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { applyFindings } from './alarm.store.ts';
import { checkInvariant } from './check-invariants.ts';
import { createReconciliationDesk, type ReconciliationDesk } from './desk.ts';
import { booksInvariants, type Finding, type Invariant } from './invariants.ts';

let world: World;
let caller: Caller;
let desk: ReconciliationDesk;
beforeEach(async () => {
  world = await createWorld();
  caller = await world.owner({});
  desk = createReconciliationDesk(world);
});
afterEach(() => world.close());

const found: Finding = { subject: 'localhost:USDC', detail: 'the ledger has 10, the chain 9, in flight 0' };
const check = (invariant: Invariant, findings: Finding[]) =>
  checkInvariant({ db: world.db, logger: silentLogger }, invariant, async () => ({
    kind: 'checked',
    findings,
  }));
const operation = (reason: string, idempotencyKey: string | null = null) => ({
  caller,
  idempotencyKey,
  reason,
  from: { origin: '10.0.0.1', requestId: 'req_1' },
});
const firstAlarm = async () => (await desk.alarms({}, { limit: 10, after: null })).data[0];
const actions = async () =>
  (await listAuditEvents(world.db, {}, { limit: 10, before: null })).map(({ action }) => action);

test('an alarm is acknowledged once for a key, audited, and stays open; when it comes again it is a new one', async () => {
  await check('chain_balance', [found]);
  const id = (await firstAlarm())?.id ?? '';
  const key = newUuid();
  const [one, again] = [
    await desk.acknowledge(id, operation('a top-up is late', key)),
    await desk.acknowledge(id, operation('a top-up is late', key)),
  ];
  expect([one.replayed, again.replayed]).toEqual([false, true]);
  expect(doneValue(one)).toMatchObject({ closedAt: null, note: 'a top-up is late' });
  expect((await actions()).filter((action) => action === 'alarm.acknowledge')).toHaveLength(1);
  await check('chain_balance', []);
  expect(endOf(await desk.acknowledge(id, operation('late')))).toBe('operation_not_possible');
  await check('chain_balance', [found]);
  const fresh = await firstAlarm();
  expect(fresh?.id).not.toBe(id);
  expect(fresh).toMatchObject({ acknowledgedAt: null, closedAt: null });
  const open = await desk.alarms({ state: 'OPEN' }, { limit: 1, after: null });
  const closed = await desk.alarms({ state: 'CLOSED' }, { limit: 1, after: null });
  expect([open.data[0]?.id, closed.data[0]?.id, open.next]).toEqual([fresh?.id, id, null]);
});

test('an alarm is quiet for some hours and not for ever; one that is unknown is refused', async () => {
  await check('queue', [found]);
  const id = (await firstAlarm())?.id ?? '';
  const snoozed = doneValue(await desk.snooze(id, operation('known'), 10_000));
  const hours = ((snoozed.snoozedUntil?.getTime() ?? 0) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(71);
  expect(hours).toBeLessThanOrEqual(72);
  expect(endOf(await desk.snooze(newUuid(), operation('known'), 1))).toBe('alarm_not_found');
});

test('a day is signed off once, when it is over and every check of the books holds', async () => {
  const { rows } = await sql<{ day: string }>`
    SELECT ((now() AT TIME ZONE 'Asia/Seoul')::date - 1)::text AS day`.execute(world.db);
  const yesterday = rows[0]?.day ?? '';
  const sign = async (day: string) => endOf(await desk.signOff(day, operation('compared with the bank')));
  expect(await sign(yesterday)).toBe('operation_not_possible'); // nothing was checked yet
  for (const invariant of booksInvariants) await check(invariant, []);
  await check('reserves', [found]);
  expect(await sign(yesterday)).toBe('operation_not_possible');
  await check('reserves', []);
  expect(await sign('2999-01-01')).toBe('operation_not_possible');
  expect(await sign(yesterday)).toBe('done');
  expect(await sign(yesterday)).toBe('operation_not_possible');
  const { signOffs, checks } = await desk.read();
  expect(signOffs).toMatchObject([{ day: yesterday, note: 'compared with the bank' }]);
  expect(checks.find(({ invariant }) => invariant === 'reserves')?.runs.map(({ ok }) => ok)).toEqual([
    true,
    false,
    true,
  ]);
  expect(await actions()).toContain('reconciliation_sign_off.insert');
});

test('what is open of one invariant says nothing of another', async () => {
  await withTransaction(world.db, (tx) => applyFindings(tx, 'queue', { findings: [found], unknown: [] }));
  for (const invariant of booksInvariants) await check(invariant, []);
  const { checks } = await desk.read();
  expect(checks.filter(({ open }) => open > 0).map(({ invariant }) => invariant)).toEqual(['queue']);
});
