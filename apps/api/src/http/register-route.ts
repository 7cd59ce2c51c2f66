import { assertPresent } from '@naru/kit/assert.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { RouteDeps } from '../deps.ts';
import { authenticate, type Door, isStillAllowed } from './authenticate.ts';
import { isEventStream, type Route, type UntypedCall } from './define-route.ts';
import { readIdempotencyKey } from './idempotency-key.ts';

/** Bytes of a JSON body: all fields at their longest, every character escaped, and room. */
export const JSON_BODY_BYTES_MAX = 128 * 1024;
/** Where no body is read, an empty object from a client that always sends one does no harm. */
const IGNORED_BODY_BYTES_MAX = 1_024;

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route;
  }
}

type RegisterDeps = Door & { routeDeps: RouteDeps };

/** Puts one route into the server, with exactly the body parser, checks and schemas that it declares. */
export function registerRoute(app: FastifyInstance, deps: RegisterDeps, route: Route): void {
  const { body } = route.request;
  if (route.method === 'GET' || (body !== null && body !== 'csv')) {
    app.route(toFastify(deps, route));
    return;
  }
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    if (body === 'csv')
      scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
    else
      scope.addContentTypeParser(
        '*',
        { parseAs: 'string', bodyLimit: IGNORED_BODY_BYTES_MAX },
        (_request, _text, done) => done(null, null),
      );
    scope.route(toFastify(deps, route));
  });
}

function toFastify(deps: RegisterDeps, route: Route): RouteOptions {
  const { params, query, body } = route.request;
  const isParsed = body !== null && body !== 'csv';
  return {
    method: route.method,
    url: route.path,
    // Nobody would read it, and it would never end.
    exposeHeadRoute: route.method === 'GET' && !isEventStream(route),
    config: { route },
    ...(isParsed ? { bodyLimit: JSON_BODY_BYTES_MAX } : {}),
    schema: {
      ...(params === null ? {} : { params: params.schema }),
      ...(query === null ? {} : { querystring: query }),
      ...(isParsed ? { body } : {}),
      response: responseSchemas(route),
      operationId: route.operationId,
      summary: route.summary,
      description: route.description,
      tags: [route.tag],
    },
    onRequest: (request, reply) => admit(deps, route, request, reply),
    handler: (request, reply) => answer(deps, route, request, reply),
  };
}

/** Only JSON answers have a serializer; text and streams go out as they are. */
function responseSchemas(route: Route): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(route.responses).flatMap(([status, response]) =>
      'schema' in response
        ? [[status, { description: response.description, content: { 'application/json': response } }]]
        : [],
    ),
  );
}

/** Before the body is read: who calls, how often, and with which key. */
async function admit(
  deps: RegisterDeps,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (route.scope !== 'public') {
    const caller = await authenticate(deps, route, request, reply);
    request.logFields['organisationId'] = caller.organisationId;
    request.logFields['apiKeyId'] = caller.apiKeyId;
    if (caller.person !== undefined) request.logFields['personId'] = caller.person.id;
  }
  await deps.rateLimits.count(route.rateLimit, request, reply);
  request.idempotencyKey = readIdempotencyKey(route.idempotency, request.headers['idempotency-key']);
}

async function answer(
  deps: RegisterDeps,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { status, body, headers } = await route.handler(deps.routeDeps, toCall(deps, request));
  const response = assertPresent(route.responses[status], `response ${status} of ${route.operationId}`);
  if (headers !== undefined) reply.headers(headers);
  reply
    .code(status)
    .type('contentType' in response ? response.contentType : 'application/json; charset=utf-8');
  return reply.send(body);
}

function toCall(deps: RegisterDeps, request: FastifyRequest): UntypedCall {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const isAudited = request.routeOptions.config.route?.audit !== null;
  return {
    audit: isAudited ? { origin: request.ip, requestId: request.id } : null,
    caller: request.caller,
    signedIn: request.signedIn,
    idempotencyKey: request.idempotencyKey,
    params: request.params,
    query: request.query,
    body: request.body,
    requestId: request.id,
    contentLength: Number.isSafeInteger(length) ? length : null,
    acceptLanguage: request.headers['accept-language'],
    lastEventId: request.headers['last-event-id'] as string | undefined,
    isStillAllowed: () => isStillAllowed(deps, request),
    note(fields) {
      Object.assign(request.logFields, fields);
    },
  };
}
