import { randomUUID } from 'node:crypto';
import { CodedError } from '@naru/kit/errors.ts';
import type { Secret } from '@naru/kit/secret.ts';
import { type ReadinessCheck, readReadiness } from '@naru/ops/ops-server.ts';
import {
  type AuthProblem,
  checkAuth,
  hasAuthShape,
  SIGNATURE_HEADER,
  TIMES_HEADER,
  TIMESTAMP_HEADER,
} from '@naru/signer-protocol/auth.ts';
import { BODY_BYTES_MAX, CLOCK_SKEW_MS_MAX } from '@naru/signer-protocol/limits.ts';
import { type policyAnswerSchema, signEnvelopeSchema } from '@naru/signer-protocol/schema.ts';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import type { KeyRing } from './key-ring.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { type SignDeps, signRequests } from './sign-requests.ts';
import { POLICY_CHANGES_SHOWN, REQUEST_TIMEOUT_MS, SIGN_CALLS_AT_ONCE_MAX } from './signer.limits.ts';

export type ServerDeps = Omit<SignDeps, 'keys' | 'policy' | 'isTimed'> & {
  keys: KeyRing;
  policy: PolicyInForce;
  token: Secret;
  registry: Registry;
  readiness: Record<string, ReadinessCheck>;
};

/**
 * The signer's HTTP interface: `POST /v1/sign`, `GET /v1/keys`, `GET /v1/nonces` and `GET /v1/policy` for holders of the
 * token; `/healthz`, `/readyz` and `/metrics` for anyone who can reach the port. Errors are problem details (RFC 9457) with `code` and `retryable`.
 */
export function createServer(deps: ServerDeps): FastifyInstance {
  const server = fastify({
    logger: false, // requests are logged where they are judged
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
  });
  // Bodies stay bytes until they are authenticated.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.setErrorHandler((error, request, reply) => answerError(deps, error, request, reply));
  server.setNotFoundHandler((_request, reply) =>
    problem(
      reply,
      404,
      'not_found',
      'there is POST /v1/sign, GET /v1/keys, GET /v1/nonces, GET /v1/policy, /healthz, /readyz and /metrics',
    ),
  );
  addOpsRoutes(server, deps);
  server.register(async (scope) => addSigningRoutes(scope, deps));
  return server;
}

function addOpsRoutes(server: FastifyInstance, deps: ServerDeps): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const readiness = await readReadiness(deps.readiness);
    return reply.status(readiness.ready ? 200 : 503).send(readiness);
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(deps.registry.contentType).send(await deps.registry.metrics()),
  );
}

function addSigningRoutes(scope: FastifyInstance, deps: ServerDeps): void {
  scope.addHook('onRequest', async (request, reply) => {
    // Strangers are refused before their body is read.
    if (!hasAuthShape(readAuthHeaders(request))) return refuseCaller(deps, request, reply, 'missing');
  });
  scope.addHook('preHandler', async (request, reply) => {
    const call = { method: request.method, path: request.url, body: bodyOf(request) };
    const found = checkAuth(deps.token, call, readAuthHeaders(request), deps.clock.now().getTime());
    if (found !== null) return refuseCaller(deps, request, reply, found);
  });

  scope.get('/v1/keys', async () => ({ addresses: deps.keys.addresses(), backends: deps.keys.byBackend() }));
  scope.get('/v1/nonces', async () => ({ nonces: deps.journal.highestNonces() }));
  scope.get('/v1/policy', async () => describePolicy(deps));

  let callsUnderWay = 0;
  scope.post('/v1/sign', async (request, reply) => {
    const envelope = signEnvelopeSchema.safeParse(parseJson(bodyOf(request)));
    if (!envelope.success) {
      return problem(reply, 400, 'malformed', 'expected { "requests": [1 to 64 requests with a requestId] }');
    }
    if (callsUnderWay >= SIGN_CALLS_AT_ONCE_MAX) {
      return problem(reply, 503, 'busy', `${SIGN_CALLS_AT_ONCE_MAX} calls are under way: try again`, true);
    }
    callsUnderWay += 1;
    const endCall = deps.metrics.startCall();
    try {
      const log = deps.log.child({ callId: request.id });
      const isTimed = request.headers[TIMES_HEADER] === '1';
      return { results: await signRequests({ ...deps, log, isTimed }, envelope.data.requests) };
    } finally {
      callsUnderWay -= 1;
      endCall();
    }
  });
}

/** What is in force, since when, and the last changes with every limit that they lifted. Newest first. */
function describePolicy({ policy, journal }: ServerDeps): z.output<typeof policyAnswerSchema> {
  const { version, sha256 } = policy.current();
  const changes = journal.policies().slice(-POLICY_CHANGES_SHOWN).reverse();
  return {
    version,
    sha256,
    since: policy.since().toISOString(),
    problem: policy.problem(),
    changes: changes.map((change) => ({
      at: new Date(change.atMs).toISOString(),
      sha256: change.sha256,
      lifted: change.lifted,
      lowered: change.lowered,
    })),
  };
}

function readAuthHeaders(request: FastifyRequest): {
  timestamp: string | undefined;
  signature: string | undefined;
} {
  const read = (name: string) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { timestamp: read(TIMESTAMP_HEADER), signature: read(SIGNATURE_HEADER) };
}

function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined; // refused by the schema
  }
}

function refuseCaller(
  deps: ServerDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  found: AuthProblem,
): FastifyReply {
  deps.metrics.unauthorized();
  deps.log.warn(
    { callId: request.id, ip: request.ip, path: request.url, reason: found },
    'unauthorized call',
  );
  const detail =
    found === 'clock_skew'
      ? `the timestamp is more than ${CLOCK_SKEW_MS_MAX} ms from the signer's clock: synchronise both clocks`
      : `${TIMESTAMP_HEADER} and ${SIGNATURE_HEADER} must hold a valid signature by the shared token`;
  return problem(reply, 401, found, detail);
}

function answerError(
  deps: ServerDeps,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof CodedError && error.code === 'journal_failed') {
    deps.log.error({ callId: request.id, err: error }, 'the journal has failed, nothing is signed');
    return problem(reply, 503, 'journal_failed', 'the journal cannot be written, so nothing is signed', true);
  }
  const status = statusOf(error);
  if (status === 413)
    return problem(reply, 413, 'body_too_large', `a body has at most ${BODY_BYTES_MAX} bytes`);
  if (status === 415) return problem(reply, 415, 'unsupported_media_type', 'send application/json');
  if (status >= 400 && status < 500)
    return problem(reply, status, 'malformed', 'the request is not valid HTTP');
  deps.log.error({ callId: request.id, err: error }, 'a call failed');
  return problem(reply, 500, 'internal', "the signer failed: see its log by the answer's requestId", true);
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}

function problem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  retryable = false,
): FastifyReply {
  const body = { type: 'about:blank', status, code, detail, retryable, requestId: reply.request.id };
  return reply.status(status).type('application/problem+json').send(body);
}
