import { backoffMs } from '@naru/kit/retry.ts';
import { PROBLEM_CONTENT_TYPE } from '@naru/wire/problem.ts';
import { isProblemCode } from '@naru/wire/problem-catalogue.ts';
import {
  NaruApiError,
  NaruConnectionError,
  NaruError,
  NaruTimeoutError,
  OutcomeUnknownError,
  type Problem,
  UnexpectedAnswerError,
} from './errors.ts';
import { classifyFetchFailure } from './fetch-failure.ts';

const BACKOFF = { baseMs: 200, maxMs: 5_000 };
/** Answers after which the same call is worth repeating: time-out, in flight, rate limit, gateway, outage. */
const STATUSES_TO_RETRY: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
/** Problems that say nothing of what an earlier try of the same call did. */
const CODES_WITHOUT_OUTCOME: ReadonlySet<string> = new Set([
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'idempotency_in_flight',
  'not_found',
  'method_not_allowed',
  'bad_request',
]);

export type TransportOptions = {
  baseUrl: string;
  /** Null: the session of the page, which its browser sends. */
  apiKey: string | null;
  fetch: typeof globalThis.fetch;
  /** For a call as a whole, all its tries and waits included. */
  timeoutMs: number;
  /** Tries after the first. */
  retriesMax: number;
  language: string | undefined;
};

export type CallSpec = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | readonly string[] | undefined>;
  /** Null on calls without one; such a POST is tried once. */
  idempotencyKey: string | null;
  contentType?: string;
  body?: string | Blob | ReadableStream<Uint8Array>;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
};

/** What checks an answer: the schemas of the wire have it. */
export type AnswerSchema<T> = {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
};

export type Transport = {
  /** The body of a 2xx answer, checked against the schema; fields that it does not name are dropped. */
  json<T>(spec: CallSpec, schema: AnswerSchema<T>): Promise<T>;
  /** A 2xx answer whose body is still to be read. */
  stream(spec: CallSpec): Promise<ReadableStream<Uint8Array>>;
  /** One try of a call whose answer goes on until `connection` is aborted; only its beginning has a time limit. */
  open(spec: CallSpec, connection: AbortController): Promise<ReadableStream<Uint8Array>>;
};

/** How one try ended. `reached`: whether the server can have acted on it. */
type Try<T> =
  | { kind: 'answer'; value: T }
  | { kind: 'refused'; error: NaruApiError; status: number; retryAfterMs: number | null }
  | { kind: 'failed'; error: Error; reached: boolean; retry: boolean };

export function createTransport(options: TransportOptions): Transport {
  const base = checkBaseUrl(options.baseUrl);

  async function tryOnce<T>(
    spec: CallSpec,
    signal: AbortSignal,
    read: (response: Response) => Promise<T>,
  ): Promise<Try<T>> {
    const { url, init } = toRequest(options, base, spec);
    try {
      const response = await options.fetch(url, { ...init, signal });
      if (!response.ok) return await readRefusal(response, spec.idempotencyKey);
      return { kind: 'answer', value: await read(response) };
    } catch (error) {
      if (error instanceof UnexpectedAnswerError)
        return { kind: 'failed', error, reached: true, retry: false };
      const failure = classifyFetchFailure(error);
      const message = failure.reached
        ? `the connection to ${base} was lost before the answer came: ${failure.reason}`
        : `cannot reach ${base}: ${failure.reason}; check that the API runs there and that baseUrl is right`;
      return {
        kind: 'failed',
        error: new NaruConnectionError(message, { cause: error }),
        reached: failure.reached,
        retry: true,
      };
    }
  }

  async function call<T>(spec: CallSpec, read: (response: Response) => Promise<T>): Promise<T> {
    const timeoutMs = spec.timeoutMs ?? options.timeoutMs;
    const deadlineMs = performance.now() + timeoutMs;
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = spec.signal === undefined ? timeout : AbortSignal.any([timeout, spec.signal]);
    const canRepeat = isRepeatable(spec);
    // Whether some try may have taken effect without telling so.
    let unknown = false;
    for (let attempt = 0; ; attempt++) {
      const outcome = await tryOnce(spec, signal, read);
      if (outcome.kind === 'answer') return outcome.value;
      unknown = isUnknownAfter(outcome, unknown);
      const retry = outcome.kind === 'refused' ? shouldRetry(outcome) : outcome.retry;
      const waitMs = waitBefore(attempt + 1, outcome);
      const inTime = performance.now() + waitMs < deadlineMs;
      const error = signal.aborted ? abortError(spec, timeoutMs) : outcome.error;
      if (!canRepeat || !retry || attempt >= options.retriesMax || !inTime || signal.aborted)
        throw spec.method === 'POST' && unknown && spec.idempotencyKey !== null
          ? new OutcomeUnknownError(spec.idempotencyKey, error)
          : error;
      await pause(waitMs, signal);
    }
  }

  return {
    json: (spec, schema) =>
      call(spec, async (response) => {
        const text = await response.text();
        const parsed = schema.safeParse(parseJson(text));
        if (!parsed.success) throw new UnexpectedAnswerError(response.status, parsed.error.message);
        return parsed.data;
      }),
    stream: (spec) =>
      call(spec, async (response) => {
        if (response.body === null) throw new UnexpectedAnswerError(response.status, 'it has no body');
        return response.body;
      }),
    async open(spec, connection) {
      const timeoutMs = spec.timeoutMs ?? options.timeoutMs;
      const timer = setTimeout(() => connection.abort(), timeoutMs);
      const outcome = await tryOnce(spec, connection.signal, async (response) => response.body);
      clearTimeout(timer);
      if (outcome.kind !== 'answer') throw outcome.error;
      if (outcome.value === null) throw new UnexpectedAnswerError(200, 'it has no body');
      return outcome.value;
    },
  };
}

