import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { backoffMs } from '@naru/kit/retry.ts';

/**
 * One repeated step of a role. `true`: there may be more to do at once; `false`: nothing left until the next poll or
 * signal; `againInMs`: nothing now, but something at that time.
 */
export type Work = (signal: AbortSignal) => Promise<boolean | { againInMs: number }>;

export type WorkLoop = {
  /** Look now, instead of at the next poll. Cheap, may be called any number of times. */
  wake(): void;
  /** As `wake`; resolves when a step that began after this call has ended well, rejects when that step failed. */
  look(): Promise<void>;
  /** Milliseconds since the last step that ended without an error; for readiness. */
  idleForMs(): number;
  /** Resolves when the step under way has ended. No further one begins. */
  stop(): Promise<void>;
};

/**
 * Runs `work` again and again: at once while it says there is more, else after a wake-up or `pollMs`. A step that
 * throws is logged and tried again with growing delays: rows are the queue, so nothing is lost by failing.
 */
export function startWorkLoop(options: {
  name: string;
  work: Work;
  pollMs: number;
  logger: Logger;
  onError?: (error: unknown) => void;
}): WorkLoop {
  const controller = new AbortController();
  let wakeUp = new AbortController();
  let lookers: PromiseWithResolvers<void>[] = [];
  let lastSuccessMs = performance.now();

  const running = run();

  async function run(): Promise<void> {
    let failures = 0;
    while (!controller.signal.aborted) {
      const currentWakeUp = wakeUp;
      let delayMs = options.pollMs;
      const served = lookers;
      lookers = [];
      try {
        const more = await options.work(controller.signal);
        for (const looker of served) looker.resolve();
        lastSuccessMs = performance.now();
        failures = 0;
        if (more === true) delayMs = 0;
        else if (more !== false) delayMs = Math.min(options.pollMs, more.againInMs);
      } catch (error) {
        for (const looker of served) looker.reject(error);
        failures += 1;
        delayMs = backoffMs(failures, { baseMs: 100, maxMs: 5_000 });
        options.onError?.(error);
        options.logger.error(
          { loop: options.name, error: errorText(error), failures, delayMs },
          'a step failed and will be tried again',
        );
      }
      if (delayMs > 0) await sleep(delayMs, AbortSignal.any([controller.signal, currentWakeUp.signal]));
      // Even a loop that is busy, or woken again and again, lets the process do its other work between two steps.
      await new Promise(setImmediate);
      if (currentWakeUp.signal.aborted) wakeUp = new AbortController();
    }
    for (const looker of lookers) looker.reject(new Error(`the loop ${options.name} has stopped`));
  }

  return {
    wake: () => wakeUp.abort(),
    look() {
      if (controller.signal.aborted) return Promise.reject(new Error(`the loop ${options.name} has stopped`));
      const looker = Promise.withResolvers<void>();
      lookers.push(looker);
      wakeUp.abort();
      return looker.promise;
    },
    idleForMs: () => performance.now() - lastSuccessMs,
    async stop() {
      controller.abort();
      await running;
    },
  };
}
