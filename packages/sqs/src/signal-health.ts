import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { Counter, type Registry } from 'prom-client';

export type SignalOperation = 'send' | 'receive' | 'depth';

/** Knows how each channel's last calls went: for one log line an outage, a counter, and readiness. */
export type SignalHealth = {
  succeeded(operation: SignalOperation, channel: string): void;
  failed(operation: SignalOperation, channel: string, error: unknown): void;
  /** A sentence, or null while everything works. */
  problem(): string | null;
};

export function createSignalHealth(deps: { logger: Logger; registry: Registry }): SignalHealth {
  const failures = new Counter({
    name: 'naru_signal_failures_total',
    help: 'Calls to the signal queues that failed; polling covers what was not said',
    labelNames: ['channel', 'operation'],
    registers: [deps.registry],
  });
  const failing = new Map<string, string>();
  return {
    succeeded(operation, channel) {
      if (!failing.delete(`${operation} ${channel}`)) return;
      deps.logger.info({ channel, operation }, 'signals over SQS work again');
    },
    failed(operation, channel, error) {
      failures.inc({ channel, operation });
      const name = `${operation} ${channel}`;
      const reason = errorText(error);
      if (!failing.has(name))
        deps.logger.warn({ channel, operation, reason }, 'signals over SQS fail for now; polling goes on');
      failing.set(name, reason);
    },
    problem() {
      const [first] = failing;
      if (first === undefined) return null;
      return `signals over SQS fail (${first[0]}: ${first[1]}); work is found by polling`;
    },
  };
}
