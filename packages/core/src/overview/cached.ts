import { OVERVIEW_SHARE_MAX } from './overview.limits.ts';

export type Cached<T> = () => Promise<T>;

/**
 * One answer for all who ask: read again when it is older than `ageMsMax`, or later where reading takes so long that it
 * would be more than a share of the time. Callers that come while it is read wait for that one.
 */
export function createCached<T>(
  read: () => Promise<T>,
  ageMsMax: number,
  nowMs: () => number = () => performance.now(),
): Cached<T> {
  let kept: { value: T; untilMs: number } | null = null;
  let underWay: Promise<T> | null = null;
  async function renew(): Promise<T> {
    const startedMs = nowMs();
    try {
      const value = await read();
      const endedMs = nowMs();
      kept = { value, untilMs: startedMs + Math.max(ageMsMax, (endedMs - startedMs) / OVERVIEW_SHARE_MAX) };
      return value;
    } finally {
      underWay = null;
    }
  }
  return async () => {
    if (kept !== null && nowMs() < kept.untilMs) return kept.value;
    underWay ??= renew();
    return await underWay;
  };
}
