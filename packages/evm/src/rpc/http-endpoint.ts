import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { assert } from '@naru/kit/assert.ts';
import { RpcTransportError, type RpcTransportFailure } from './rpc-errors.ts';

/**
 * POST to one URL over `node:http`. Not `fetch`: that one follows redirects to hosts nobody configured, and takes proxies
 * from the environment. Here each call of `post` is exactly one request to exactly that host.
 */
export type HttpEndpoint = {
  /** Host and port. All that may be shown of the URL. */
  readonly host: string;
  /** Rejects with `RpcTransportError` only. */
  post(body: string): Promise<HttpAnswer>;
  close(): void;
};

export type HttpAnswer = { status: number; retryAfterMs: number | null; body: string };

const ANSWER_BYTES_MAX = 64 * 1024 * 1024; // geth cuts a batch's answer at 25 MB; a runaway body must not take the heap
const SOCKETS_MAX = 16; // per provider; public providers limit connections, and loops are few
const IDLE_SOCKET_MS = 4_000; // below the 5 s after which Node servers and many proxies close an idle connection

export function createHttpEndpoint(options: {
  url: string;
  /** Name for errors; the host when absent. */
  label?: string;
  timeoutMs: number;
}): HttpEndpoint {
  const url = parseRpcUrl(options.url);
  const provider = options.label ?? url.host;
  const secure = url.protocol === 'https:';
  const agentOptions = { keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_SOCKET_MS };
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const requestOptions: RequestOptions = {
    method: 'POST',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    agent,
    headers: { ...authorization(url), 'content-type': 'application/json', accept: 'application/json' },
  };
  const closing = new AbortController();

  function post(body: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      if (closing.signal.aborted) {
        return reject(new RpcTransportError(provider, 'closed', 'this provider is closed'));
      }
      const contentLength = Buffer.byteLength(body);
      const headers = { ...requestOptions.headers, 'content-length': contentLength };
      const request = (secure ? httpsRequest : httpRequest)({ ...requestOptions, headers });
      const deadline = setTimeout(
        () =>
          failed('timeout', `no answer within ${options.timeoutMs} ms; raise the time limit if this repeats`),
        options.timeoutMs,
      );
      const failed = (failure: RpcTransportFailure, text: string) =>
        finish(() => reject(new RpcTransportError(provider, failure, text)));
      const onClosing = () => failed('closed', 'closed while the answer was outstanding');
      closing.signal.addEventListener('abort', onClosing, { once: true });

      /** The first outcome counts. A request that did not end by itself is torn down. */
      let finished = false;
      function finish(settle: () => void, isComplete = false): void {
        if (finished) return;
        finished = true;
        clearTimeout(deadline);
        closing.signal.removeEventListener('abort', onClosing);
        settle();
        if (!isComplete) request.destroy();
      }

      request.on('error', (error) => failed('connection', `connection failed (${error.message})`));
      request.once('response', (response) => {
        collect(response, {
          complete: (text) => finish(() => resolve(toAnswer(response, text)), true),
          tooLarge: () => failed('answer_too_large', `answer is larger than ${ANSWER_BYTES_MAX} bytes`),
          broken: () => failed('connection', 'connection ended in the middle of the answer'),
        });
      });
      request.end(body);
    });
  }

  return {
    host: url.host,
    post,
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}

function collect(
  response: IncomingMessage,
  on: { complete: (text: string) => void; tooLarge: () => void; broken: () => void },
): void {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  response.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes > ANSWER_BYTES_MAX) return on.tooLarge();
    chunks.push(chunk);
  });
  response.once('end', () => on.complete(Buffer.concat(chunks).toString('utf8')));
  response.on('error', on.broken);
}

function toAnswer(response: IncomingMessage, body: string): HttpAnswer {
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
  return {
    status: response.statusCode ?? 0,
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : null,
    body,
  };
}

/** The text of the URL is in no error: it may hold a key. */
export function parseRpcUrl(text: string): URL {
  const url = URL.parse(text);
  assert(url !== null, 'a provider URL is malformed; expected http(s)://host[:port]/path');
  assert(
    url.protocol === 'http:' || url.protocol === 'https:',
    `provider ${url.host}: only http and https are supported`,
  );
  return url;
}

function authorization(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
