import { AUTH_PATH } from '@naru/identity/create-identity.ts';
import { IP_HEADER, REQUEST_ID_HEADER } from '@naru/identity/identity-hooks.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../http/problem-error.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { authProblemOf } from './auth-problems.ts';
import { isFromConsole, type PersonAccess } from './person-access.ts';

/** A passkey with its attestation has a few thousand; nothing else comes near. */
const AUTH_BODY_BYTES_MAX = 32 * 1024;
/** What better-auth may read of a call; its own are added. */
const HEADERS_TAKEN = ['cookie', 'content-type', 'origin', 'user-agent', 'accept'] as const;
const HEADERS_GIVEN = ['content-type', 'retry-after'] as const;
/** Any base does: only path and query are read. */
const BASE = 'http://auth.invalid';

/** Signing in and out, under `/auth`: better-auth's own calls, of which docs/people.md lists what is served. */
export function registerAuth(
  app: FastifyInstance,
  deps: { people: PersonAccess | null; rateLimits: RateLimits },
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: AUTH_BODY_BYTES_MAX },
      (_request, text, done) => done(null, text),
    );
    scope.route({
      method: ['GET', 'POST'],
      url: `${AUTH_PATH}/*`,
      bodyLimit: AUTH_BODY_BYTES_MAX,
      exposeHeadRoute: false,
      schema: { hide: true },
      onRequest: async (request, reply) => {
        await deps.rateLimits.count('per_address', request, reply);
      },
      handler: (request, reply) => answer(deps.people, request, reply),
    });
  });
}

async function answer(
  people: PersonAccess | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (people === null) throw new ProblemError('people_not_set_up');
  const { identity } = people;
  const { pathname, search } = new URL(request.url, BASE);
  const method = identity.methodOf(pathname);
  if (method === null) throw new ProblemError('not_found');
  if (method !== request.method) throw new ProblemError('method_not_allowed', { headers: { allow: method } });
  if (method !== 'GET' && !isFromConsole(identity, request.headers))
    throw new ProblemError('origin_not_trusted');
  const response = await identity.handle(
    new Request(`${BASE}${pathname}${search}`, {
      method,
      headers: headersOf(request),
      ...(method === 'GET' ? {} : { body: typeof request.body === 'string' ? request.body : '{}' }),
    }),
  );
  if (method !== 'GET') people.forget();
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  const text = await response.text();
  if (!response.ok) throw problemOf(response, text);
  for (const name of HEADERS_GIVEN) {
    const value = response.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  return reply.code(response.status).send(demandUser(pathname, text));
}

function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers({ [IP_HEADER]: request.ip, [REQUEST_ID_HEADER]: request.id });
  for (const name of HEADERS_TAKEN) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  // Sent without a body, as browsers do for a sign-out.
  if (request.method !== 'GET') headers.set('content-type', 'application/json');
  return headers;
}

function problemOf(response: Response, text: string): ProblemError {
  let code: string | null = null;
  try {
    const body = JSON.parse(text) as { code?: unknown };
    code = typeof body.code === 'string' ? body.code : null;
  } catch {
    // Said without a code; the status decides.
  }
  const problem = authProblemOf(response.status, code);
  const wait = response.headers.get('retry-after') ?? response.headers.get('x-retry-after');
  return new ProblemError(problem, wait === null ? {} : { headers: { 'retry-after': wait } });
}

/** better-auth only prefers that a passkey asks for a finger, a face or a PIN; here one that does not is refused. */
function demandUser(pathname: string, text: string): string {
  if (pathname !== `${AUTH_PATH}/passkey/generate-authenticate-options`) return text;
  return JSON.stringify({ ...(JSON.parse(text) as object), userVerification: 'required' });
}
