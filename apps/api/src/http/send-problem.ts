import { errorText } from '@naru/kit/errors.ts';
import { fieldProblemText } from '@naru/wire/field-problem.ts';
import { describeProblem, PROBLEM_CONTENT_TYPE } from '@naru/wire/problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import type { Language } from '@naru/wire/problem-entry.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { negotiateLanguage } from './language.ts';
import { isOutage } from './outage.ts';
import { ProblemError } from './problem-error.ts';

/** Seconds after which a call that found the database away is worth repeating. */
const OUTAGE_RETRY_SECONDS = 2;

/** What Fastify refuses before a handler runs. Source: Fastify 5, Reference/Errors. */
const problemOfFastify: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_NOT_FOUND: 'not_found',
};

/** Anything thrown → the problem that answers it. What nobody has seen is `internal`, and nothing of it is shown. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isOutage(error))
    return new ProblemError('unavailable', { headers: { 'retry-after': String(OUTAGE_RETRY_SECONDS) } });
  if (error instanceof Error) {
    const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
    const known = typeof code === 'string' ? problemOfFastify[code] : undefined;
    if (known !== undefined) return new ProblemError(known);
    if (error instanceof SyntaxError && statusCode === 400) return new ProblemError('malformed_json');
    if (typeof code === 'string' && code.startsWith('FST_ERR_') && isClientStatus(statusCode))
      return new ProblemError('bad_request');
  }
  return new ProblemError('internal');
}

function isClientStatus(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 500;
}

/** The JSON of a problem. Written here and not by the route's serializer: an error must not fail to be told. */
export function problemJson(problem: ProblemError, language: Language, requestId: string): string {
  const body = describeProblem(problem.code, language, requestId, problem.messages[language]);
  if (problem.rows !== null)
    return JSON.stringify({
      ...body,
      errorCount: problem.rows.errorCount,
      errors: problem.rows.errors.map((row) => ({
        ...row,
        message: fieldProblemText(row.code, language, row.message),
      })),
    });
  if (problem.errors === null) return JSON.stringify(body);
  const errors = problem.errors.map(({ pointer, code, message }) => ({
    pointer,
    code,
    message: fieldProblemText(code, language, message),
  }));
  return JSON.stringify({ ...body, errors });
}

/** Text and place only: the other members of a database error can repeat whole rows, metadata included. */
function describeBug(error: unknown): { reason: string; stack?: string } {
  const reason = errorText(error);
  return error instanceof Error && error.stack !== undefined ? { reason, stack: error.stack } : { reason };
}

/** Answers with the problem behind `error`, and logs what we have to look at. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.code === 'internal')
    request.log.error(
      { ...request.logFields, ...describeBug(error) },
      'bug: a call failed with an unforeseen error',
    );
  if (problem.code === 'unavailable')
    request.log.error({ ...request.logFields, reason: errorText(error) }, 'the database is away');
  const language = negotiateLanguage(request.headers['accept-language']);
  const json = problemJson(problem, language, request.id);
  request.problemCode = problem.code;
  return reply
    .code(describeProblem(problem.code, language, request.id).status)
    .headers({
      ...problem.headers,
      'content-type': PROBLEM_CONTENT_TYPE,
      'content-language': language,
      vary: 'Accept-Language',
    })
    .send(json);
}
