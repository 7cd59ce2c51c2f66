import { z } from 'zod';
import { fieldProblems } from './field-problem.ts';
import { type ProblemCode, problemCatalogue, problemCodes, problemDetail } from './problem-catalogue.ts';
import type { Language } from './problem-entry.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

const base = {
  type: z.string().meta({
    description: 'A page that explains this code, relative to this API.',
    examples: ['/problems/insufficient_balance'],
  }),
  title: z.string().meta({ description: 'The kind of problem, in the language asked for.' }),
  status: z.int().min(400).max(599).meta({ description: 'The HTTP status.' }),
  detail: z.string().meta({
    description: 'For people: what is wrong, whether money moved, what to do now, what to quote.',
  }),
  code: z.enum(problemCodes).meta({ description: 'Stable; decide by this, never by a text.' }),
  retryable: z.boolean().meta({
    description: 'Whether the very same call, with the same idempotency key, can succeed later.',
  }),
  requestId: z.string().meta({
    description: 'The `X-Request-Id` of this call: quote it.',
    examples: ['req_01kjr3q8c6e7rvt0xx0n3m7d5e'],
  }),
};

const fieldError = z
  .object({
    pointer: z.string().meta({
      description: 'JSON pointer (RFC 6901) into the body; `/<name>` for a query parameter.',
      examples: ['/amount'],
    }),
    code: z.string().meta({
      description: `Stable. One of: ${Object.keys(fieldProblems).join(', ')}.`,
      examples: ['amount_decimals'],
    }),
    message: z.string().meta({ description: 'For people.', examples: ['USDC has 6 decimals at most.'] }),
  })
  .meta({ id: 'FieldError' });

/** Source: RFC 9457; `code`, `retryable`, `requestId` and `errors` are its extension members. */
export const problem = z
  .object({ ...base, errors: z.array(fieldError).optional() })
  .meta({ id: 'Problem', description: 'Why a call did not do what it was asked (RFC 9457).' });
export type ProblemBody = z.output<typeof problem>;

export const bulkRowError = z
  .object({
    row: z
      .int()
      .min(0)
      .meta({
        description: 'Counted from 1, the header not included; 0 is the header or the file as a whole.',
        examples: [17],
      }),
    field: z.string().meta({ description: 'The column, or `file`.', examples: ['to'] }),
    code: z.string().meta({ examples: ['address_checksum'] }),
    message: z
      .string()
      .meta({ examples: ['The checksum of the address is wrong; a character may be mistyped.'] }),
  })
  .meta({ id: 'BulkRowError' });
export type BulkRowErrorBody = z.output<typeof bulkRowError>;

export const bulkProblem = z
  .object({
    ...base,
    code: z.literal('bulk_invalid'),
    errors: z.array(bulkRowError).meta({ description: 'The first 1,000.' }),
    errorCount: z
      .int()
      .min(1)
      .meta({ description: 'How many there are.', examples: [1] }),
  })
  .meta({ id: 'BulkProblem', description: 'A file that was not accepted (RFC 9457).' });
export type BulkProblemBody = z.output<typeof bulkProblem>;

/** Where a code is explained. */
export function problemType(code: ProblemCode): string {
  return `/problems/${code}`;
}

/** The members that every problem has. `message`: see `problemDetail`. */
export function describeProblem(
  code: ProblemCode,
  language: Language,
  requestId: string,
  message?: string,
): Omit<ProblemBody, 'errors'> {
  const { status, retryable, title } = problemCatalogue[code];
  return {
    type: problemType(code),
    title: title[language],
    status,
    detail: problemDetail(code, language, requestId, message),
    code,
    retryable,
    requestId,
  };
}
