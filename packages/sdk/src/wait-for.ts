import {
  finalWithdrawalStates,
  type WithdrawalBody,
  type WithdrawalStateName,
} from '@naru/wire/withdrawal.ts';
import { NaruTimeoutError } from './errors.ts';

export type WaitForOptions = {
  /** Default: CONFIRMED, FAILED or CANCELED. A final state ends the wait in any case. */
  until?: readonly WithdrawalStateName[];
  /** Default: ten minutes. */
  timeoutMs?: number;
  /** Default: one second. */
  pollMs?: number;
  /** Called with each state that was not seen before, the first included. */
  onState?: (withdrawal: WithdrawalBody) => void;
  signal?: AbortSignal;
};

const WAIT_MS_DEFAULT = 600_000;
const POLL_MS_DEFAULT = 1_000;

/** Resolves with the withdrawal as it stands; check `state`: it can be a final one that was not asked for. */
export function createWaitFor(
  get: (id: string, options?: { signal?: AbortSignal }) => Promise<WithdrawalBody>,
): (id: string, options?: WaitForOptions) => Promise<WithdrawalBody> {
  return async (id, options = {}) => {
    const { timeoutMs = WAIT_MS_DEFAULT, pollMs = POLL_MS_DEFAULT, signal } = options;
    const wanted = new Set<string>([...(options.until ?? []), ...finalWithdrawalStates]);
    const deadlineMs = performance.now() + timeoutMs;
    let seen: string | null = null;
    for (;;) {
      signal?.throwIfAborted();
      const current = await get(id, signal === undefined ? {} : { signal });
      if (current.state !== seen) options.onState?.(current);
      seen = current.state;
      if (wanted.has(current.state)) return current;
      if (performance.now() + pollMs > deadlineMs)
        throw new NaruTimeoutError(
          `withdrawal ${id} was still ${current.state} after ${timeoutMs} ms; it goes on by itself: wait again`,
        );
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };
}
