import { type Database, withTransaction } from '@naru/db/database.ts';
import { endMembership } from './person.store.ts';
import { deleteSessionsOf } from './session.store.ts';

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
