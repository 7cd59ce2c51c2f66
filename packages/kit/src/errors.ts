/**
 * A refusal or failure with a stable code. `message` is for the caller (English; the API translates by code),
 * `internal` is for logs only. `retryable` says whether the very same call can succeed later.
 */
export class CodedError<Code extends string = string> extends Error {
  override readonly name = 'CodedError';
  readonly code: Code;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly internal: string | undefined;

  constructor(
    code: Code,
    message: string,
    options: {
      retryable?: boolean;
      details?: Record<string, unknown>;
      internal?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    this.internal = options.internal;
  }
}

/** Any thrown thing as one line of text, causes included. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `: ${errorText(error.cause)}`;
  return `${error.message || error.name}${cause}`;
}
