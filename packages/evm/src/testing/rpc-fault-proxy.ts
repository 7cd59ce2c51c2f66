import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import { parseQuantity } from '../quantity.ts';
import { createHttpEndpoint, type HttpEndpoint } from '../rpc/http-endpoint.ts';
import { lagCall, lagResult } from './rpc-fault-lag.ts';
import { falsified } from './rpc-fault-lies.ts';
import {
  createFaultScript,
  type FaultsOfRequest,
  type RpcFault,
  type RpcFaultKind,
  type RpcFaultRule,
} from './rpc-fault-rules.ts';

/*
 * # RPC fault proxy
 *
 * A JSON-RPC provider that misbehaves on demand. It stands before a real node and forwards everything, single requests and
 * batches, except what its rules say:
 *
 *   const proxy = await startRpcFaultProxy({ upstreamUrl: 'http://127.0.0.1:8545', seed: 7 });
 *   proxy.setFaults([
 *     { methods: ['eth_sendRawTransaction'], fault: { kind: 'lose_answer' }, probability: 0.3 },
 *     { methods: ['eth_getTransactionReceipt'], fault: { kind: 'delay', delayMs: 400 }, times: 5 },
 *     { fault: { kind: 'lag', blocks: 20 } },
 *   ]);
 *   … proxy.url …
 *   proxy.setFaults([]);          // healthy again; counters of rules start anew, statistics go on
 *   await proxy.close();
 *
 * The faults are listed in rpc-fault-rules.ts. Faults of the connection strike the whole HTTP request, with all calls of a
 * batch, and are decided once for each; of several, delays add up and the first of the others decides. Requests are ruled on in the order of arrival,
 * so a caller that sends one at a time meets the same faults in every run with the same seed.
 *
 * Real: the node behind it, the HTTP between. Simulated: what the network and a provider's gateway do to it.
 */
export type RpcFaultProxy = {
  readonly url: string;
  readonly port: number;
  /** Replaces all rules, from the next request on. */
  setFaults(rules: readonly RpcFaultRule[]): void;
  stats(): RpcFaultStats;
  /** Ends every connection. Requests to the node that are under way are not taken back. */
  close(): Promise<void>;
};

export type RpcFaultStats = {
  httpRequests: number;
  /** JSON-RPC calls by method: as asked by callers, and as passed on to the node (the proxy's own are not counted). */
  received: Readonly<Record<string, number>>;
  forwarded: Readonly<Record<string, number>>;
  struck: Readonly<Partial<Record<RpcFaultKind, number>>>;
};

type Call = { id: unknown; method: string; params: readonly unknown[] };
type CallInFlight = { call: Call; faults: readonly RpcFault[] };
type Answer = { jsonrpc: '2.0'; id: unknown } & ({ result: unknown } | { error: unknown });

const UPSTREAM_TIMEOUT_MS = 60_000; // longer than any caller waits: the proxy adds no time limit of its own
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;

export async function startRpcFaultProxy(options: {
  upstreamUrl: string;
  /** Default: a free one. */
  port?: number;
  seed?: number;
  faults?: readonly RpcFaultRule[];
}): Promise<RpcFaultProxy> {
  const seed = options.seed ?? 1;
  const upstream = createHttpEndpoint({ url: options.upstreamUrl, timeoutMs: UPSTREAM_TIMEOUT_MS });
  const counters = createCounters();
  const answerAll = createNodeView(upstream, counters.forwarded);
  const closing = new AbortController();
  let faultsOf = createFaultScript(options.faults ?? [], seed);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: unknown = JSON.parse(await readText(request));
    const calls = (Array.isArray(body) ? body : [body]).map(toCall);
    const faults = faultsOf(calls.map(({ method }) => method));
    counters.received(calls, faults);

    for (const fault of faults.exchange) {
      if (fault.kind === 'delay') await sleep(fault.delayMs, closing.signal);
    }
    const decisive = faults.exchange.find(({ kind }) => kind !== 'delay');
    if (decisive !== undefined && !reachesNode(decisive)) return strike(decisive, response, '');

    const answers = await answerAll(
      calls.map((call, index) => ({ call, faults: faults.calls[index] ?? [] })),
    );
    const text = JSON.stringify(Array.isArray(body) ? answers : answers[0]);
    if (decisive !== undefined) return strike(decisive, response, text);
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // The node behind is gone, or the request was no JSON-RPC: what a gateway says then.
      if (response.headersSent || response.destroyed) return;
      response.writeHead(502, { 'content-type': 'text/plain' }).end(errorText(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    setFaults(rules) {
      faultsOf = createFaultScript(rules, seed);
    },
    stats: counters.snapshot,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
        upstream.close();
      }),
  };
}

