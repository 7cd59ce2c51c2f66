import type { Logger } from '@naru/kit/logger.ts';
import type { BreakerState } from './provider-health.ts';
import type { RpcTransportFailure } from './rpc-errors.ts';

/**
 * What a metrics exporter needs. Labels are low in cardinality: `provider` from configuration, `method` from our own code
 * (`batch` for several calls in one HTTP request).
 */
export type RpcEvent =
  | {
      kind: 'request';
      provider: string;
      method: string;
      /** Calls in the HTTP request; 1 unless `method` is `batch`. */
      callCount: number;
      durationMs: number;
      /** `rpc_error`: the node answered with an error; in a batch, at least one call did. */
      outcome: 'ok' | 'rpc_error' | RpcTransportFailure;
    }
  | { kind: 'breaker'; provider: string; state: BreakerState }
  | { kind: 'head'; provider: string; blockNumber: bigint; lagBlocks: bigint }
  | { kind: 'wrong_chain'; provider: string; chainId: number }
  | { kind: 'send'; outcome: string };

export type RpcObserver = (event: RpcEvent) => void;

/** An observer that throws must not turn an answered request into a failed one. */
export function guardObserver(observer: RpcObserver | undefined, logger: Logger): RpcObserver {
  if (observer === undefined) return () => {};
  return (event) => {
    try {
      observer(event);
    } catch (error) {
      logger.error({ err: error, event: event.kind }, 'the metrics observer of the RPC pool threw');
    }
  };
}
