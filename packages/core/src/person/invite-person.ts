import { createHash, randomBytes } from 'node:crypto';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { mayGrantRole, type Role } from '@naru/wire/role.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { Refused } from '../command/run-keyed.ts';
import { addMember } from './add-member.ts';
import {
  countWaiting,
  insertInvitation,
  isWaiting,
  revokeOne,
  revokeWaiting,
  takeInvitation,
} from './invitation.store.ts';
import { INVITATION_MS_MAX, MEMBERS_MAX } from './person.limits.ts';
import { countMembers, findPerson, lockMembers } from './person.store.ts';
import { normaliseEmail } from './person.ts';

/** Of an invitation: 256 random bits behind a name that can be searched for in a leak. */
export function newInvitationToken(): string {
  return `nv_${randomBytes(32).toString('base64url')}`;
}

/** Nothing to guess with a dictionary, so a plain hash is enough. */
export function hashInvitationToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Invites an e-mail. An earlier invitation of the same one that waits is revoked: one link opens at a time. */
export async function invitePerson(
  tx: Tx,
  caller: Caller,
  input: { id: string; email: string; role: Role; token: string; invitedBy: string },
): Promise<void> {
  const { organisationId } = caller;
  const email = normaliseEmail(input.email);
  await lockMembers(tx, organisationId);
  if (!mayGrantRole({ role: caller.person?.role ?? null, scopes: caller.scopes }, input.role))
    throw new Refused('scope_not_grantable', `You may not invite somebody as ${input.role}.`);
  const known = await findPerson(tx, email);
  if (known !== null && known.organisationId !== null)
    throw new Refused('person_is_member', `${email} is a member of an organisation already.`);
  await revokeWaiting(tx, organisationId, email);
  if (
    (await countMembers(tx, organisationId, null)) + (await countWaiting(tx, organisationId)) >=
    MEMBERS_MAX
  )
    throw new Refused(
      'people_too_many',
      `An organisation has ${MEMBERS_MAX} members and invitations at most.`,
    );
  await insertInvitation(tx, organisationId, {
    id: input.id,
    email,
    role: input.role,
    network: caller.network,
    hash: hashInvitationToken(input.token),
    invitedBy: input.invitedBy,
    expiresAt: new Date(Date.now() + INVITATION_MS_MAX),
  });
}

export async function revokeInvitation(tx: Tx, organisationId: string, id: string): Promise<void> {
  if (!(await revokeOne(tx, organisationId, id)))
    throw new Refused('invitation_not_found', 'Your organisation has no invitation with this id that waits.');
}

/** Whether a link still opens: asked before a password is hashed, which costs. */
export async function isInvited(db: Database, token: string): Promise<boolean> {
  return await isWaiting(db, hashInvitationToken(token));
}

/** Makes a member of whoever holds the link, once. Null: it was used, revoked, or is too old. */
export async function acceptInvitation(
  db: Database,
  input: { token: string; name: string; passwordHash: string },
  where: { origin: string | null; requestId: string | null },
): Promise<{ email: string; role: Role } | null> {
  return await withTransaction(db, async (tx) => {
    await setAuditContext(tx, { actor: 'invitation', reason: null, ...where });
    const taken = await takeInvitation(tx, hashInvitationToken(input.token));
    if (taken === null) return null;
    const { organisationId, email, role, network } = taken;
    const { name, passwordHash } = input;
    await addMember(tx, { organisationId, email, role, network, name, passwordHash });
    return { email, role };
  });
}
