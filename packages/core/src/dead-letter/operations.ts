import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { runOnce } from '../command/run-once.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { Withdrawal } from '../withdrawal/withdrawal.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { type DeadLetterFilter, listDeadLetters, readDeadLetter, readNotes } from './dead-letter.reader.ts';
import { closeLetter, insertNote } from './dead-letter.store.ts';
import type { DeadLetter, Note } from './dead-letter.ts';
import { notFound, type Operation, operate } from './operate.ts';
import { lockSubject } from './operation.store.ts';
import { retryWithdrawal } from './retry-withdrawal.ts';

/** What operators of the installation may ask for, on withdrawals of any organisation. */
export type Operations = {
  list(
    filter: DeadLetterFilter,
    page: { limit: number; after: string | null },
  ): Promise<{ data: DeadLetter[]; next: string | null }>;
  get(id: string): Promise<DeadLetter | null>;
  close(id: string, operation: Operation): Promise<CommandResult<DeadLetter>>;
  /** `reason` is the note. */
  noteLetter(id: string, operation: Operation): Promise<CommandResult<DeadLetter>>;
  noteWithdrawal(id: string, operation: Operation): Promise<CommandResult<readonly Note[]>>;
  retry(
    withdrawalId: string,
    operation: Operation,
    options: { acceptDuplicate?: boolean },
  ): Promise<CommandResult<Withdrawal>>;
  bump(withdrawalId: string, operation: Operation): Promise<CommandResult<Withdrawal>>;
  release(
    withdrawalId: string,
    operation: Operation,
    options: { wholeBatch?: boolean },
  ): Promise<CommandResult<Withdrawal>>;
};

export function createOperations(deps: { db: Database }): Operations {
  const { db } = deps;

  /** Something written down about a letter, once for a key. */
  async function onLetter(
    verb: 'close' | 'note',
    id: string,
    { caller, idempotencyKey, reason, from }: Operation,
  ): Promise<CommandResult<DeadLetter>> {
    const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
    const answer = await withTransaction(db, async (tx) => {
      await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason, ...from });
      const { organisationId } = caller;
      const command = `${verb}-dead-letter`;
      const input = [id, reason];
      return await runOnce(
        tx,
        { organisationId, key: idempotencyKey, command, input, resourceId: id },
        async () => {
          const found = await readDeadLetter(tx, id);
          if (found === null) return letterNotFound;
          if (verb === 'note') {
            await insertNote(tx, { kind: 'DEAD_LETTER', subjectId: id, author: actor, text: reason });
            return null;
          }
          if (!(await closeLetter(tx, id, { actor, reason }))) return alreadyClosed(found);
          const after = { cause: found.cause, subject: found.subject };
          await recordAudit(tx, { action: 'dead_letter.close', subject: `dead_letter ${id}`, after });
          return null;
        },
      );
    });
    if (answer.kind === 'refused') return answer;
    const value = assertPresent(await readDeadLetter(db, id), `dead letter ${id}`);
    return { kind: 'done', value, replayed: answer.replayed };
  }

  async function noteWithdrawal(
    id: string,
    { caller, idempotencyKey, reason, from }: Operation,
  ): Promise<CommandResult<readonly Note[]>> {
    const author = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
    const answer = await withTransaction(db, async (tx) => {
      await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason, ...from });
      const { organisationId } = caller;
      const command = 'note-withdrawal';
      const input = [id, reason];
      return await runOnce(
        tx,
        { organisationId, key: idempotencyKey, command, input, resourceId: id },
        async () => {
          if ((await lockSubject(tx, id)) === null) return notFound;
          await insertNote(tx, { kind: 'WITHDRAWAL', subjectId: id, author, text: reason });
          return null;
        },
      );
    });
    if (answer.kind === 'refused') return answer;
    const notes = (await readNotes(db, [id])).get(id) ?? [];
    return { kind: 'done', value: notes, replayed: answer.replayed };
  }

  return {
    list: (filter, page) => listDeadLetters(db, filter, page),
    get: (id) => readDeadLetter(db, id),
    close: (id, operation) => onLetter('close', id, operation),
    noteLetter: (id, operation) => onLetter('note', id, operation),
    noteWithdrawal,
    retry: (withdrawalId, operation, options) => retryWithdrawal(deps, withdrawalId, operation, options),
    bump: (withdrawalId, operation) => operate(deps, 'bump', withdrawalId, operation),
    release: (withdrawalId, operation, options) => operate(deps, 'release', withdrawalId, operation, options),
  };
}

const letterNotFound: Refusal = {
  code: 'dead_letter_not_found',
  message: 'There is no such dead letter.',
  retryable: false,
};

function alreadyClosed({ closedBy, closeReason }: DeadLetter): Refusal {
  return {
    code: 'operation_not_possible',
    message: `It was closed already by ${closedBy}: ${closeReason}`,
    retryable: false,
  };
}
