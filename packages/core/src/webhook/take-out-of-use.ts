import { type Database, withTransaction } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { appendEvents, nextSequence } from '../event/organisation-event.store.ts';
import { outOfUseEvent } from './new-event.ts';
import { lockEndpoint, moveEndpoint, readTargets } from './webhook-endpoint.store.ts';
import { lockCursor } from './webhook-event.store.ts';

/**
 * Pauses an endpoint that fails, or disables one that said that it is gone: by the machinery, so with its name in the
 * audit log, and told to the organisation's other endpoints. What waits stays. One that is not in use is left alone.
 */
export async function takeOutOfUse(
  deps: { db: Database; logger: Logger },
  endpointId: string,
  step: { to: 'PAUSED' | 'DISABLED'; reason: 'failing' | 'gone' },
): Promise<void> {
  const target = (await readTargets(deps.db, [endpointId])).get(endpointId);
  if (target === undefined) return;
  const { organisationId, url } = target;
  const isMoved = await withTransaction(deps.db, async (tx) => {
    const position = await lockCursor(tx);
    const endpoint = await lockEndpoint(tx, organisationId, endpointId);
    if (endpoint?.state !== 'ACTIVE') return false;
    const reason =
      step.reason === 'gone' ? 'it answered 410 Gone' : 'every try has failed for as long as is waited for';
    await setAuditContext(tx, { actor: 'system:webhooks', origin: null, requestId: null, reason });
    await moveEndpoint(tx, endpointId, { from: 'ACTIVE', ...step, position });
    const became = { state: step.to, reason: step.reason };
    const sequence = await nextSequence(tx, endpointId);
    await appendEvents(tx, [outOfUseEvent({ id: endpointId, organisationId, url }, became, sequence)]);
    return true;
  });
  if (isMoved)
    deps.logger.warn(
      { webhookEndpointId: toPublicId('webhookEndpoint', endpointId), ...step },
      'a webhook endpoint was taken out of use',
    );
}
