import type { Access } from '@naru/core/access/access.service.ts';
import type { Caller } from '@naru/core/access/access.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem-error.ts';
import type { RateLimits } from './rate-limits.ts';

/** What a key must carry. Scopes do not include one another. */
export type Scope =
  | 'withdrawals:read'
  | 'withdrawals:write'
  | 'approvals:read'
  | 'approvals:write'
  | 'deposits:read'
  | 'deposits:write'
  | 'webhooks:read'
  | 'webhooks:write'
  | 'address-book:write'
  | 'admin';

/** Source: RFC 6750, 2.1. */
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;
const CHALLENGE = { 'www-authenticate': 'Bearer realm="naru"' };

/** Whether the key of a call that was let in may still be used. An outage is no revocation. */
export async function isStillAllowed(access: Access, request: FastifyRequest): Promise<boolean> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return false;
  try {
    return 'caller' in (await access.authenticate(token, request.ip));
  } catch {
    return true;
  }
}

/** The caller behind `Authorization: Bearer <key>`; 401, 403 or (too many wrong keys) 429 otherwise. */
export async function authenticate(
  deps: { access: Access; rateLimits: RateLimits },
  scope: Scope,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller> {
  const header = request.headers.authorization;
  const token = header === undefined ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) {
    await deps.rateLimits.count('per_address', request, reply);
    throw new ProblemError('unauthenticated', { headers: CHALLENGE });
  }
  const answer = await deps.access.authenticate(token, request.ip);
  if ('refused' in answer) {
    await deps.rateLimits.countFailedAuthentication(request, reply);
    if (answer.refused === 'ip_not_allowed')
      throw new ProblemError('forbidden', { message: 'This API key may not be used from this address.' });
    throw new ProblemError('unauthenticated', { headers: CHALLENGE });
  }
  request.caller = answer.caller;
  if (!answer.caller.scopes.includes(scope))
    throw new ProblemError('forbidden', { message: `This API key does not have the scope "${scope}".` });
  return answer.caller;
}
