import { assert } from '@naru/kit/assert.ts';

/**
 * Which faults meet which call. Every rule is tried on its own. A rule with `probability` decides by a number drawn from the
 * seed, the rule's place and its count of matches: the n-th match of a rule has the same fate in every run, whatever
 * happens in between.
 */
export type RpcFault =
  /** The connection ends before the request reaches the node. */
  | { kind: 'drop_request' }
  /** The node does what is asked; the connection ends before the answer arrives. */
  | { kind: 'lose_answer' }
  /** As `drop_request` or `lose_answer`, but the connection stays open and silent until the caller gives up. */
  | { kind: 'hang'; forward: boolean }
  /** The request reaches the node `delayMs` later. */
  | { kind: 'delay'; delayMs: number }
  /** A gateway's answer (429, 503, …). The request does not reach the node. */
  | { kind: 'http_status'; status: number; retryAfterSeconds?: number }
  /** Half of a JSON text. The request does reach the node. */
  | { kind: 'malformed_json' }
  /** The node's own error object. The request does not reach the node, unless `forward`. */
  | { kind: 'rpc_error'; code: number; message: string; data?: unknown; forward?: boolean }
  /** `eth_chainId` and `net_version` tell another chain. */
  | { kind: 'chain_id'; chainId: number }
  /** The node is `blocks` behind: newer blocks, their logs, receipts and state are not there. */
  | { kind: 'lag'; blocks: number }
  /** A receipt that is there is denied, or told as one of a transaction that failed. */
  | { kind: 'false_receipt'; claim: 'missing' | 'failed' }
  /** `eth_getTransactionCount` tells so many more; fewer when negative, at least none. */
  | { kind: 'false_count'; add: number }
  /** `eth_getLogs` finds nothing. */
  | { kind: 'missing_logs' };

export type RpcFaultKind = RpcFault['kind'];

export type RpcFaultRule = {
  fault: RpcFault;
  /** JSON-RPC methods; absent: all. */
  methods?: readonly string[];
  /** 0 to 1; absent: always. */
  probability?: number;
  /** Matching calls to let pass first. */
  skip?: number;
  /** Matching calls to strike, after those skipped; absent: all. */
  times?: number;
};

/** What happens to the HTTP exchange as a whole, whatever else it carries. The others concern single calls. */
const EXCHANGE_FAULTS: ReadonlySet<RpcFaultKind> = new Set<RpcFaultKind>([
  'drop_request',
  'lose_answer',
  'hang',
  'delay',
  'http_status',
  'malformed_json',
]);

function isExchangeFault(fault: RpcFault): boolean {
  return EXCHANGE_FAULTS.has(fault.kind);
}

/** The faults that meet one HTTP request: as a whole, and call by call. */
export type FaultsOfRequest = { exchange: RpcFault[]; calls: RpcFault[][] };

/**
 * A script is asked once for each HTTP request, with the methods of its calls. A rule about the exchange matches a request
 * once, however many of its calls it names; a rule about calls matches each of them.
 */
export function createFaultScript(
  rules: readonly RpcFaultRule[],
  seed: number,
): (methods: readonly string[]) => FaultsOfRequest {
  const strikes = rules.map((rule, index) => createStrikeCounter(rule, index, seed));
  return (methods) => {
    const exchange: RpcFault[] = [];
    const calls: RpcFault[][] = methods.map(() => []);
    rules.forEach((rule, index) => {
      const isNext = strikes[index];
      const names = (method: string) => rule.methods === undefined || rule.methods.includes(method);
      if (isExchangeFault(rule.fault)) {
        if (methods.some(names) && isNext?.()) exchange.push(rule.fault);
        return;
      }
      methods.forEach((method, position) => {
        if (names(method) && isNext?.()) calls[position]?.push(rule.fault);
      });
    });
    return { exchange, calls };
  };
}

/** Counts a rule's matches, and says of each whether it is struck. */
function createStrikeCounter(rule: RpcFaultRule, index: number, seed: number): () => boolean {
  const { probability = 1, skip = 0, times = Number.POSITIVE_INFINITY } = rule;
  assert(probability >= 0 && probability <= 1, `a probability lies between 0 and 1: ${probability}`);
  let matches = 0;
  let struck = 0;
  return () => {
    matches += 1;
    const isStruck = matches > skip && struck < times && draw(seed, index, matches) < probability;
    if (isStruck) struck += 1;
    return isStruck;
  };
}

/** A number in [0, 1) from three whole numbers: an integer hash, so that no state is shared between rules. */
export function draw(seed: number, rule: number, match: number): number {
  let value = mix(seed ^ mix((rule + 1) * 0x9e3779b1));
  value = mix(value ^ mix(match * 0x85ebca6b));
  return value / 2 ** 32;
}

function mix(input: number): number {
  let value = input >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return (value ^ (value >>> 16)) >>> 0;
}
