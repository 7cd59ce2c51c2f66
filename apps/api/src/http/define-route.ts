import type { Readable } from 'node:stream';
import type { Caller } from '@naru/core/access/access.ts';
import type { SignedIn } from '@naru/core/person/person.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import type { Scope } from '@naru/wire/role.ts';
import type { z } from 'zod';
import type { RouteDeps } from '../deps.ts';
import { needsStepUp } from '../people/step-up.ts';
import type { IdempotencyRule } from './idempotency-key.ts';
import type { RateLimitRule } from './rate-limits.ts';

/** A JSON answer, validated before it leaves; unknown members are dropped. */
type JsonResponse<Schema extends z.ZodType = z.ZodType> = { description: string; schema: Schema };
/** Any other answer: text, or a stream that is sent as it comes. */
type RawResponse = { description: string; contentType: string };
export type ResponseSpec = JsonResponse | RawResponse;

type BodyOf<Response> = Response extends JsonResponse<infer Schema> ? z.output<Schema> : string | Readable;

/**
 * What a handler gives back: one of the statuses its route declares, with that status's body. Handlers write
 * `as const`, as the compiler would otherwise take the status for any number.
 */
export type Answer<Responses> = {
  [Status in keyof Responses]: {
    status: Status;
    body: BodyOf<Responses[Status]>;
    headers?: Record<string, string>;
  };
}[keyof Responses];

/** An answer that goes on until somebody ends it. */
export const EVENT_STREAM = 'text/event-stream';
export function isEventStream(route: Pick<RouteFacts, 'responses'>): boolean {
  return Object.values(route.responses).some(
    (response) => 'contentType' in response && response.contentType === EVENT_STREAM,
  );
}

/** A CSV body: not parsed, handed to the handler as the stream it is. */
export type CsvBody = 'csv';

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : Schema extends CsvBody ? Readable : null;

/** What a handler hands on to whatever writes: where the call came from, for the record in the audit log. */
export type AuditOrigin = { origin: string | null; requestId: string | null };

export type Call<Params, Query, Body, RouteScope, Idempotency, Audit> = {
  /** On routes that are audited, for the transaction of the effect. */
  audit: Audit extends string ? AuditOrigin : null;
  caller: RouteScope extends 'public' ? null : Caller;
  /** Of a person, how the session stands. */
  signedIn: SignedIn | null;
  idempotencyKey: Idempotency extends 'required'
    ? string
    : Idempotency extends 'optional'
      ? string | null
      : null;
  params: Parsed<Params>;
  query: Parsed<Query>;
  body: Parsed<Body>;
  requestId: string;
  /** Length that the client announced, null when it did not. */
  contentLength: number | null;
  acceptLanguage: string | undefined;
  /** Where a client that was cut off says it stands. Source: WHATWG HTML, 9.2.4. */
  lastEventId: string | undefined;
  /** Asked again, of a call that lasts: whether its key may still be used from there. */
  isStillAllowed(): Promise<boolean>;
  /** Puts an id into every later log line of this call. */
  note(fields: Record<string, string>): void;
};

/** What can be said of a route without its types; all of it is required, so that forgetting one does not compile. */
export type RouteFacts = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` parameters. */
  path: `/${string}`;
  operationId: string;
  tag:
    | 'Withdrawals'
    | 'Bulk withdrawals'
    | 'Reviews'
    | 'Deposits'
    | 'Events'
    | 'Webhooks'
    | 'Address book'
    | 'Catalogue'
    | 'Operators'
    | 'People'
    | 'Service';
  summary: string;
  description: string;
  /** `any`: whoever has a key or a session. */
  scope: Scope | 'any' | 'public';
  idempotency: IdempotencyRule;
  rateLimit: RateLimitRule;
  /** Name of the action in the audit log, for what people decide. Its handler hands `call.audit` to the effect. */
  audit: string | null;
  /** `false`: audited, and yet no money and no rule is touched, so a person proves no second factor for it. */
  stepUp?: false;
  request: {
    /** A path whose parameters do not fit is answered `otherwise`. */
    params: { schema: z.ZodType; otherwise: ProblemCode } | null;
    query: z.ZodType | null;
    body: z.ZodType | CsvBody | null;
  };
  responses: Readonly<Record<number, ResponseSpec>>;
  /** Those of the route itself; what every route can answer is added where it applies. */
  errors: readonly ProblemCode[];
};

export type Route = RouteFacts & {
  handler: (deps: RouteDeps, call: UntypedCall) => Promise<UntypedAnswer>;
};
export type UntypedCall = {
  audit: AuditOrigin | null;
  caller: Caller | null;
  signedIn: SignedIn | null;
  idempotencyKey: string | null;
  params: unknown;
  query: unknown;
  body: unknown;
  requestId: string;
  contentLength: number | null;
  acceptLanguage: string | undefined;
  lastEventId: string | undefined;
  isStillAllowed(): Promise<boolean>;
  note(fields: Record<string, string>): void;
};
export type UntypedAnswer = { status: number; body: unknown; headers?: Record<string, string> };

/** One call of the API. The handler's types follow from the schemas, the scope and the idempotency rule. */
export function defineRoute<
  Params extends z.ZodType | null,
  Query extends z.ZodType | null,
  Body extends z.ZodType | CsvBody | null,
  const RouteScope extends RouteFacts['scope'],
  const Idempotency extends IdempotencyRule,
  const Audit extends RouteFacts['audit'],
  Responses extends Readonly<Record<number, ResponseSpec>>,
>(
  route: Omit<RouteFacts, 'scope' | 'idempotency' | 'audit' | 'request' | 'responses'> & {
    scope: RouteScope;
    audit: Audit;
    idempotency: Idempotency;
    request: {
      params: Params extends z.ZodType ? { schema: Params; otherwise: ProblemCode } : null;
      query: Query;
      body: Body;
    };
    responses: Responses;
    handler: (
      deps: RouteDeps,
      call: Call<Params, Query, Body, RouteScope, Idempotency, Audit>,
    ) => Promise<Answer<Responses>>;
  },
): Route {
  // The registrar fills the call from these very schemas and rules, so the types hold; the compiler cannot see that.
  return route as unknown as Route;
}

/** What a call can meet besides its own errors, by what its route declares. */
export function problemCodesOf(route: RouteFacts): ProblemCode[] {
  const { request } = route;
  const codes = new Set<ProblemCode>(['bad_request', ...route.errors, 'internal', 'unavailable']);
  if (route.scope !== 'public') codes.add('unauthenticated');
  if (route.scope !== 'public' && route.scope !== 'any')
    for (const code of ['forbidden', 'second_factor_required'] as const) codes.add(code);
  if (route.scope !== 'public' && route.method !== 'GET') codes.add('origin_not_trusted');
  if (needsStepUp(route)) codes.add('step_up_required');
  if (route.rateLimit !== 'none') codes.add('rate_limited');
  if (route.idempotency !== 'none') codes.add('idempotency_key_invalid');
  if (route.idempotency === 'required') codes.add('idempotency_key_required');
  if (route.idempotency !== 'none')
    for (const code of ['idempotency_key_reused', 'idempotency_in_flight'] as const) codes.add(code);
  if (request.params !== null) codes.add(request.params.otherwise);
  if (request.body !== null || request.query !== null) codes.add('validation_failed');
  if (route.method === 'POST' || route.method === 'PATCH') codes.add('payload_too_large');
  if (request.body !== null) codes.add('unsupported_media_type');
  if (request.body !== null && request.body !== 'csv') codes.add('malformed_json');
  return [...codes];
}
