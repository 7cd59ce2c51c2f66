import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { Caller } from '../access/access.ts';
import { recordAudit } from '../audit/audit.store.ts';
import { type ChangeDeps, notSetUp } from './change-endpoint.ts';
import { type Origin, runKeyed } from './keyed.ts';
import { newWebhookSecret } from './secret-box.ts';
import { endpointNotFound, type WebhookResult } from './webhook.errors.ts';
import { SECRETS_MAX } from './webhook.limits.ts';
import type { SecretInfo } from './webhook.ts';
import {
  insertSecret,
  lockEndpoint,
  readSecret,
  readSecrets,
  retireSecrets,
  trimSecrets,
} from './webhook-endpoint.store.ts';

export type Rotated = { secret: Secret | null; secrets: SecretInfo[] };

/** Gives an endpoint a new secret. Requests are signed with the ones before, too, until the overlap is over. */
export async function rotateSecret(
  deps: ChangeDeps,
  caller: Caller,
  key: string,
  target: { endpointId: string; overlapMs: number },
  from: Origin,
): Promise<WebhookResult<Rotated>> {
  const { secretBox } = deps;
  if (secretBox === null) return notSetUp();
  const { endpointId, overlapMs } = target;
  const id = newUuid();
  const command = { name: 'rotate-webhook-secret', key, input: target, resourceId: id };
  const made = await runKeyed<null>(deps, caller, command, from, async (tx) => {
    if ((await lockEndpoint(tx, caller.organisationId, endpointId)) === null) return endpointNotFound();
    await retireSecrets(tx, endpointId, overlapMs);
    await insertSecret(tx, { id, endpointId, sealed: secretBox.seal(endpointId, newWebhookSecret()) });
    await trimSecrets(tx, endpointId, SECRETS_MAX);
    await recordAudit(tx, {
      action: 'webhook_endpoint.rotate_secret',
      subject: `webhook_endpoint ${endpointId}`,
      after: { overlapMs: String(overlapMs) },
    });
    return { kind: 'done', value: null, replayed: false };
  });
  if (made.kind === 'refused') return made;
  const sealed = await readSecret(deps.db, made.kind === 'again' ? made.resourceId : id);
  const valid = (await readSecrets(deps.db, [endpointId])).get(endpointId) ?? [];
  assertPresent(valid[0], `secret of ${endpointId}`);
  const secrets = valid.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt }));
  const secret = sealed === null ? null : secretBox.open(endpointId, sealed);
  return { kind: 'done', value: { secret, secrets }, replayed: made.kind === 'again' };
}
