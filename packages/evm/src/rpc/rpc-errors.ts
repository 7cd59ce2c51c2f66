/**
 * What can go wrong between us and a JSON-RPC provider, as types. Every text names the provider by its label; none holds
 * its URL, which may contain an API key.
 */

/**
 * How an HTTP exchange failed before the node's own answer could be read. The request may have reached the node in any
 * of them: for a sent transaction each one means "unknown".
 */
export type RpcTransportFailure =
  | 'timeout'
  | 'connection'
  | 'http_status'
  | 'malformed_body'
  | 'id_mismatch'
  | 'answer_too_large'
  | 'closed';

export class RpcTransportError extends Error {
  override readonly name = 'RpcTransportError';
  readonly provider: string;
  readonly failure: RpcTransportFailure;
  /** Set when `failure` is `http_status`. */
  readonly httpStatus: number | null;
  /** What the provider asked for in `Retry-After`, when it gave seconds. */
  readonly retryAfterMs: number | null;

  constructor(
    provider: string,
    failure: RpcTransportFailure,
    text: string,
    details: { httpStatus?: number; retryAfterMs?: number | null } = {},
  ) {
    super(`${provider}: ${text}`);
    this.provider = provider;
    this.failure = failure;
    this.httpStatus = details.httpStatus ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** The node answered with a JSON-RPC error object (JSON-RPC 2.0, section 5.1). */
export class RpcResponseError extends Error {
  override readonly name = 'RpcResponseError';
  readonly provider: string;
  readonly method: string;
  readonly code: number;
  /** The node's own words, unchanged. */
  readonly nodeMessage: string;
  readonly data: unknown;

  constructor(provider: string, method: string, error: { code: number; message: string; data?: unknown }) {
    super(`${provider}: ${method} answered error ${error.code}: ${error.message}`);
    this.provider = provider;
    this.method = method;
    this.code = error.code;
    this.nodeMessage = error.message;
    this.data = error.data;
  }
}

/** The node answered, but not with what the method is specified to return, or not with what this chain can hold. */
export class RpcDecodeError extends Error {
  override readonly name = 'RpcDecodeError';
}

/** The provider serves another chain than it is configured for. It has been taken out of use. */
export class WrongChainError extends Error {
  override readonly name = 'WrongChainError';
}

/** No provider could be used, or each one that was tried had trouble. Nothing is known; the caller tries later. */
export class RpcUnavailableError extends Error {
  override readonly name = 'RpcUnavailableError';
  readonly chainId: number;
  readonly attempts: readonly { provider: string; problem: string }[];

  constructor(
    chainId: number,
    what: string,
    attempts: readonly { provider: string; problem: string }[],
    cause?: unknown,
  ) {
    const list = attempts.map(({ provider, problem }) => `${provider}: ${problem}`).join('; ');
    super(
      `chain ${chainId}: ${what}: ${list}. Check the providers, or configure another one.`,
      cause === undefined ? undefined : { cause },
    );
    this.chainId = chainId;
    this.attempts = attempts;
  }
}
