import { pino } from 'pino';

/** Bytes gathered before a write: thousands of lines a second must not be thousands of system calls. */
const BUFFER_BYTES = 8 * 1024;
/** No line waits longer than this to be seen. */
const FLUSH_MS = 250;

/** Standard output, written in the background; `flush` before the process ends. */
export function createLogDestination() {
  return pino.destination({ fd: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
}