function toRequest(
  options: TransportOptions,
  base: string,
  spec: CallSpec,
): { url: string; init: RequestInit } {
  const url = new URL(`${base}${spec.path}`);
  for (const [name, value] of Object.entries(spec.query ?? {}))
    for (const text of value === undefined ? [] : [value].flat()) url.searchParams.append(name, text);
  const headers: Record<string, string> = {
    accept: 'application/json, text/event-stream, application/problem+json',
    ...(options.apiKey === null ? {} : { authorization: `Bearer ${options.apiKey}` }),
  };
  if (options.language !== undefined) headers['accept-language'] = options.language;
  if (spec.idempotencyKey !== null) headers['idempotency-key'] = spec.idempotencyKey;
  if (spec.contentType !== undefined) headers['content-type'] = spec.contentType;
  const init: RequestInit & { duplex?: 'half' } = { method: spec.method, headers, redirect: 'error' };
  if (spec.body !== undefined) init.body = spec.body as Exclude<RequestInit['body'], undefined>;
  // Required by the Fetch standard for bodies that stream.
  if (spec.body instanceof ReadableStream) init.duplex = 'half';
  return { url: url.href, init };
}

function checkBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new NaruError(
      `baseUrl must be an http or https address, as in https://api.example.com; it is "${text}"`,
    );
  return text.replace(/\/+$/, '');
}

/** A GET changes nothing, a PATCH or DELETE twice is as once; a POST with a key takes effect once. A stream cannot be sent a second time. */
function isRepeatable(spec: CallSpec): boolean {
  if (spec.body instanceof ReadableStream) return false;
  return spec.method !== 'POST' || spec.idempotencyKey !== null;
}

function isUnknownAfter(outcome: Exclude<Try<unknown>, { kind: 'answer' }>, before: boolean): boolean {
  if (outcome.kind === 'failed') return before || outcome.reached;
  const { code } = outcome.error;
  if (outcome.status >= 500) return true;
  // Only a refusal that the API itself decided about this very key settles what earlier tries left open.
  const settles = isProblemCode(code) && !CODES_WITHOUT_OUTCOME.has(code) && outcome.status < 500;
  return settles ? false : before;
}

function shouldRetry(outcome: { status: number; error: NaruApiError }): boolean {
  return STATUSES_TO_RETRY.has(outcome.status) || outcome.error.code === 'idempotency_in_flight';
}

function waitBefore(retry: number, outcome: Exclude<Try<unknown>, { kind: 'answer' }>): number {
  const jittered = backoffMs(retry, BACKOFF);
  if (outcome.kind === 'failed' || outcome.retryAfterMs === null) return jittered;
  return Math.max(jittered, outcome.retryAfterMs);
}

function abortError(spec: CallSpec, timeoutMs: number): unknown {
  if (spec.signal?.aborted === true) return spec.signal.reason;
  return new NaruTimeoutError(`no answer within ${timeoutMs} ms; call again, or raise timeoutMs`);
}

async function readRefusal(response: Response, idempotencyKey: string | null): Promise<Try<never>> {
  const { status } = response;
  const text = await response.text();
  const problem = response.headers.get('content-type')?.startsWith(PROBLEM_CONTENT_TYPE)
    ? parseJson(text)
    : null;
  if (!isProblem(problem)) {
    const error = new UnexpectedAnswerError(status, 'its body is not a problem document');
    // A gateway's own page tells nothing of the call behind it.
    return { kind: 'failed', error, reached: true, retry: STATUSES_TO_RETRY.has(status) };
  }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
  return { kind: 'refused', error: new NaruApiError(problem, idempotencyKey), status, retryAfterMs };
}

/** Loosely: a newer server may add codes and members. */
function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  const { code, detail, status, retryable, requestId } = value as Record<string, unknown>;
  const hasTexts = typeof code === 'string' && typeof detail === 'string' && typeof requestId === 'string';
  return hasTexts && typeof status === 'number' && typeof retryable === 'boolean';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
