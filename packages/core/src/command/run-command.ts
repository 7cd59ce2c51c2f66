import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { runOnce } from './run-once.ts';

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
  const { organisationId, idempotencyKey: key, command, input } = named;
  const ended = await withTransaction(deps.db, (tx) => {
    const resourceId = newUuid();
    return runOnce(tx, { organisationId, key, command, input, resourceId }, () => steps.work(tx, resourceId));
  });
  if (ended.kind === 'refused') return ended;
  const value = assertPresent(await steps.read(ended.resourceId), `what ${command} has made`);
  return { kind: 'done', value, replayed: ended.replayed };
}
