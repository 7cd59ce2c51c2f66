import type { Database, Tx } from '@naru/db/database.ts';
import type { Role } from '@naru/wire/role.ts';
import { readOrganisationName } from '../access/access.store.ts';
import { newToken } from '../access/create-access.ts';
import { type KeyRequest, makeKey, revokeKey } from '../access/operate-keys.ts';
import { Refused, runKeyed } from '../command/run-keyed.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import type { Order } from '../policy/rule-book.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { changeRole, removeMember } from './change-member.ts';
import { listInvitations, readInvitation } from './invitation.store.ts';
import {
  acceptInvitation,
  invitePerson,
  isInvited,
  newInvitationToken,
  revokeInvitation,
} from './invite-person.ts';
import { MEMBERS_MAX } from './person.limits.ts';
import { listActivity, listApiKeys, readListedKey } from './person.reader.ts';
import { listMembers, readMember } from './person.store.ts';

/** Members, invitations and API keys of an organisation, for the edges; each change with a key and audited. */
export type People = ReturnType<typeof createPeople>;

export function createPeople(deps: {
  db: Database;
  invalidations: Invalidations;
  /** Null: nobody signs in here. */
  hashPassword: ((password: string) => Promise<string>) | null;
}) {
  const { db, invalidations, hashPassword } = deps;

  /** Whatever was changed, everybody who remembers a session or key is told after the commit. */
  async function run(
    { caller, key, audit }: Order,
    command: string,
    input: readonly unknown[],
    work: (tx: Tx, id: string) => Promise<unknown>,
    resourceId?: string,
  ): Promise<CommandResult<string>> {
    const { organisationId } = caller;
    const of = resourceId === undefined ? {} : { resourceId };
    const done = await runKeyed({ db }, { organisationId, key, command, input, audit, ...of }, work);
    invalidations.publish('access');
    return done;
  }

  return {
    organisationName: (organisationId: string) => readOrganisationName(db, organisationId),
    members: (organisationId: string) => listMembers(db, organisationId, MEMBERS_MAX),
    member: (organisationId: string, personId: string) => readMember(db, organisationId, personId),
    activity: (
      member: { organisationId: string; personId: string },
      page: { limit: number; before: bigint | null },
    ) => listActivity(db, member, page),
    changeRole: (order: Order, personId: string, role: Role) =>
      run(
        order,
        'change-member-role',
        [personId, role],
        (tx) => changeRole(tx, order.caller, personId, role),
        personId,
      ),
    remove: (order: Order, personId: string) =>
      run(order, 'remove-member', [personId], (tx) => removeMember(tx, order.caller, personId), personId),
    invitations: (organisationId: string) => listInvitations(db, organisationId, MEMBERS_MAX),
    invitation: (organisationId: string, id: string) => readInvitation(db, organisationId, id),
    /** The token of the link is in this answer and nowhere else. */
    async invite(order: Order, input: { email: string; role: Role }) {
      const token = newInvitationToken();
      const invitedBy = order.audit.actor;
      const result = await run(order, 'invite-person', [input.email, input.role], (tx, id) =>
        invitePerson(tx, order.caller, { ...input, id, token, invitedBy }),
      );
      return { result, token };
    },
    revokeInvitation: (order: Order, id: string) =>
      run(
        order,
        'revoke-invitation',
        [id],
        (tx) => revokeInvitation(tx, order.caller.organisationId, id),
        id,
      ),
    /** Null: nobody signs in here. */
    async accept(
      input: { token: string; name: string; password: string },
      where: { origin: string | null; requestId: string | null },
    ): Promise<CommandResult<{ email: string; role: Role }> | null> {
      if (hashPassword === null) return null;
      const refused = (refusal: Refused) =>
        ({ kind: 'refused', refusal: refusal.toRefusal(), replayed: false }) as const;
      const gone = new Refused('invitation_not_valid', '');
      if (!(await isInvited(db, input.token))) return refused(gone);
      const { token, name } = input;
      try {
        const passwordHash = await hashPassword(input.password);
        const value = await acceptInvitation(db, { token, name, passwordHash }, where);
        return value === null ? refused(gone) : { kind: 'done', value, replayed: false };
      } catch (error) {
        if (error instanceof Refused) return refused(error);
        throw error;
      }
    },
    keys: (organisationId: string, page: { limit: number; after: string | null }) =>
      listApiKeys(db, organisationId, page),
    key: (organisationId: string, id: string) => readListedKey(db, organisationId, id),
    /** The token is in this answer and nowhere else. */
    async makeKey(order: Order, input: KeyRequest) {
      const made = newToken(order.caller.network);
      const told = [input.name, input.scopes, input.ipAllowList, input.expiresAt?.toISOString() ?? null];
      const result = await run(order, 'make-api-key', told, (tx, id) =>
        makeKey(tx, order.caller, id, made, input),
      );
      return { result, token: made.token };
    },
    revokeKey: (order: Order, id: string) =>
      run(order, 'revoke-api-key', [id], (tx) => revokeKey(tx, order.caller.organisationId, id), id),
  };
}
