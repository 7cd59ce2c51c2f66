import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Refusal, WithdrawalErrorCode } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { runOnce } from './run-once.ts';

/** A command as its caller named it; `input` is everything that decides its effect, as JSON can tell it. */
export type KeyedCommand = {
  organisationId: string;
  key: string;
  command: string;
  input: readonly unknown[];
  audit: AuditContext;
  /** What it changes; of what it makes the new id. */
  resourceId?: string;
};

/** What a use case throws to refuse: nothing of its transaction stays, and the same call is refused the same way. */
export class Refused extends CodedError<WithdrawalErrorCode> {
  toRefusal(): Refusal {
    const errors = this.details['errors'] as Refusal['errors'];
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(errors === undefined ? {} : { errors }),
    };
  }
}

/**
 * Does a command once: key, effect, audit and answer in one transaction. `work` gets the id of what it changes, or a new
 * one for what it makes, and a repeat of the call is answered with it. A `Refused` is kept as the answer, without any of
 * the effect.
 */
export async function runKeyed(
  deps: { db: Database },
  { organisationId, key, command, input, audit, resourceId }: KeyedCommand,
  work: (tx: Tx, id: string) => Promise<unknown>,
): Promise<CommandResult<string>> {
  const id = resourceId ?? newUuid();
  const once = { organisationId, key, command, input, resourceId: id };
  const run = async (refusal: Refusal | null): Promise<CommandResult<string>> => {
    const answer = await withTransaction(deps.db, (tx) =>
      runOnce(tx, once, async () => {
        if (refusal !== null) return refusal;
        await setAuditContext(tx, audit);
        await work(tx, id);
        return null;
      }),
    );
    if (answer.kind === 'refused') return answer;
    return { kind: 'done', value: answer.resourceId, replayed: answer.replayed };
  };
  try {
    return await run(null);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return await run(error.toRefusal());
  }
}
