import type { Access } from '@naru/core/access/access.service.ts';
import type { Caller } from '@naru/core/access/access.ts';
import { mayCall, type Scope } from '@naru/wire/role.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findSignedIn, isFromConsole, type PersonAccess } from '../people/person-access.ts';
import { standingProblem } from '../people/step-up.ts';
import type { RouteFacts } from './define-route.ts';
import { ProblemError } from './problem-error.ts';
import type { RateLimits } from './rate-limits.ts';

/** Source: RFC 6750, 2.1. */
const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i;
const CHALLENGE = { 'www-authenticate': 'Bearer realm="naru"' };

export type Door = {
  access: Access;
  /** Null: this installation knows no people, only keys. */
  people: PersonAccess | null;
  rateLimits: RateLimits;
};

/** Whether the key or session of a call that was let in may still be used. An outage is no revocation. */
export async function isStillAllowed(
  { access, people }: Omit<Door, 'rateLimits'>,
  request: FastifyRequest,
): Promise<boolean> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  try {
    if (token !== undefined) return 'caller' in (await access.authenticate(token, request.ip));
    if (people === null) return false;
    const found = await findSignedIn(people, request.headers.cookie);
    const route = request.routeOptions.config.route;
    if (found === null || route === undefined) return false;
    return standingProblem(route, found, new Date()) === null && isAllowed(found.caller, route.scope);
  } catch {
    return true;
  }
}

/**
 * The caller behind `Authorization: Bearer <key>`, else behind the cookie of a session; 401, 403 or (too many wrong keys)
 * 429 otherwise.
 */
export async function authenticate(
  deps: Door,
  route: RouteFacts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller> {
  const header = request.headers.authorization;
  if (header === undefined && deps.people !== null) {
    const person = await authenticatePerson(deps.people, route, request);
    if (person !== null) return person;
  }
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
  if (!isAllowed(answer.caller, route.scope))
    throw new ProblemError('forbidden', {
      message: `This API key does not have the scope "${route.scope}".`,
    });
  return answer.caller;
}

/** Null: nobody is signed in. */
async function authenticatePerson(
  people: PersonAccess,
  route: RouteFacts,
  request: FastifyRequest,
): Promise<Caller | null> {
  const { cookie } = request.headers;
  let found = await findSignedIn(people, cookie);
  // Who has proven a second factor at another instance a moment ago is not refused by what we remember.
  if (found !== null && standingProblem(route, found, new Date()) !== null)
    found = await findSignedIn(people, cookie, true);
  if (found === null) return null;
  const { caller } = found;
  request.caller = caller;
  request.signedIn = found;
  if (route.method !== 'GET' && !isFromConsole(people.identity, request.headers))
    throw new ProblemError('origin_not_trusted');
  if (!isAllowed(caller, route.scope))
    throw new ProblemError('forbidden', {
      message: `Your role, ${caller.person.role}, does not have the permission "${route.scope}".`,
      messageKo: `회원님의 역할(${caller.person.role})에는 "${route.scope}" 권한이 없어요.`,
    });
  const problem = standingProblem(route, found, new Date());
  if (problem !== null) throw new ProblemError(problem);
  return caller;
}

function isAllowed(caller: Caller, scope: RouteFacts['scope']): boolean {
  return scope === 'any' || scope === 'public' || mayCall(caller.scopes, scope satisfies Scope);
}
