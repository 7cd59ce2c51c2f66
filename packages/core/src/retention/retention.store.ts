import type { Queryable } from '@naru/db/database.ts';
import { type RawBuilder, sql } from 'kysely';

/** One step of a removal; returns how many rows it removed. */
export type RemovalStep = (db: Queryable, limit: number) => Promise<number>;

async function count(db: Queryable, statement: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await statement.execute(db);
  return Number(numAffectedRows ?? 0n);
}

export const removeIdempotencyRecords =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM idempotency_record WHERE (organisation_id, key) IN (
            SELECT organisation_id, key FROM idempotency_record WHERE created_at < ${before} LIMIT ${limit})`,
    );

/** All but the last look at each invariant, so that what is checked seldom keeps one. */
export const removeChecks =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM invariant_check WHERE id IN (
            SELECT id FROM invariant_check c WHERE checked_at < ${before}
               AND EXISTS (SELECT 1 FROM invariant_check d
                            WHERE d.invariant = c.invariant AND d.checked_at > c.checked_at) LIMIT ${limit})`,
    );

export const removeClosedAlarms =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM alarm WHERE id IN (SELECT id FROM alarm WHERE closed_at < ${before} LIMIT ${limit})`,
    );

/** What has ended; what it told of goes with its alarm. */
export const removeAlertMessages =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM alert_message WHERE id IN (
            SELECT id FROM alert_message m WHERE ended_at < ${before}
               AND NOT EXISTS (SELECT 1 FROM alert_notice n WHERE n.message_id = m.id) LIMIT ${limit})`,
    );

export const removeJobRuns =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM job_run WHERE id IN (
            SELECT id FROM job_run r WHERE started_at < ${before}
               AND EXISTS (SELECT 1 FROM job_run d WHERE d.job = r.job AND d.started_at > r.started_at) LIMIT ${limit})`,
    );

export const removeTokenProbes =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM token_probe WHERE id IN (
            SELECT id FROM token_probe WHERE ended_at < ${before} LIMIT ${limit})`,
    );

/** What is expired is asked again before it is believed. */
export const removeScreeningResults =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM screening_result WHERE (chain_id, address, source) IN (
            SELECT chain_id, address, source FROM screening_result WHERE expires_at < ${before} LIMIT ${limit})`,
    );

/** Decisions keep the rates that they were made with. The newest of a source stays, however old. */
export const removeExchangeRates =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM exchange_rate WHERE (base, quote, source, observed_at) IN (
            SELECT base, quote, source, observed_at FROM exchange_rate r
             WHERE observed_at < ${before}
               AND EXISTS (SELECT FROM exchange_rate n WHERE (n.base, n.quote, n.source) = (r.base, r.quote, r.source)
                              AND n.observed_at > r.observed_at)
             LIMIT ${limit})`,
    );

/** Tries go with their messages. What an endpoint in use still waits for stays. */
export const removeWebhookMessages =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM webhook_message WHERE id IN (
            SELECT m.id FROM webhook_message m JOIN webhook_endpoint p ON p.id = m.endpoint_id
             WHERE m.created_at < ${before} AND (m.state <> 'PENDING' OR p.state <> 'ACTIVE') LIMIT ${limit})`,
    );

export const removeWebhookEvents =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM webhook_event WHERE id IN (
            SELECT e.id FROM webhook_event e WHERE e.at < ${before}
               AND NOT EXISTS (SELECT 1 FROM webhook_message m WHERE m.event_id = e.id) LIMIT ${limit})`,
    );

export const removeWebhookReplays =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM webhook_replay WHERE id IN (
            SELECT id FROM webhook_replay WHERE ended_at < ${before} LIMIT ${limit})`,
    );

/** `before`: a day in Asia/Seoul, as days of usage are. */
export const removeUsage =
  (daysKept: number): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM withdrawal_usage WHERE (organisation_id, asset_id, day) IN (
            SELECT organisation_id, asset_id, day FROM withdrawal_usage
             WHERE day < (now() AT TIME ZONE 'Asia/Seoul')::date - ${daysKept}::integer LIMIT ${limit})`,
    );

export const removeSessions =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM person_session WHERE id IN (
            SELECT id FROM person_session WHERE expires_at < ${before} LIMIT ${limit})`,
    );

export const removeVerifications =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM person_verification WHERE id IN (
            SELECT id FROM person_verification WHERE expires_at < ${before} LIMIT ${limit})`,
    );

/** `last_request` counts milliseconds since 1970. */
export const removeRateCounts =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM person_rate_limit WHERE id IN (
            SELECT id FROM person_rate_limit WHERE last_request < ${before.getTime()}::bigint LIMIT ${limit})`,
    );

/** A lock that still holds stays, however long it holds. */
export const removeLocks =
  (before: Date): RemovalStep =>
  (db, limit) =>
    count(
      db,
      sql`DELETE FROM person_lock WHERE email IN (
            SELECT email FROM person_lock
             WHERE last_failed_at < ${before} AND (locked_until IS NULL OR locked_until < ${before}) LIMIT ${limit})`,
    );
