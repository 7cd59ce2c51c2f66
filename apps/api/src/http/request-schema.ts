import { toFieldProblems } from '@naru/wire/field-problem.ts';
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';

/** What Fastify throws on: carries the fields until the error handler, which knows the route, names the problem. */
export class RequestShapeError extends Error {
  override readonly name = 'RequestShapeError';
  readonly part: string;
  readonly errors: ReturnType<typeof toFieldProblems>;

  constructor(part: string, errors: ReturnType<typeof toFieldProblems>) {
    super(`${part} has fields that cannot be accepted`);
    this.part = part;
    this.errors = errors;
  }
}

/** Checks a part of the request (`body`, `params`, `querystring`) against its Zod schema; all problems at once. */
export const requestSchemaCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (input: unknown) => {
    const result = schema.safeParse(input);
    if (result.success) return { value: result.data };
    return {
      error: new RequestShapeError(httpPart ?? 'request', toFieldProblems(result.error.issues, input)),
    };
  };
};
