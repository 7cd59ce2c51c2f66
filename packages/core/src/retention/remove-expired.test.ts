import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createWorld, doneValue, requestOf, setLimit, type World } from '../withdrawal/withdrawal.fixture.ts';
import { removeExpired } from './remove-expired.ts';
import { REMOVE_ROWS_PER_STEP } from './retention.limits.ts';

let world: World;
let caller: Caller;
beforeAll(async () => {
  world = await createWorld();
  caller = await world.owner();
});
afterAll(() => world.close());

const remove = (idempotencyKeptDays = 30) =>
  removeExpired({ db: world.db, clock: systemClock }, { idempotencyKeptDays });

test('a key is remembered for its time, and the answer with it; afterwards the key is new', async () => {
  const { id } = doneValue(await world.withdrawals.request(caller, 'order-1', requestOf()));
  await sql`UPDATE idempotency_record SET created_at = now() - interval '29 days' WHERE key = 'order-1'`.execute(
    world.db,
  );
  await remove();
  expect(doneValue(await world.withdrawals.request(caller, 'order-1', requestOf())).id).toBe(id);

  await sql`UPDATE idempotency_record SET created_at = now() - interval '31 days' WHERE key = 'order-1'`.execute(
    world.db,
  );
  expect(await remove()).toMatchObject({ idempotencyRecords: 1 });
  expect(doneValue(await world.withdrawals.request(caller, 'order-1', requestOf())).id).not.toBe(id);
});

test('whatever is configured, a key is remembered for a day', async () => {
  doneValue(await world.withdrawals.request(caller, 'order-2', requestOf()));
  await sql`UPDATE idempotency_record SET created_at = now() - interval '23 hours' WHERE key = 'order-2'`.execute(
    world.db,
  );
  expect(await remove(0)).toMatchObject({ idempotencyRecords: 0 });
});

test('many rows go in steps, and a second run finds nothing to do', async () => {
  await sql`
    INSERT INTO idempotency_record (organisation_id, key, command, input_hash, created_at)
    SELECT ${caller.organisationId}, 'old-' || n, 'test', sha256(''), now() - interval '40 days'
      FROM generate_series(1, ${REMOVE_ROWS_PER_STEP * 2 + 1}) n`.execute(world.db);
  expect(await remove()).toMatchObject({ idempotencyRecords: REMOVE_ROWS_PER_STEP * 2 + 1 });
  expect(await remove()).toMatchObject({ idempotencyRecords: 0 });
});

test('old results of checks and jobs go, the last of each stays; an open alarm stays however old', async () => {
  await sql`
    INSERT INTO invariant_check (invariant, checked_at, duration_ms, ok, finding_count, findings)
    SELECT 'reserves', now() - n * interval '20 days', 1, true, 0, '[]' FROM generate_series(0, 5) n`.execute(
    world.db,
  );
  await sql`
    INSERT INTO invariant_check (invariant, checked_at, duration_ms, ok, finding_count, findings)
    VALUES ('ledger_full', now() - interval '90 days', 1, true, 0, '[]')`.execute(world.db);
  await sql`
    INSERT INTO job_run (id, job, instance, started_at)
    VALUES (${newUuid()}, 'a', 'i', now() - interval '50 days'), (${newUuid()}, 'a', 'i', now()),
           (${newUuid()}, 'b', 'i', now() - interval '50 days')`.execute(world.db);
  await sql`
    INSERT INTO alarm (id, invariant, subject, detail, opened_at, closed_at)
    VALUES (${newUuid()}, 'reserves', 'closed', '', now() - interval '3 years', now() - interval '2 years'),
           (${newUuid()}, 'reserves', 'open', '', now() - interval '3 years', NULL)`.execute(world.db);
  await sql`
    INSERT INTO token_probe (id, chain_id, address, state, requested_by, error, ended_at)
    SELECT gen_random_uuid(), 'localhost', ${`0x${'1'.repeat(40)}`}, 'FAILED', 'me', 'no node', now() - n * interval '60 days'
      FROM generate_series(1, 2) n`.execute(world.db);
  await setLimit(world.db, caller, { perWithdrawalMax: 10n ** 12n, dailyMax: 10n ** 12n });
  await sql`
    INSERT INTO withdrawal_usage (organisation_id, asset_id, day, amount)
    VALUES (${caller.organisationId}, 'localhost:USDC', current_date - 500, 1),
           (${caller.organisationId}, 'localhost:USDC', current_date - 300, 1)`.execute(world.db);
  await sql`
    INSERT INTO screening_result (chain_id, address, source, listed, detail, checked_at, expires_at)
    SELECT 'localhost', 'a' || n, 'LIST', false, '', now() - interval '9 days', now() - n * interval '10 hours'
      FROM generate_series(0, 4) n`.execute(world.db);
  await sql`
    INSERT INTO exchange_rate (base, quote, source, observed_at, rate_e18, detail, recorded_by)
    SELECT base, 'KRW', 'OPERATOR', now() - n * interval '300 days', 1, '', 'me'
      FROM (VALUES ('USDC', 3), ('USDT', 2)) AS pair (base, oldest), generate_series(pair.oldest - 1, pair.oldest) n`.execute(
    world.db,
  );
  expect(await remove()).toEqual({
    idempotencyRecords: 0,
    invariantChecks: 4,
    closedAlarms: 1,
    alertMessages: 0,
    jobRuns: 1,
    tokenProbes: 1,
    withdrawalUsage: 1,
    screeningResults: 2,
    exchangeRates: 2,
    webhookMessages: 0,
    webhookEvents: 0,
    webhookReplays: 0,
    sessions: 0,
    verifications: 0,
    rateCounts: 0,
    locks: 0,
  });
});

test('what is left of sign-ins goes after its time; a session in use and a lock that holds stay', async () => {
  const person = newUuid();
  await sql`INSERT INTO person (id, name, email) VALUES (${person}, 'Kim', 'kim@example.com')`.execute(
    world.db,
  );
  await sql`
    INSERT INTO person_session (id, person_id, token, expires_at)
    SELECT gen_random_uuid(), ${person}, 't' || n, now() + interval '1 hour' - n * interval '20 days'
      FROM generate_series(0, 2) n`.execute(world.db);
  await sql`
    INSERT INTO person_verification (id, identifier, value, expires_at)
    SELECT gen_random_uuid(), 'v' || n, 'x', now() - n * interval '20 hours' FROM generate_series(0, 2) n`.execute(
    world.db,
  );
  await sql`
    INSERT INTO person_rate_limit (id, key, count, last_request)
    SELECT gen_random_uuid(), 'k' || n, 1, (extract(epoch FROM now() - n * interval '20 hours') * 1000)::bigint
      FROM generate_series(0, 2) n`.execute(world.db);
  await sql`
    INSERT INTO person_lock (email, failed_count, last_failed_at, locked_until)
    VALUES ('old@example.com', 3, now() - interval '2 days', NULL),
           ('held@example.com', 9, now() - interval '2 days', now() + interval '1 hour'),
           ('new@example.com', 1, now(), NULL)`.execute(world.db);
  expect(await remove()).toMatchObject({ sessions: 1, verifications: 1, rateCounts: 1, locks: 1 });
  expect(await remove()).toMatchObject({ sessions: 0, verifications: 0, rateCounts: 0, locks: 0 });
});
