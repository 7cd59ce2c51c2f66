import { parseQuantity, toQuantity } from '../quantity.ts';
import type { RpcFault } from './rpc-fault-rules.ts';

/** The result as a provider would give it that says what is not so. */
export function falsified(call: { method: string }, result: unknown, faults: readonly RpcFault[]): unknown {
  return faults.reduce((told, fault) => falsifiedBy(call.method, told, fault), result);
}

function falsifiedBy(method: string, result: unknown, fault: RpcFault): unknown {
  switch (fault.kind) {
    case 'false_receipt':
      if (method !== 'eth_getTransactionReceipt' || result === null) return result;
      return fault.claim === 'missing' ? null : { ...(result as object), status: '0x0', logs: [] };
    case 'false_count': {
      const count = method === 'eth_getTransactionCount' ? parseQuantity(result) : null;
      if (count === null) return result;
      const told = count + BigInt(fault.add);
      return toQuantity(told > 0n ? told : 0n);
    }
    case 'missing_logs':
      return method === 'eth_getLogs' ? [] : result;
    default:
      return result;
  }
}
