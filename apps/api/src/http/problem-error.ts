import type { FieldProblem } from '@naru/wire/field-problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import type { Language } from '@naru/wire/problem-entry.ts';

/** A row of a bulk file that cannot be accepted; `row` 0 is the header or the file as a whole. */
export type RowProblem = { row: number; field: string; code: string; message: string };

/**
 * Ends a call with a problem of the catalogue. Its `messages` are public, by language; where there is none, the
 * catalogue's text is told.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly messages: Readonly<Partial<Record<Language, string>>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldProblem[] | null;
  readonly rows: { errors: readonly RowProblem[]; errorCount: number } | null;

  constructor(
    code: ProblemCode,
    options: {
      message?: string;
      messageKo?: string | undefined;
      headers?: Record<string, string>;
      errors?: readonly FieldProblem[] | undefined;
      rows?: { errors: readonly RowProblem[]; errorCount: number };
    } = {},
  ) {
    super(options.message ?? '');
    this.code = code;
    this.messages = {
      ...(options.message === undefined ? {} : { en: options.message }),
      ...(options.messageKo === undefined ? {} : { ko: options.messageKo }),
    };
    this.headers = options.headers ?? {};
    this.errors = options.errors ?? null;
    this.rows = options.rows ?? null;
  }
}
