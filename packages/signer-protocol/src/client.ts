import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { type Clock, systemClock } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { Address } from 'viem';
import { z } from 'zod';
import { authHeaders, TIMES_HEADER } from './auth.ts';
import { ANSWER_BYTES_MAX, REQUESTS_PER_CALL_MAX } from './limits.ts';
import {
  keysAnswerSchema,
  noncesAnswerSchema,
  policyAnswerSchema,
  type SignedNonce,
  type SignerKeys,
  type SignerPolicy,
  type SignRequest,
  type SignResult,
  signAnswerSchema,
  signRequestSchema,
} from './schema.ts';

/**
 * - `signer_unavailable`: no usable answer. Whether the signer signed is unknown, and harmless: nothing was sent, and
 *   the same request is answered with the same payload again. Retryable.
 * - `signer_unauthorized`: token or clock differ. An operator must act.
 * - `signer_malformed`: one side does not understand the other: versions differ, or it is a bug.
 */
export type SignerClientErrorCode = 'signer_unavailable' | 'signer_unauthorized' | 'signer_malformed';
export type SignerClientError = CodedError<SignerClientErrorCode>;

export type SignerClient = {
  /**
   * Signs 1 to 64 requests; one result for each, in order. A refusal is a result, not an error.
   * @throws {SignerClientError}
   */
  sign(requests: readonly SignRequest[]): Promise<SignResult[]>;
  /**
   * The accounts the signer has keys for, lower case.
   * @throws {SignerClientError}
   */
  listKeys(): Promise<Address[]>;
  /**
   * The same, by the backend that holds them.
   * @throws {SignerClientError}
   */
  readKeys(): Promise<SignerKeys>;
  /**
   * The policy in force and its last changes.
   * @throws {SignerClientError}
   */
  readPolicy(): Promise<SignerPolicy>;
  /**
   * Of each account that ever signed, the highest nonce at which it did, whatever became of the bytes.
   * @throws {SignerClientError}
   */
  listSignedNonces(): Promise<SignedNonce[]>;
};

export type SignerClientOptions = {
  /** Where the signer listens, e.g. `http://127.0.0.1:3002`. */
  url: string;
  token: Secret;
  /** Time limit of a whole call, answer included. */
  timeoutMs: number;
  clock?: Clock;
};

export function createSignerClient(options: SignerClientOptions): SignerClient {
  const { url, token, timeoutMs, clock = systemClock } = options;

  async function call(method: 'GET' | 'POST', path: string, body: string): Promise<unknown> {
    const bytes = Buffer.from(body);
    const target = new URL(path, url);
    const headers = authHeaders(token, { method, path: target.pathname, body: bytes }, clock.now().getTime());
    const { status, text } = await fetch(target, {
      method,
      headers:
        method === 'POST' ? { ...headers, 'content-type': 'application/json', [TIMES_HEADER]: '1' } : headers,
      ...(method === 'POST' ? { body: bytes } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ status: response.status, text: await readAnswer(response) }))
      .catch((error: unknown) => {
        if (error instanceof CodedError) throw error;
        throw unavailable(url, timeoutMs, error);
      });
    if (status !== 200) throw statusError(url, status, text);
    return parseJson(text);
  }

  async function read<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const answer = schema.safeParse(await call('GET', path, ''));
    if (!answer.success) throw malformed(`its answer is not understood: ${z.prettifyError(answer.error)}`);
    return answer.data;
  }

  return {
    async sign(requests) {
      const body = await encodeBody(requests);
      const answer = signAnswerSchema.safeParse(await call('POST', '/v1/sign', body));
      if (!answer.success) throw malformed(`its answer is not understood: ${z.prettifyError(answer.error)}`);
      const { results } = answer.data;
      const inOrder =
        results.length === requests.length &&
        results.every((result, index) => result.requestId === requests[index]?.requestId.toLowerCase());
      if (!inOrder) throw malformed('its results are not those of the requests, in order');
      return results;
    },
    listKeys: async () => (await read('/v1/keys', keysAnswerSchema)).addresses,
    readKeys: () => read('/v1/keys', keysAnswerSchema),
    readPolicy: () => read('/v1/policy', policyAnswerSchema),
    listSignedNonces: async () => (await read('/v1/nonces', noncesAnswerSchema)).nonces,
  };
}

/** Request by request, giving way in between: 64 batches of 1,200 items take the event loop half a second in one go. */
async function encodeBody(requests: readonly SignRequest[]): Promise<string> {
  if (requests.length < 1 || requests.length > REQUESTS_PER_CALL_MAX) {
    throw malformed(`a call holds 1 to ${REQUESTS_PER_CALL_MAX} requests, not ${requests.length}`);
  }
  const parts: string[] = [];
  for (const request of requests) {
    const encoded = z.safeEncode(signRequestSchema, request);
    if (!encoded.success) throw malformed(`the request is not valid: ${z.prettifyError(encoded.error)}`);
    parts.push(JSON.stringify(encoded.data));
    await yieldToEventLoop();
  }
  return `{"requests":[${parts.join(',')}]}`;
}

async function readAnswer(response: Response): Promise<string> {
  if (Number(response.headers.get('content-length') ?? 0) > ANSWER_BYTES_MAX) {
    throw malformed(`its answer is larger than ${ANSWER_BYTES_MAX} bytes`);
  }
  return await response.text();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed('its answer is not JSON', error);
  }
}

function statusError(url: string, status: number, text: string): SignerClientError {
  const detail = text.slice(0, 300); // enough for the problem's sentence in a log line
  if (status === 401) {
    return new CodedError(
      'signer_unauthorized',
      `the signer at ${url} refused our credentials: check that NARU_SIGNER_TOKEN is the same on both sides and that both clocks agree`,
      { internal: detail },
    );
  }
  if (status >= 500 || status === 429) {
    return new CodedError('signer_unavailable', `the signer at ${url} answered ${status}: see its log`, {
      retryable: true,
      internal: detail,
    });
  }
  return malformed(`it answered ${status}: ${detail}`);
}

function unavailable(url: string, timeoutMs: number, error: unknown): SignerClientError {
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  const why = timedOut ? `gave no answer within ${timeoutMs} ms` : `is not reachable (${errorText(error)})`;
  return new CodedError(
    'signer_unavailable',
    `the signer at ${url} ${why}: check that it runs and is ready (GET /readyz)`,
    { retryable: true, cause: error },
  );
}

function malformed(message: string, cause?: unknown): SignerClientError {
  return new CodedError(
    'signer_malformed',
    `worker and signer do not understand each other, run the same version of both: ${message}`,
    { cause },
  );
}
