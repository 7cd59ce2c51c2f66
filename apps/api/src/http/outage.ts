import { sqlState } from '@naru/db/database.ts';

/** Socket errors of the way to the database. Source: Node.js, os.constants.errno. */
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
]);

/** SQLSTATEs that speak of the server, not of the statement. Source: PostgreSQL 18, Appendix A. */
const OUTAGE_STATES: ReadonlySet<string> = new Set([
  '25006', // read_only_sql_transaction: a standby answers
  '25P03', // idle_in_transaction_session_timeout
  '40001', // serialization_failure, after its retries
  '40P01', // deadlock_detected, after its retries
  '53000',
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57014', // query_canceled: the statement timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
]);
const CONNECTION_EXCEPTION_CLASS = '08';

/** The driver throws these without a code. */
const DRIVER_TEXTS = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'Query read timeout',
];

/** Whether an error means that the database could not be asked, or that its answer was lost: the outcome is unknown. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== null && (OUTAGE_STATES.has(state) || state.startsWith(CONNECTION_EXCEPTION_CLASS)))
    return true;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && SOCKET_CODES.has(code)) return true;
  if (DRIVER_TEXTS.some((text) => error.message.startsWith(text))) return true;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  return isOutage(error.cause);
}
