import type { Logger } from '@naru/kit/logger.ts';

/** The whole stop, the server's own limit included; an orchestrator's patience is usually 30 s. */
const STOP_MS_MAX = 10_000;

/** What is still to be written then is given up: a reader of the log that has gone must not keep the process. */
const FLUSH_MS_MAX = 1_000;

/** SIGTERM and SIGINT close the handle once; the process then ends by itself, or is ended after the limit. */
export function stopOnSignal(
  handle: { close(): Promise<void> },
  log: Logger,
  flush: (done: () => void) => void,
): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    const limit = setTimeout(() => end(1, `not stopped after ${STOP_MS_MAX} ms`), STOP_MS_MAX);
    handle.close().then(
      () => {
        clearTimeout(limit);
        end(0);
      },
      (error: unknown) => end(1, String(error)),
    );
  };
  const end = (code: number, problem?: string) => {
    if (problem !== undefined) log.error({ problem }, 'the stop was not clean');
    setTimeout(() => process.exit(code), FLUSH_MS_MAX);
    flush(() => process.exit(code));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
