import { recordAudit } from '@naru/core/audit/audit.store.ts';
import { withTransaction } from '@naru/db/database.ts';
import { errorText } from '@naru/kit/errors.ts';
import { withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import type { RecordKeyAction } from './keys.ts';

/**
 * Records what was done to keys, once it is done: files are in no transaction. The signer's host has no database by
 * design, so what is done there is recorded only when DATABASE_URL is given, and the operator is told when it is not.
 */
export function keyActionRecorder(context: CliContext): RecordKeyAction {
  return async ({ action, subject, after }) => {
    const { config, output } = context;
    if (config.databaseUrl === null || config.localStackFile !== null)
      return output.note(
        'This is in no audit log: DATABASE_URL is not set here. Note it where your changes are kept.',
      );
    try {
      await withDatabase(context, (db) =>
        withTransaction(db, async (tx) => {
          await recordAudit(tx, { action, subject, after });
        }),
      );
    } catch (error) {
      output.warn(`It is done, and not in the audit log: ${errorText(error)}`);
    }
  };
}
