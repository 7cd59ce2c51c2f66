import { createHttpEndpoint, type HttpAnswer } from './http-endpoint.ts';
import { RpcResponseError, RpcTransportError, type RpcTransportFailure } from './rpc-errors.ts';

export type RpcCall = { readonly method: string; readonly params: readonly unknown[] };

/** What became of one call of a batch. */
export type RpcAnswer = { ok: true; result: unknown } | { ok: false; error: RpcResponseError };

/**
 * One provider, JSON-RPC 2.0 over HTTP (https://www.jsonrpc.org/specification). One call of a function is one HTTP
 * request: nothing is retried, redirected or cached here.
 */
export type JsonRpcClient = {
  readonly label: string;
  /** Rejects with `RpcTransportError` or `RpcResponseError`. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /**
   * All calls in one HTTP body; answers in the order of the calls. Rejects with `RpcTransportError`, or with
   * `RpcResponseError` when the node refused the batch as a whole. No calls: no request.
   */
  requestBatch(calls: readonly RpcCall[]): Promise<RpcAnswer[]>;
  close(): void;
};

type RawError = { code: number; message: string; data?: unknown };
type RawAnswer = { id: number | null } & ({ result: unknown } | { error: RawError });

/** `label` names the provider in errors, logs and metrics; the URL's host when absent. */
export function createJsonRpcClient(options: {
  url: string;
  label?: string;
  timeoutMs: number;
}): JsonRpcClient {
  const endpoint = createHttpEndpoint(options);
  const label = options.label ?? endpoint.host;
  let lastId = 0;

  const failure = (kind: RpcTransportFailure, text: string) => new RpcTransportError(label, kind, text);
  const toBody = (call: RpcCall) => ({
    jsonrpc: '2.0',
    id: ++lastId,
    method: call.method,
    params: call.params,
  });

  async function exchange(body: unknown): Promise<unknown> {
    const answer = await endpoint.post(JSON.stringify(body));
    requireReadableStatus(label, answer);
    try {
      return JSON.parse(answer.body);
    } catch {
      throw answer.status === 200
        ? failure('malformed_body', `answer is not JSON (${answer.body.length} characters)`)
        : httpStatusError(label, answer);
    }
  }

  async function request(method: string, params: readonly unknown[]): Promise<unknown> {
    const body = toBody({ method, params });
    const answer = parseRawAnswer(await exchange(body));
    if (answer === null) throw failure('malformed_body', `answer to ${method} is not a JSON-RPC response`);
    // An error may carry the id null: the node could not read the request's id, but this exchange held one request only.
    const isOurs = answer.id === body.id || (answer.id === null && 'error' in answer);
    if (!isOurs) throw failure('id_mismatch', `answer to ${method} belongs to another request`);
    if ('error' in answer) throw new RpcResponseError(label, method, answer.error);
    return answer.result;
  }

  async function requestBatch(calls: readonly RpcCall[]): Promise<RpcAnswer[]> {
    if (calls.length === 0) return [];
    const bodies = calls.map(toBody);
    const raw = await exchange(bodies);
    if (!Array.isArray(raw)) {
      const whole = parseRawAnswer(raw);
      if (whole !== null && 'error' in whole) throw new RpcResponseError(label, 'batch', whole.error);
      throw failure('malformed_body', 'answer to a batch is neither a list nor an error');
    }
    const byId = new Map<number | null, RawAnswer>();
    for (const item of raw) {
      const answer = parseRawAnswer(item);
      if (answer === null)
        throw failure('malformed_body', 'a batch holds something that is no JSON-RPC response');
      if (byId.has(answer.id)) throw failure('id_mismatch', 'a batch answers one request twice');
      byId.set(answer.id, answer);
    }
    if (byId.size !== bodies.length) {
      throw failure('id_mismatch', `a batch of ${bodies.length} requests has ${byId.size} answers`);
    }
    return bodies.map(({ id, method }) => {
      const answer = byId.get(id);
      if (answer === undefined) throw failure('id_mismatch', `a batch holds no answer to its ${method}`);
      if ('error' in answer) return { ok: false, error: new RpcResponseError(label, method, answer.error) };
      return { ok: true, result: answer.result };
    });
  }

  return { label, request, requestBatch, close: endpoint.close };
}

/**
 * 2xx and 400 are read on: some gateways send the node's own JSON-RPC error with status 400. Every other status speaks for
 * the gateway, not for the node.
 */
function requireReadableStatus(label: string, answer: HttpAnswer): void {
  if ((answer.status >= 200 && answer.status < 300) || answer.status === 400) return;
  throw httpStatusError(label, answer);
}

function httpStatusError(label: string, { status, retryAfterMs }: HttpAnswer): RpcTransportError {
  const advice =
    status === 401 || status === 403
      ? '; check the API key in its URL'
      : status === 429
        ? '; the rate limit is reached'
        : status >= 300 && status < 400
          ? '; redirects are not followed, configure the final URL'
          : '';
  return new RpcTransportError(label, 'http_status', `HTTP status ${status}${advice}`, {
    httpStatus: status,
    retryAfterMs,
  });
}

function parseRawAnswer(value: unknown): RawAnswer | null {
  if (!isRecord(value)) return null;
  const id = value['id'];
  if (typeof id !== 'number' && id !== null && id !== undefined) return null;
  const error = value['error'];
  if (error !== undefined && error !== null) {
    if (!isRecord(error) || typeof error['message'] !== 'string') return null;
    const code = error['code'];
    if (typeof code !== 'number') return null;
    return { id: id ?? null, error: { code, message: error['message'], data: error['data'] } };
  }
  return 'result' in value ? { id: id ?? null, result: value['result'] } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
