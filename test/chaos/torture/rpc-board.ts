import type { RpcFaultProxy } from '@naru/evm/testing/rpc-fault-proxy.ts';
import type { RpcFaultRule } from '@naru/evm/testing/rpc-fault-rules.ts';

/** Which provider a fault strikes: the first, the second or both. */
export type Struck = 0 | 1 | 'both';

/** The rules of all faults that are under way, so that several can strike the same provider. */
export type RpcBoard = {
  set(fault: string, struck: Struck, rules: readonly RpcFaultRule[]): void;
  clear(fault: string): void;
};

export function createRpcBoard(proxies: readonly RpcFaultProxy[]): RpcBoard {
  const entries = new Map<string, { struck: Struck; rules: readonly RpcFaultRule[] }>();
  const apply = () => {
    for (const [index, proxy] of proxies.entries())
      proxy.setFaults(
        [...entries.values()].flatMap(({ struck, rules }) =>
          struck === 'both' || struck === index ? rules : [],
        ),
      );
  };
  return {
    set(fault, struck, rules) {
      entries.set(fault, { struck, rules });
      apply();
    },
    clear(fault) {
      if (entries.delete(fault)) apply();
    },
  };
}
