import { errorText } from '@naru/kit/errors.ts';
import { Agent, buildConnector, type Dispatcher, errors, request } from 'undici';
import {
  ADDRESSES_MAX,
  BODY_BYTES_KEPT,
  BODY_BYTES_READ,
  CONNECT_TIMEOUT_MS,
  CONNECTIONS_PER_HOST_MAX,
  HEADER_CHARACTERS_KEPT,
  KEEP_ALIVE_MS,
} from './outbound.limits.ts';
import { BlockedAddressError, createSafeLookup, type Resolve, systemResolve } from './safe-lookup.ts';
import { findUrlProblem } from './url-rules.ts';

export type OutboundRequest = {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** For all of it. */
  timeoutMs: number;
  signal: AbortSignal;
};

export type OutboundResult =
  | {
      kind: 'answered';
      status: number;
      headers: Record<string, string>;
      /** Its beginning. */
      body: string;
      /** That was connected to. */
      address: string | null;
    }
  | { kind: 'blocked' | 'unreached' | 'unanswered'; error: string };

export type Outbound = {
  post(request: OutboundRequest): Promise<OutboundResult>;
  close(): Promise<void>;
};

/** Errors of the way to a connection: no byte of a request has left. Source: Node.js and undici error codes. */
const UNREACHED_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
]);

/**
 * Sends to addresses that strangers name: only to the public internet, over TLS, on the ports of HTTPS, without following
 * redirects, with limits on time and on what is read. Connections are kept and used again; each goes to an address that
 * was checked when it was made.
 * @param options.allowLocal for development: also to this machine and local networks, without TLS, on any port
 */
export function createOutbound(options: { allowLocal: boolean; resolve?: Resolve }): Outbound {
  const { allowLocal, resolve = systemResolve } = options;
  const connect = buildConnector({
    lookup: createSafeLookup({ allowLocal, resolve }),
    timeout: CONNECT_TIMEOUT_MS,
  });
  /** Of each host, the address that it was last connected at. */
  const addresses = new Map<string, string>();
  const agent = new Agent({
    connect: (target, done) =>
      connect(target, (...made) => {
        const address = made[1]?.remoteAddress;
        if (address !== undefined) addresses.set(target.host ?? target.hostname, address);
        if (addresses.size > ADDRESSES_MAX) addresses.clear();
        done(...made);
      }),
    connections: CONNECTIONS_PER_HOST_MAX,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  });
  return {
    async post({ url, headers, body, timeoutMs, signal }) {
      // At every try: rules may have become stricter, and an address in a URL is never looked up.
      const problem = findUrlProblem(url, { allowLocal });
      if (problem !== null) return { kind: 'blocked', error: `the address is not called: ${problem}` };
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, {
          method: 'POST',
          headers: { ...headers },
          body,
          dispatcher: agent,
          signal: AbortSignal.any([timeout, signal]),
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        return {
          kind: 'answered',
          status: answer.statusCode,
          headers: keepHeaders(answer.headers),
          body: await readBeginning(answer.body),
          address: addresses.get(new URL(url).host) ?? null,
        };
      } catch (error) {
        if (timeout.aborted) return { kind: 'unanswered', error: `no answer within ${timeoutMs / 1_000} s` };
        return classify(error);
      }
    },
    close: () => agent.destroy(),
  };
}

function classify(error: unknown): OutboundResult {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BlockedAddressError) return { kind: 'blocked', error: cause.message };
    const code = 'code' in cause ? String(cause.code) : '';
    if (UNREACHED_CODES.has(code)) return { kind: 'unreached', error: sayError(cause, code) };
    const [first] = cause instanceof AggregateError ? cause.errors : [];
    if (first !== undefined) return classify(first);
  }
  if (error instanceof errors.HeadersOverflowError)
    return { kind: 'unanswered', error: 'the headers of the answer are too long' };
  return { kind: 'unanswered', error: `the connection was lost: ${errorText(error)}` };
}

function sayError(error: Error, code: string): string {
  return `no connection: ${error.message === '' ? code : error.message}`;
}

/** The first bytes as text. A body that goes on and on ends the connection instead of being read. */
async function readBeginning(body: Dispatcher.ResponseData['body']): Promise<string> {
  const kept: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (length < BODY_BYTES_KEPT) kept.push(chunk.subarray(0, BODY_BYTES_KEPT - length));
    length += chunk.length;
    if (length > BODY_BYTES_READ) break;
  }
  return toText(Buffer.concat(kept));
}

/** As PostgreSQL can store it. A character that was cut in two becomes a replacement sign. */
function toText(bytes: Buffer): string {
  return new TextDecoder().decode(bytes).replaceAll('\u0000', '\ufffd');
}

function keepHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const kept: Record<string, string> = {};
  let length = 0;
  for (const [name, value] of Object.entries(headers)) {
    const text = toText(Buffer.from([value ?? ''].flat().join(', '), 'latin1'));
    length += name.length + text.length;
    if (length > HEADER_CHARACTERS_KEPT) break;
    kept[name] = text;
  }
  return kept;
}
