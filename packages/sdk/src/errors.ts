import type { ProblemBody } from '@naru/wire/problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';

/** A row of a bulk file that was not accepted. */
export type RowError = { row: number; field: string; code: string; message: string };
type FieldError = { pointer: string; code: string; message: string };

/** A problem as it came. A newer server may send codes that this version does not know. */
export type Problem = Omit<ProblemBody, 'code' | 'errors'> & {
  code: ProblemCode | (string & {});
  errors?: (FieldError | RowError)[];
  errorCount?: number;
};

/** Everything that this client throws. */
export class NaruError extends Error {
  override readonly name: string = 'NaruError';
}

/** The API refused: a problem (RFC 9457). Decide by `code`. */
export class NaruApiError<Code extends string = string> extends NaruError {
  override readonly name = 'NaruApiError';
  readonly code: Code;
  readonly status: number;
  /** Whether the very same call, with the same idempotency key, can succeed later. */
  readonly retryable: boolean;
  /** Quote it when asking for help. */
  readonly requestId: string;
  readonly problem: Problem;
  /** The key of this call, where it had one. */
  readonly idempotencyKey: string | null;

  constructor(problem: Problem, idempotencyKey: string | null) {
    super(problem.detail);
    this.code = problem.code as Code;
    this.status = problem.status;
    this.retryable = problem.retryable;
    this.requestId = problem.requestId;
    this.problem = problem;
    this.idempotencyKey = idempotencyKey;
  }
}

/** Narrows a caught error to one code: `if (isNaruApiError(error, 'insufficient_balance')) …` */
export function isNaruApiError<Code extends ProblemCode>(
  error: unknown,
  code?: Code,
): error is NaruApiError<Code> {
  return error instanceof NaruApiError && (code === undefined || error.code === code);
}

/**
 * A call that may move money got no answer that tells its outcome. It may or may not have taken effect; called again
 * with the same key it takes effect at most once.
 */
export class OutcomeUnknownError extends NaruError {
  override readonly name = 'OutcomeUnknownError';
  readonly idempotencyKey: string;

  constructor(idempotencyKey: string, cause: unknown) {
    super(
      `the outcome is unknown: call again with the same idempotency key (${idempotencyKey})`,
      cause === undefined ? undefined : { cause },
    );
    this.idempotencyKey = idempotencyKey;
  }
}

/** The server was not reached, so nothing has happened there. */
export class NaruConnectionError extends NaruError {
  override readonly name = 'NaruConnectionError';
}

/** A call without effect got no answer in time. */
export class NaruTimeoutError extends NaruError {
  override readonly name = 'NaruTimeoutError';
}

/** An answer that is not of this API: usually another program, or a proxy in between, answered. */
export class UnexpectedAnswerError extends NaruError {
  override readonly name = 'UnexpectedAnswerError';
  readonly status: number;

  constructor(status: number, what: string) {
    super(
      `the answer (HTTP ${status}) is not one of the Naru API: ${what}; check baseUrl and what stands in between`,
    );
    this.status = status;
  }
}
