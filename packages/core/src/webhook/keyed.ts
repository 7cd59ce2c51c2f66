import { createHash } from 'node:crypto';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { claimKey, forgetKey } from '../command/idempotency.store.ts';
import { keyRefusals } from '../command/run-once.ts';
import { refuse, type WebhookResult } from './webhook.errors.ts';

/** Where a call came from, for the audit log. */
export type Origin = { origin: string | null; requestId: string | null };

export type KeyedCommand = {
  name: string;
  /** Null: the command is idempotent by itself. */
  key: string | null;
  /** Everything that decides the effect. */
  input: unknown;
  /** What the command makes, if it does it now. */
  resourceId: string;
};

/**
 * One command in one transaction: its key, its effect and its record in the audit log. A refusal is not kept under the
 * key: it wrote nothing, and what stood in its way can be put right. `resourceId` of a repeat is that of the first time.
 */
export async function runKeyed<T>(
  deps: { db: Database },
  caller: Caller,
  command: KeyedCommand,
  from: Origin,
  work: (tx: Tx) => Promise<WebhookResult<T>>,
): Promise<WebhookResult<T> | { kind: 'again'; resourceId: string }> {
  const { organisationId } = caller;
  const { name, key, resourceId } = command;
  const inputHash = createHash('sha256').update(JSON.stringify(command.input)).digest();
  return await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: null, ...from });
    if (key === null) return await work(tx);
    const claim = await claimKey(tx, { organisationId, key, command: name, inputHash, resourceId });
    switch (claim.kind) {
      case 'reused':
      case 'in_flight': {
        const { code, message } = keyRefusals[claim.kind];
        return refuse(code, message);
      }
      case 'done':
        return { kind: 'again', resourceId: assertPresent(claim.resourceId, 'resource of a key') };
      case 'new': {
        const result = await work(tx);
        if (result.kind === 'refused') await forgetKey(tx, { organisationId, key });
        return result;
      }
    }
  });
}
