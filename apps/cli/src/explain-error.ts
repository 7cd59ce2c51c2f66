import { CodedError, errorText } from '@naru/kit/errors.ts';
import { NaruApiError, NaruConnectionError, OutcomeUnknownError } from '@naru/sdk/errors.ts';
import { CommanderError } from 'commander';
import type { CliConfig } from './config.ts';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_INTERRUPTED = 130; // 128 + SIGINT, as shells do

export type Explained = {
  /** What went wrong and what to do, without a trace. Null: it has been said already. */
  text: string | null;
  exitCode: number;
};

/** Connection refused, host unknown, no route, timed out, closed while talking. Source: Node.js system error codes. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)$/;
/** PostgreSQL: wrong password, unknown user, unknown database. Source: PostgreSQL, Appendix A. */
const LOGIN_REFUSED = /^(28P01|28000|3D000)$/;
const SQL_STATE = /^[0-9A-Z]{5}$/;

/** Any failure as one text that says what to do, and the exit code. */
export function explainError(error: unknown, config: CliConfig): Explained {
  if (error instanceof CommanderError) return explainCommander(error);
  if (error instanceof CodedError)
    return { text: errorText(error), exitCode: error.code === 'usage' ? EXIT_USAGE : EXIT_FAILED };
  if (error instanceof NaruApiError)
    return failed(`the API refused (${error.code}): ${error.message} [request ${error.requestId}]`);
  if (error instanceof OutcomeUnknownError)
    return failed(
      `the API did not say how it ended: ${errorText(error.cause ?? error)}. Run the same command again: it goes on where this one stopped and pays nothing twice`,
    );
  if (error instanceof NaruConnectionError)
    return failed(`${error.message}. ${placeOf(config, 'NARU_API_URL')}`);
  const database = explainDatabase(error, config);
  return failed(database ?? errorText(error));
}

function failed(text: string): Explained {
  return { text, exitCode: EXIT_FAILED };
}

/** Commander has printed its message. A wrong command line is 2; help and version are 0. */
function explainCommander(error: CommanderError): Explained {
  if (error.exitCode === 0) return { text: null, exitCode: 0 };
  const isUsage = error.code.startsWith('commander.') || error.code === 'usage';
  return { text: null, exitCode: isUsage ? EXIT_USAGE : error.exitCode };
}

function explainDatabase(error: unknown, config: CliConfig): string | null {
  const code = codeOf(error);
  const where = placeOf(config, 'DATABASE_URL');
  const at = hostOf(config);
  if (code !== null && UNREACHABLE.test(code))
    return `the database at ${at} cannot be reached (${code}): start it, or correct the address. ${where}`;
  if (error instanceof Error && /timeout exceeded when trying to connect/.test(error.message))
    return `the database at ${at} did not answer within 5 s: is it the right address? ${where}`;
  if (code !== null && LOGIN_REFUSED.test(code))
    return `the database at ${at} refused the login: ${errorText(error)}. ${where}`;
  if (code !== null && SQL_STATE.test(code))
    return `the database refused a statement (SQLSTATE ${code}): ${errorText(error)}. Run the command again with --debug and report what it shows`;
  return null;
}

function placeOf(config: CliConfig, variable: string): string {
  return config.localStackFile === null
    ? `It comes from ${variable}.`
    : `It comes from ${config.localStackFile}: is the local stack running (npm start)?`;
}

function hostOf(config: CliConfig): string {
  const text = config.databaseUrl?.reveal() ?? '';
  return URL.canParse(text) ? new URL(text).host : 'the given address';
}

function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
