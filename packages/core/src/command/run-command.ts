import { createHash } from 'node:crypto';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { claimKey, recordRefusals } from './idempotency.store.ts';

export type NamedCommand = {
  organisationId: string;
  idempotencyKey: string;
  /** `change-setting` */
  command: string;
  /** Everything that decides its effect. */
  input: unknown;
};

/**
 * One command of a caller, once: claims its key, does `work` in the same transaction and keeps its refusal, or answers as
 * it was answered before. `work` gets the id of what it makes, and refuses before it has changed anything; `read` finds
 * that again for the answer.
 */
export async function runCommand<T>(
  deps: { db: Database },
  named: NamedCommand,
  steps: {
    work: (tx: Tx, resourceId: string) => Promise<Refusal | null>;
    read: (resourceId: string) => Promise<T | null>;
  },
): Promise<CommandResult<T>> {
  const { organisationId, idempotencyKey: key, command } = named;
  const inputHash = createHash('sha256').update(JSON.stringify(named.input)).digest();
  const ended = await withTransaction(deps.db, async (tx): Promise<CommandResult<{ resourceId: string }>> => {
    const resourceId = newUuid();
    const claim = await claimKey(tx, { organisationId, key, command, inputHash, resourceId });
    switch (claim.kind) {
      case 'reused':
        return refused(
          'idempotency_key_reused',
          'This idempotency key was used for another request. Use a new key for a new request.',
          false,
        );
      case 'in_flight':
        return refused(
          'idempotency_in_flight',
          'The same key is being worked on at this moment. Try again in a second, with the same key.',
          true,
        );
      case 'done':
        if (claim.refusal !== null) return { kind: 'refused', refusal: claim.refusal, replayed: true };
        return {
          kind: 'done',
          value: { resourceId: assertPresent(claim.resourceId, 'resource of a key') },
          replayed: true,
        };
      case 'new': {
        const refusal = await steps.work(tx, resourceId);
        if (refusal === null) return { kind: 'done', value: { resourceId }, replayed: false };
        await recordRefusals(tx, [{ organisationId, key, refusal }]);
        return { kind: 'refused', refusal, replayed: false };
      }
    }
  });
  if (ended.kind === 'refused') return ended;
  const value = assertPresent(await steps.read(ended.value.resourceId), `what ${command} has made`);
  return { kind: 'done', value, replayed: ended.replayed };
}

function refused(
  code: Refusal['code'],
  message: string,
  retryable: boolean,
): { kind: 'refused'; refusal: Refusal; replayed: false } {
  return { kind: 'refused', replayed: false, refusal: { code, message, retryable } };
}
