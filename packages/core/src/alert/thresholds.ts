import type { Finding } from '../reconciliation/invariants.ts';

/** Beyond these an installation is in trouble, or will be. The rules of Prometheus have the same (deploy/prometheus). */
export const thresholds = {
  /** Withdrawals that wait to be taken up or planned. */
  queue: { warning: 500, critical: 1_000 },
  deadLetters: { warning: 50, critical: 100 },
  /** Share of what ended. */
  failureRate: { warning: 0.05, critical: 0.1 },
  /** Used share. */
  resources: { warning: 0.7, critical: 0.9 },
} as const;

/** A long file is no trouble while it is being paid: somebody must have waited for this long. */
export const QUEUE_WAIT_SECONDS_MIN = 300;
/** The rate of failures is that of this time. */
export const FAILURE_RATE_MINUTES = 15;

/** What a figure that is above its thresholds gives: a warning, and the critical finding besides. At a threshold: nothing. */
export function findingsOf(
  what: string,
  value: number,
  limits: { warning: number; critical: number },
  show: (value: number) => string,
  detail: string,
): Finding[] {
  return (['WARNING', 'CRITICAL'] as const).flatMap((severity) => {
    const limit = severity === 'WARNING' ? limits.warning : limits.critical;
    if (!(value > limit)) return [];
    return [{ subject: `${what}: above ${show(limit)}`, detail, severity }];
  });
}

export function showCount(value: number): string {
  return value.toLocaleString('en-US');
}

export function showShare(value: number): string {
  return `${Math.round(value * 1_000) / 10} %`;
}
