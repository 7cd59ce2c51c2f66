import { createHash } from 'node:crypto';
import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import { claimKey, recordRefusals } from './idempotency.store.ts';

export type OnceAnswer =
  | { kind: 'done'; resourceId: string; replayed: boolean }
  | { kind: 'refused'; refusal: Refusal; replayed: boolean };

/**
 * Runs the work of a command that one person gives, once for a key: a repeat is answered as the first call was. `work`
 * gives null when it is done, else why not. Without a key it just runs: for what is harmless to do twice.
 */
export async function runOnce(
  tx: Tx,
  command: {
    organisationId: string;
    key: string | null;
    command: string;
    /** All that decides the effect. */
    input: unknown;
    resourceId: string;
  },
  work: () => Promise<Refusal | null>,
): Promise<OnceAnswer> {
  const { organisationId, key, resourceId } = command;
  if (key !== null) {
    const inputHash = createHash('sha256').update(JSON.stringify(command.input)).digest();
    const claim = await claimKey(tx, {
      organisationId,
      key,
      command: command.command,
      inputHash,
      resourceId,
    });
    if (claim.kind === 'in_flight')
      return { kind: 'refused', refusal: keyRefusals.in_flight, replayed: false };
    if (claim.kind === 'reused') return { kind: 'refused', refusal: keyRefusals.reused, replayed: false };
    if (claim.kind === 'done')
      return claim.refusal === null
        ? { kind: 'done', resourceId: assertPresent(claim.resourceId, 'resource of a key'), replayed: true }
        : { kind: 'refused', refusal: claim.refusal, replayed: true };
  }
  const refusal = await work();
  if (refusal === null) return { kind: 'done', resourceId, replayed: false };
  if (key !== null) await recordRefusals(tx, [{ organisationId, key, refusal }]);
  return { kind: 'refused', refusal, replayed: false };
}

/** What a key itself refuses, whatever the command. */
export const keyRefusals = {
  in_flight: {
    code: 'idempotency_in_flight',
    message: 'The same key is being worked on at this moment. Try again in a second, with the same key.',
    retryable: true,
  },
  reused: {
    code: 'idempotency_key_reused',
    message: 'This idempotency key was used for another request. Use a new key for a new request.',
    retryable: false,
  },
} as const satisfies Record<string, Refusal>;
