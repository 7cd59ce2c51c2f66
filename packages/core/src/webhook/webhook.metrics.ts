import type { Queryable } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { EndpointState } from './webhook.machine.ts';

export type WebhookFigures = {
  /** Messages that are not at their end, of endpoints in use. */
  pending: number;
  /** Since when the oldest of them has waited for its first try. */
  oldestUntriedSeconds: number;
  /** Positions of the log that were not handed on. */
  lag: number;
  endpoints: { state: EndpointState; count: number }[];
};

export async function readWebhookFigures(db: Queryable): Promise<WebhookFigures> {
  const { rows } = await sql<Omit<WebhookFigures, 'endpoints'>>`
    SELECT (SELECT count(*)::float8 FROM webhook_message m JOIN webhook_endpoint p ON p.id = m.endpoint_id
             WHERE m.state = 'PENDING' AND p.state = 'ACTIVE') AS pending,
           (SELECT coalesce(extract(epoch FROM now() - min(m.created_at)), 0)::float8
              FROM webhook_message m JOIN webhook_endpoint p ON p.id = m.endpoint_id
             WHERE m.state = 'PENDING' AND m.attempt_count = 0 AND p.state = 'ACTIVE') AS "oldestUntriedSeconds",
           (SELECT coalesce(greatest(0, (SELECT greatest((SELECT max(position) FROM withdrawal_event),
                                                          (SELECT max(position) FROM organisation_event), 0))
                     - greatest(c.position, (SELECT min(from_position) FROM webhook_endpoint WHERE state = 'ACTIVE'))), 0)
                     * (SELECT count(*) FROM (SELECT 1 FROM webhook_endpoint WHERE state = 'ACTIVE' LIMIT 1) x)
              FROM webhook_cursor c)::float8 AS lag`.execute(db);
  const { rows: endpoints } = await sql<{ state: EndpointState; count: number }>`
    SELECT state, count(*)::integer AS count FROM webhook_endpoint WHERE state <> 'DELETED' GROUP BY state`.execute(
    db,
  );
  return { ...assertPresent(rows[0], 'webhook figures'), endpoints };
}
