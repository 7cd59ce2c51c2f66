import { parseQuantity, toQuantity } from '../quantity.ts';

/**
 * How a node looks that is some blocks behind: requests are rewritten to its head, and answers about later blocks are
 * taken away. State reads need an upstream that keeps old states (Anvil does).
 */
type Call = { method: string; params: readonly unknown[] };

const TAGS = new Set(['latest', 'pending', 'safe', 'finalized']);

/** Where the block parameter stands, for methods that default to the newest block. */
const BLOCK_PARAMETER: Readonly<Record<string, number>> = {
  eth_getBlockByNumber: 0,
  eth_getBlockReceipts: 0,
  eth_getBlockTransactionCountByNumber: 0,
  eth_call: 1,
  eth_estimateGas: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_feeHistory: 1,
  eth_getStorageAt: 2,
};

/** The call as the lagging node would read it: "latest" is its own head. */
export function lagCall(call: Call, head: bigint): Call {
  const position = BLOCK_PARAMETER[call.method];
  if (position !== undefined) {
    const params = [...call.params];
    const at = params[position];
    if (at === undefined || (typeof at === 'string' && TAGS.has(at))) params[position] = toQuantity(head);
    return { ...call, params };
  }
  const [filter] = call.params;
  if (call.method !== 'eth_getLogs' || !isRecord(filter) || 'blockHash' in filter) return call;
  const capped = (block: unknown) => {
    const number = parseQuantity(block);
    return toQuantity(number === null || number > head ? head : number);
  };
  // A range that begins after the head has become the head's own; its logs are taken away below.
  return {
    ...call,
    params: [
      { ...filter, fromBlock: capped(filter['fromBlock'] ?? 'latest'), toBlock: capped(filter['toBlock']) },
    ],
  };
}

/** The result as the lagging node would give it. `call` is the caller's own, not the rewritten one. */
export function lagResult(call: Call, result: unknown, head: bigint): unknown {
  if (call.method === 'eth_blockNumber') return toQuantity(head);
  if (Array.isArray(result) && call.method === 'eth_getLogs') {
    const fromBlock = isRecord(call.params[0]) ? parseQuantity(call.params[0]['fromBlock']) : null;
    if (fromBlock !== null && fromBlock > head) return [];
    return result.filter((log) => !isAfter(log, 'blockNumber', head));
  }
  if (call.method.startsWith('eth_getBlockBy')) return isAfter(result, 'number', head) ? null : result;
  if (call.method === 'eth_getTransactionReceipt' || call.method === 'eth_getTransactionByHash') {
    return isAfter(result, 'blockNumber', head) ? null : result;
  }
  return result;
}

function isAfter(value: unknown, field: string, head: bigint): boolean {
  if (!isRecord(value)) return false;
  const number = parseQuantity(value[field]);
  return number !== null && number > head;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
