import type { Server } from 'node:http';
import helmet from '@fastify/helmet';
import fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { AppDeps } from './deps.ts';
import { contentSecurityPolicy } from './http/content-security-policy.ts';
import { isEventStream, type Route } from './http/define-route.ts';
import { docsPaths, registerDocsPage } from './http/docs-page.ts';
import { observeRequests } from './http/observe.ts';
import { ProblemError } from './http/problem-error.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { registerRoute } from './http/register-route.ts';
import { decorateRequests, requestIdOf } from './http/request-context.ts';
import { RequestShapeError, requestSchemaCompiler } from './http/request-schema.ts';
import { sendProblem } from './http/send-problem.ts';
import { traceRequests } from './http/trace-requests.ts';
import { createUnmatchedHandler } from './http/unmatched.ts';
import { createOpenApiJson, registerOpenApi } from './openapi.ts';
import { registerAuth } from './people/auth-handler.ts';
import { allRoutes } from './routes/all-routes.ts';
import type { EventStreams } from './stream/event-streams.ts';

/** A request must have arrived by then: 64 MiB at 5 Mbit/s. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the idle time of usual load balancers (60 s), so that they close first and lose no request. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** The server with all routes, not listening yet. `await app.ready()` before use. */
export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const options: FastifyServerOptions<Server> = {
    loggerInstance: deps.log,
    // One line for each call is ours (`observe.ts`).
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    requestIdHeader: false,
    trustProxy: trustOf(deps.trustProxy),
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // A connection that is open while we stop is served to its end.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply);
    },
  };
  const app: FastifyInstance = fastify(options);
  app.setValidatorCompiler(requestSchemaCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => sendProblem(nameShapeError(error, request), request, reply));
  app.setNotFoundHandler(
    createUnmatchedHandler([
      ...allRoutes.map(locate),
      ...docsPaths.map((path) => locate({ method: 'GET', path })),
    ]),
  );
  decorateRequests(app);
  traceRequests(app, deps.tracing);
  observeRequests(app, deps.metrics);
  closeConnectionsWhenStopping(app, [deps.streams, deps.overviewStreams]);
  await app.register(helmet, { contentSecurityPolicy: false });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('content-security-policy', STRICT_POLICY);
    done();
  });
  const rateLimits = await createRateLimits(app, deps.sharedCount);
  await registerOpenApi(app);
  registerDocsPage(app);
  const openApiJson = createOpenApiJson(app);
  registerAuth(app, { people: deps.personAccess, rateLimits });
  const { access, personAccess: people } = deps;
  for (const route of allRoutes)
    registerRoute(app, { access, people, rateLimits, routeDeps: { ...deps, openApiJson } }, route);
  return app;
}

/** `X-Forwarded-For` is believed through this many proxies, counted from us, or through those named. */
function trustOf(
  trust: AppDeps['trustProxy'],
): boolean | string[] | ((address: string, hop: number) => boolean) {
  return typeof trust === 'number' ? (_address, hop) => hop < trust : trust;
}

/** Nothing is shown, loaded or framed: these are answers, not pages. */
const STRICT_POLICY = contentSecurityPolicy();

/** Every GET has its HEAD, but for what never ends. */
function locate(route: { method: string; path: string; responses?: Route['responses'] }) {
  const { method, path, responses = {} } = route;
  return { method, path, hasHead: method === 'GET' && !isEventStream({ responses }) };
}

/** A request that does not fit its schema: which problem that is depends on the part and on the route. */
function nameShapeError(
  error: unknown,
  request: { routeOptions: { config: { route?: (typeof allRoutes)[number] } } },
): unknown {
  if (!(error instanceof RequestShapeError)) return error;
  const params = request.routeOptions.config.route?.request.params ?? null;
  if (error.part === 'params' && params !== null) return new ProblemError(params.otherwise);
  return new ProblemError('validation_failed', { errors: error.errors });
}

/** Keep-alive would hold a stopping server open, and so would streams: whatever is answered from then on closes its connection. */
function closeConnectionsWhenStopping(
  app: FastifyInstance,
  streams: readonly Pick<EventStreams, 'stop'>[],
): void {
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    for (const one of streams) one.stop();
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
}