/** The node as the callers see it: with the faults of single calls. */
function createNodeView(
  upstream: HttpEndpoint,
  onForwarded: (bodies: readonly { method: string }[]) => void,
) {
  async function forward(bodies: readonly object[]): Promise<Record<string, unknown>[]> {
    const answer: unknown = JSON.parse((await upstream.post(JSON.stringify(bodies))).body);
    if (!Array.isArray(answer)) throw new Error('the node did not answer a batch with a list');
    return answer.filter(isRecord);
  }

  async function lagHead(inFlight: readonly CallInFlight[]): Promise<bigint | null> {
    const blocks = inFlight.map(lagBlocks).find((count) => count !== null) ?? null;
    if (blocks === null) return null;
    const [answer] = await forward([{ jsonrpc: '2.0', id: 0, method: 'eth_blockNumber', params: [] }]);
    const head = (parseQuantity(answer?.['result']) ?? 0n) - BigInt(blocks);
    return head > 0n ? head : 0n;
  }

  /** One request to the node for all calls that still go there; answers in the order of the calls. */
  return async function answerAll(inFlight: readonly CallInFlight[]): Promise<Answer[]> {
    const head = await lagHead(inFlight);
    const headOf = (item: CallInFlight) => (lagBlocks(item) === null ? null : head);
    const bodies = inFlight.flatMap((item, id) => {
      if (errorFault(item)?.forward === false) return [];
      const lag = headOf(item);
      const { method, params } = lag === null ? item.call : lagCall(item.call, lag);
      return [{ jsonrpc: '2.0', id, method, params }];
    });
    onForwarded(bodies);
    const answered = bodies.length === 0 ? [] : await forward(bodies);
    const byIndex = new Map(answered.map((answer) => [answer['id'], answer]));
    return inFlight.map((item, index) => {
      const envelope = { jsonrpc: '2.0' as const, id: item.call.id };
      const fault = errorFault(item);
      if (fault !== null) return { ...envelope, error: fault.body };
      const answer = byIndex.get(index) ?? {
        error: { code: -32603, message: 'the node did not answer this call' },
      };
      if (!('result' in answer)) return { ...envelope, error: answer['error'] };
      const lag = headOf(item);
      const result = lag === null ? answer['result'] : lagResult(item.call, answer['result'], lag);
      return { ...envelope, result: falsified(item.call, otherChain(item, result), item.faults) };
    });
  };
}

function reachesNode(fault: RpcFault): boolean {
  return (
    fault.kind === 'lose_answer' ||
    fault.kind === 'malformed_json' ||
    (fault.kind === 'hang' && fault.forward)
  );
}

function strike(fault: RpcFault, response: ServerResponse, text: string): void {
  switch (fault.kind) {
    case 'drop_request':
    case 'lose_answer':
      response.destroy();
      return;
    case 'hang':
      return; // the connection ends with the caller's patience, or with the proxy
    case 'http_status': {
      const retryAfter =
        fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      response
        .writeHead(fault.status, { 'content-type': 'text/plain', ...retryAfter })
        .end(`status ${fault.status}`);
      return;
    }
    case 'malformed_json':
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(text.slice(0, Math.floor(text.length / 2)));
      return;
    default:
      throw new Error(`${fault.kind} is no fault of the exchange`);
  }
}

function errorFault({ faults }: CallInFlight): { forward: boolean; body: object } | null {
  const fault = faults.find(({ kind }) => kind === 'rpc_error');
  if (fault?.kind !== 'rpc_error') return null;
  const { code, message, data } = fault;
  return {
    forward: fault.forward ?? false,
    body: { code, message, ...(data === undefined ? {} : { data }) },
  };
}

function lagBlocks({ faults }: CallInFlight): number | null {
  const fault = faults.find(({ kind }) => kind === 'lag');
  return fault?.kind === 'lag' ? fault.blocks : null;
}

function otherChain({ call, faults }: CallInFlight, result: unknown): unknown {
  const fault = faults.find(({ kind }) => kind === 'chain_id');
  if (fault?.kind !== 'chain_id') return result;
  if (call.method === 'eth_chainId') return `0x${fault.chainId.toString(16)}`;
  return call.method === 'net_version' ? String(fault.chainId) : result;
}

function toCall(value: unknown): Call {
  if (!isRecord(value) || typeof value['method'] !== 'string') throw new Error('not a JSON-RPC request');
  return {
    id: value['id'],
    method: value['method'],
    params: Array.isArray(value['params']) ? value['params'] : [],
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  for await (const chunk of request) {
    receivedBytes += chunk.length;
    if (receivedBytes > REQUEST_BYTES_MAX)
      throw new Error(`request is larger than ${REQUEST_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function createCounters() {
  let httpRequests = 0;
  const received: Record<string, number> = {};
  const forwarded: Record<string, number> = {};
  const struck: Partial<Record<RpcFaultKind, number>> = {};
  return {
    received(calls: readonly Call[], faults: FaultsOfRequest) {
      httpRequests += 1;
      for (const { method } of calls) received[method] = (received[method] ?? 0) + 1;
      for (const { kind } of [...faults.exchange, ...faults.calls.flat()])
        struck[kind] = (struck[kind] ?? 0) + 1;
    },
    forwarded(bodies: readonly { method: string }[]) {
      for (const { method } of bodies) forwarded[method] = (forwarded[method] ?? 0) + 1;
    },
    snapshot: (): RpcFaultStats => ({
      httpRequests,
      received: { ...received },
      forwarded: { ...forwarded },
      struck: { ...struck },
    }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
