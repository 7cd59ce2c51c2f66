import { type Database, withTransaction } from '@naru/db/database.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { findPerson } from './person.store.ts';

/** What a person does about their own account: changes of tables that better-auth keeps, recorded by who serves it. */
export type AccountAct =
  | 'sign_in'
  | 'sign_out'
  | 'locked'
  | 'second_factor_added'
  | 'second_factor_removed'
  | 'recovery_codes_renewed'
  | 'password_changed'
  | 'sessions_ended';

export type AuditWhere = { origin: string | null; requestId: string | null };

/** Nothing is recorded of an e-mail that nobody has: a stranger who tries words fills no log. */
export async function recordAccountAct(
  db: Database,
  email: string,
  act: AccountAct,
  where: AuditWhere,
  detail: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  await withTransaction(db, async (tx) => {
    const person = await findPerson(tx, email);
    if (person === null) return;
    const actor =
      person.apiKeyId === null
        ? `person:${toPublicId('person', person.id)}`
        : `api_key:${toPublicId('apiKey', person.apiKeyId)}`;
    await setAuditContext(tx, { actor, reason: null, ...where });
    await recordAudit(tx, { action: `person.${act}`, subject: `person ${person.id}`, after: detail });
  });
}
