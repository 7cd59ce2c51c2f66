import type { Tx } from '@naru/db/database.ts';
import type { Role } from '@naru/wire/role.ts';
import { Refused } from '../command/run-keyed.ts';
import { findPerson, insertMembership, lockMembers, putPerson } from './person.store.ts';
import { normaliseEmail } from './person.ts';
import { deleteSessionsOf } from './session.store.ts';

/**
 * Makes a person a member, with a password and no second factor yet. Who left an organisation before begins anew: old
 * passwords, factors and sessions are gone. Throws `person_is_member` of somebody who works somewhere now.
 */
export async function addMember(
  tx: Tx,
  member: {
    organisationId: string;
    name: string;
    email: string;
    role: Role;
    network: 'test' | 'live';
    /** As better-auth checks it. */
    passwordHash: string;
  },
): Promise<{ personId: string; apiKeyId: string }> {
  await lockMembers(tx, member.organisationId);
  const email = normaliseEmail(member.email);
  const known = await findPerson(tx, email);
  if (known !== null && known.organisationId !== null)
    throw new Refused('person_is_member', `${email} is a member of an organisation already.`);
  const personId = await putPerson(tx, { ...member, email });
  await deleteSessionsOf(tx, personId);
  const apiKeyId = await insertMembership(tx, { ...member, email, personId });
  return { personId, apiKeyId };
}
