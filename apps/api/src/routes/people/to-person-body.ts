import type { AuditEvent } from '@naru/core/audit/audit.ts';
import type { ListedKey } from '@naru/core/person/person.reader.ts';
import type { Invitation, Member } from '@naru/core/person/person.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { ActivityEntryBody, ApiKeyBody, InvitationBody, PersonBody } from '@naru/wire/person.ts';

export function toPersonBody(member: Member & { endedAt?: Date | null }): PersonBody {
  const { id, name, email, role, secondFactor, sessions } = member;
  return {
    object: 'person',
    ...{ id: toPublicId('person', id), name, email, role, secondFactor, sessions },
    apiKeyId: toPublicId('apiKey', member.apiKeyId),
    lastSignedInAt: member.lastSignedInAt?.toISOString() ?? null,
    createdAt: member.createdAt.toISOString(),
    removedAt: member.endedAt?.toISOString() ?? null,
  };
}

const STATES = { WAITING: 'waiting', ACCEPTED: 'accepted', REVOKED: 'revoked', EXPIRED: 'expired' } as const;

export function toInvitationBody(invitation: Invitation): InvitationBody {
  const { email, role, invitedBy } = invitation;
  return {
    object: 'invitation',
    id: toPublicId('invitation', invitation.id),
    ...{ email, role, invitedBy, state: STATES[invitation.state] },
    createdAt: invitation.createdAt.toISOString(),
    expiresAt: invitation.expiresAt.toISOString(),
  };
}

export function toActivityBody(event: AuditEvent): ActivityEntryBody {
  const { action, subject, reason, origin, requestId, before, after } = event;
  return {
    position: String(event.position),
    at: event.at.toISOString(),
    ...{ action, subject, reason, origin, requestId },
    before: before === null ? null : { ...before },
    after: after === null ? null : { ...after },
  };
}

export function toApiKeyBody(key: ListedKey): ApiKeyBody {
  const { name, prefix, network, scopes, holder, ipAllowList } = key;
  return {
    object: 'api_key',
    id: toPublicId('apiKey', key.id),
    ...{ name, prefix, network, scopes, holder, ipAllowList },
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
