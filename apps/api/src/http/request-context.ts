import type { IncomingMessage } from 'node:http';
import type { Caller } from '@naru/core/access/access.ts';
import type { SignedIn } from '@naru/core/person/person.ts';
import { newId } from '@naru/kit/ids.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the key is checked, and on public routes. */
    caller: Caller | null;
    /** How a person's session stands; null of a key. */
    signedIn: SignedIn | null;
    idempotencyKey: string | null;
    /** Who called and what the call is about: in every log line of it. */
    logFields: Record<string, string>;
    /** The problem it was answered with. */
    problemCode: ProblemCode | null;
  }
}

/** Visible ASCII without quotes, backslash and space: safe in logs, headers and shells. */
const REQUEST_ID = /^[A-Za-z0-9!#$%&()*+,\-./:;<=>?@[\]^_{|}~]{1,128}$/;

/** The caller's `X-Request-Id` where it is safe to repeat, else a new one. */
export function requestIdOf(message: IncomingMessage): string {
  const given = message.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId('request');
}

export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('signedIn', null);
  app.decorateRequest('idempotencyKey', null);
  app.decorateRequest('problemCode', null);
  // Per request, as an object in the prototype would be shared by all of them.
  app.decorateRequest('logFields');
  app.addHook('onRequest', (request, reply, done) => {
    request.logFields = {};
    reply.header('x-request-id', request.id);
    reply.header('cache-control', 'no-store');
    done();
  });
}
