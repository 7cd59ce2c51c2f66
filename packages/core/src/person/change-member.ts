import type { Tx } from '@naru/db/database.ts';
import { mayGrantRole, type Role } from '@naru/wire/role.ts';
import type { Caller } from '../access/access.ts';
import { Refused } from '../command/run-keyed.ts';
import { countMembers, endMembership, lockMembers, readMember, updateRole } from './person.store.ts';
import type { Member } from './person.ts';
import { deleteSessionsOf } from './session.store.ts';

/** Gives a member another role, from their next call on. */
export async function changeRole(tx: Tx, caller: Caller, personId: string, role: Role): Promise<void> {
  const member = await requireOther(tx, caller, personId);
  if (!mayGrantRole({ role: caller.person?.role ?? null, scopes: caller.scopes }, role))
    throw new Refused('scope_not_grantable', `You may not give the role ${role}.`);
  if (member.role === 'admin' && role !== 'admin') await requireAnotherAdmin(tx, caller.organisationId);
  await updateRole(tx, { organisationId: caller.organisationId, personId, role });
}

/** Ends a membership: the person's key and every session of theirs with it. */
export async function removeMember(tx: Tx, caller: Caller, personId: string): Promise<void> {
  const member = await requireOther(tx, caller, personId);
  if (member.role === 'admin') await requireAnotherAdmin(tx, caller.organisationId);
  await endMembership(tx, { organisationId: caller.organisationId, personId });
  await deleteSessionsOf(tx, personId);
}

async function requireOther(tx: Tx, caller: Caller, personId: string): Promise<Member> {
  await lockMembers(tx, caller.organisationId);
  const member = await readMember(tx, caller.organisationId, personId);
  if (member === null || member.endedAt !== null)
    throw new Refused('person_not_found', 'Your organisation has no member with this id.');
  if (caller.person?.id === personId)
    throw new Refused('own_membership', 'Nobody changes or ends their own membership.');
  return member;
}

async function requireAnotherAdmin(tx: Tx, organisationId: string): Promise<void> {
  if ((await countMembers(tx, organisationId, 'admin')) <= 1)
    throw new Refused('last_admin', 'This is the last administrator of the organisation.');
}
