import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createHistoryWorld, submit } from '../audit/history.fixture.ts';
import { listAlarms } from '../reconciliation/alarm.store.ts';
import { checkInvariant } from '../reconciliation/check-invariants.ts';
import type { World } from '../withdrawal/withdrawal.fixture.ts';
import {
  checkAlertDelivery,
  checkDeadLetters,
  checkFailureRate,
  checkQueue,
  checkResources,
} from './check-load.ts';
import { sampleFinished } from './load.store.ts';

let world: World & { caller: Caller };
beforeEach(async () => {
  world = await createHistoryWorld();
});
afterEach(() => world.close());

const subjects = ({ findings }: { findings: { subject: string; severity?: string }[] }) =>
  findings.map(({ subject, severity }) => `${severity} ${subject}`);

test('a queue is trouble when somebody waits for long in it, and an alarm has its severity', async () => {
  await submit(world, 3);
  await world.db.connection().execute(async (one) => {
    await sql`SET session_replication_role = replica`.execute(one);
    await sql`
      INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, created_at)
      SELECT gen_random_uuid(), organisation_id, chain_id, asset_id, to_address, amount, priority, now()
        FROM (SELECT * FROM withdrawal LIMIT 1) w, generate_series(1, 998)`.execute(one);
    expect(subjects(await checkQueue(world.db))).toEqual([]); // a long file that has just come
    await sql`UPDATE withdrawal SET created_at = now() - interval '6 minutes'
               WHERE id = (SELECT id FROM withdrawal LIMIT 1)`.execute(one);
    await sql`SET session_replication_role = DEFAULT`.execute(one);
  });
  const outcome = await checkInvariant({ db: world.db, logger: silentLogger }, 'queue', () =>
    checkQueue(world.db),
  );
  expect(outcome).toMatchObject({ ok: false, findings: 2 });
  const alarms = await listAlarms(world.db, { onlyOpen: true, limit: 10 });
  expect(alarms.map(({ severity, subject }) => `${severity} ${subject}`).sort()).toEqual([
    'CRITICAL withdrawals: above 1,000',
    'WARNING withdrawals: above 500',
  ]);
  expect(alarms[0]?.detail).toMatch(
    /^1,001 withdrawals are accepted and have no nonce; the oldest waits for 6 minutes$/,
  );
});

test('the rate of failures counts each end once, and only ours as failures', async () => {
  await sampleFinished(world.db);
  expect(subjects(await checkFailureRate(world.db))).toEqual([]);
  const end = (n: number, to: string, from: string, code: string | null) =>
    world.db.connection().execute(async (one) => {
      await sql`SET session_replication_role = replica`.execute(one);
      await sql`
        WITH made AS (
          INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, created_at, state,
                                  failure_code, confirmed_at, chain_tx_id, chain_tx_position)
          SELECT gen_random_uuid(), organisation_id, chain_id, asset_id, to_address, amount, priority, now(), ${to}::text,
                 ${code}::text, CASE WHEN ${to} = 'CONFIRMED' THEN now() END, gen_random_uuid(), 0
            FROM (SELECT * FROM withdrawal LIMIT 1) w, generate_series(1, ${n}::integer) RETURNING id)
        INSERT INTO withdrawal_event (withdrawal_id, version, from_state, to_state, actor, reason)
        SELECT id, 1, ${from}, ${to}, 'test', 'test' FROM made`.execute(one);
      await sql`SET session_replication_role = DEFAULT`.execute(one);
    });
  await submit(world, 1);
  await end(85, 'CONFIRMED', 'CONFIRMING', null);
  await end(10, 'FAILED', 'CONFIRMING', 'transfer_rejected');
  await end(5, 'FAILED', 'CONFIRMING', 'attempts_exhausted');
  await end(40, 'FAILED', 'REVIEW', 'refused');
  expect(subjects(await checkFailureRate(world.db))).toEqual([]); // 5 of 100
  await end(7, 'FAILED', 'CONFIRMING', 'attempts_exhausted');
  expect(await checkFailureRate(world.db)).toMatchObject({
    findings: [
      { subject: 'failed: above 5 %', detail: 'of 107 that ended in 15 minutes, 12 could not be paid' },
      { subject: 'failed: above 10 %' },
    ],
  });
  expect(await checkFailureRate(world.db)).toMatchObject({ findings: [{}, {}] });
});

test('resources, dead letters and channels say what they are about', async () => {
  const used = { memory: 0.95, cpu: 0.5, database_connections: 0.71 };
  expect(subjects(checkResources(used))).toEqual([
    'WARNING memory: above 70 %',
    'CRITICAL memory: above 90 %',
    'WARNING database connections: above 70 %',
  ]);
  await sql`
    WITH c AS (INSERT INTO alert_channel (id, name, kind, targets, severity_min)
               VALUES (gen_random_uuid(), 'team', 'EMAIL', '{a@example.com}', 'WARNING') RETURNING id)
    INSERT INTO alert_message (id, channel_id, content, state, created_at, ended_at, last_error)
    SELECT gen_random_uuid(), c.id, '{"kind":"TEST","by":"x"}', s.state, now() - interval '11 minutes', s.ended, s.error
      FROM c, (SELECT 'GIVEN_UP' AS state, now() AS ended, NULL AS error FROM generate_series(1, 51)
               UNION ALL VALUES ('PENDING', NULL::timestamptz, '451 later')) s`.execute(world.db);
  expect(await checkDeadLetters(world.db)).toMatchObject({
    findings: [{ subject: 'dead letters: above 50', detail: 'given up: 51 messages about alarms' }],
  });
  expect(await checkAlertDelivery(world.db)).toMatchObject({
    findings: [{ subject: 'team', detail: '1 messages wait, the oldest for 11 minutes: 451 later' }],
  });
});
