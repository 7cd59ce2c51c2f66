import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { recordAudit } from '../audit/audit.store.ts';
import { endMembership, removeSecondFactors } from './person.store.ts';
import { clearFailures, deleteSessionsOf } from './session.store.ts';

/** Ends a membership whoever is left: for who runs the installation. An administrator is asked more (`change-member.ts`). */
export async function removePerson(
  db: Database,
  member: { organisationId: string; personId: string },
): Promise<void> {
  await withTransaction(db, async (tx) => {
    await endMembership(tx, member);
    await deleteSessionsOf(tx, member.personId);
  });
}

/** For somebody who has lost every second factor: they begin with the password, and set up another one first. */
export async function resetSecondFactor(tx: Tx, person: { personId: string; email: string }): Promise<void> {
  await removeSecondFactors(tx, person.personId);
  await clearFailures(tx, person.email);
  const ended = await deleteSessionsOf(tx, person.personId);
  await recordAudit(tx, {
    action: 'person.second_factor_reset',
    subject: `person ${person.personId}`,
    after: { sessions_ended: String(ended) },
  });
}
