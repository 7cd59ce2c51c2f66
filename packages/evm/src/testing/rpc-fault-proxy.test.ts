import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJsonRpcClient, type JsonRpcClient } from '../rpc/json-rpc-client.ts';
import { type RpcFaultProxy, startRpcFaultProxy } from './rpc-fault-proxy.ts';
import { createFaultScript, draw, type RpcFaultRule } from './rpc-fault-rules.ts';
import { startAnvil, type TestChain } from './start-anvil.ts';

const account = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
let chain: TestChain;
let proxy: RpcFaultProxy;
let client: JsonRpcClient;
let direct: JsonRpcClient;

beforeAll(async () => {
  chain = await startAnvil();
  proxy = await startRpcFaultProxy({ upstreamUrl: chain.url, seed: 7 });
  client = createJsonRpcClient({ url: proxy.url, label: 'proxy', timeoutMs: 1_000 });
  direct = createJsonRpcClient({ url: chain.url, label: 'node', timeoutMs: 5_000 });
});
afterAll(async () => {
  client?.close();
  direct?.close();
  await proxy?.close();
  await chain?.stop();
});
afterEach(() => proxy.setFaults([]));

const transfer = () => client.request('eth_sendTransaction', [{ from: account, to: account, value: '0x1' }]);
/** What the node has taken, mined or not. */
const nonce = async () => Number(await direct.request('eth_getTransactionCount', [account, 'pending']));

describe('the script of faults', () => {
  it('strikes the same calls in every run with the same seed', () => {
    const rules: RpcFaultRule[] = [
      { fault: { kind: 'drop_request' }, probability: 0.3 },
      { fault: { kind: 'lose_answer' }, methods: ['b'], probability: 0.5, times: 10 },
    ];
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.constantFrom('a', 'b'), { maxLength: 200 }), (seed, methods) => {
        const run = () => {
          const script = createFaultScript(rules, seed);
          return methods.map((method) => script([method]));
        };
        expect(run()).toEqual(run());
      }),
    );
  });

  it('strikes about as often as told, and the n-th match alike whatever else was called', () => {
    const strikes = (seed: number) => {
      const script = createFaultScript(
        [{ fault: { kind: 'lose_answer' }, methods: ['a'], probability: 0.25 }],
        seed,
      );
      return Array.from({ length: 2_000 }, (_, index) => {
        if (index % 3 === 0) script(['b']);
        return script(['a']).exchange.length;
      });
    };
    const share = strikes(5).reduce((sum, count) => sum + count, 0) / 2_000;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(strikes(5)).not.toEqual(strikes(6));
    expect(strikes(5).every((count, index) => count === (draw(5, 0, index + 1) < 0.25 ? 1 : 0))).toBe(true);
  });

  it('lets some pass, then strikes a few', () => {
    const script = createFaultScript(
      [{ fault: { kind: 'drop_request' }, methods: ['a'], skip: 2, times: 2 }],
      1,
    );
    const struck = ['a', 'a', 'b', 'a', 'a', 'a'].map((method) => script([method]).exchange.length);
    expect(struck).toEqual([0, 0, 0, 1, 1, 0]);
  });

  it('decides about a batch once for the connection, and call by call for the rest', () => {
    const error = { kind: 'rpc_error', code: -32000, message: 'no' } as const;
    const script = createFaultScript(
      [
        { fault: { kind: 'drop_request' }, skip: 1 },
        { fault: error, methods: ['a'], skip: 1 },
      ],
      1,
    );
    expect(script(['a', 'b', 'a'])).toEqual({ exchange: [], calls: [[], [], [error]] });
    expect(script(['a', 'b', 'a']).exchange).toHaveLength(1);
  });
});

describe('without faults', () => {
  it('is the node: single, batched, and with the node’s errors', async () => {
    expect(await client.request('eth_chainId', [])).toBe('0x7a69');
    const answers = await client.requestBatch([
      { method: 'eth_blockNumber', params: [] },
      { method: 'eth_nonsense', params: [] },
    ]);
    expect(answers).toMatchObject([{ ok: true }, { ok: false, error: { code: -32601 } }]);
  });
});

describe('faults of the exchange', () => {
  it('drop: the node never hears of it', async () => {
    const before = await nonce();
    proxy.setFaults([{ fault: { kind: 'drop_request' } }]);
    await expect(transfer()).rejects.toMatchObject({ failure: 'connection' });
    expect(await nonce()).toBe(before);
  });

  it('lost answer, malformed answer: the node has done it', async () => {
    for (const kind of ['lose_answer', 'malformed_json'] as const) {
      const before = await nonce();
      proxy.setFaults([{ methods: ['eth_sendTransaction'], fault: { kind } }]);
      await expect(transfer()).rejects.toMatchObject({
        failure: kind === 'lose_answer' ? 'connection' : 'malformed_body',
      });
      expect(await nonce()).toBe(before + 1);
    }
  });

  it('hang: silent, before the node or after it', async () => {
    for (const forward of [false, true]) {
      const before = await nonce();
      proxy.setFaults([{ methods: ['eth_sendTransaction'], fault: { kind: 'hang', forward } }]);
      await expect(transfer()).rejects.toMatchObject({ failure: 'timeout' });
      expect(await nonce()).toBe(before + (forward ? 1 : 0));
    }
  });

  it('delay: later, but whole; together with another fault too', async () => {
    proxy.setFaults([{ fault: { kind: 'delay', delayMs: 30 } }]);
    const startedAtMs = performance.now();
    expect(await client.request('eth_chainId', [])).toBe('0x7a69');
    expect(performance.now() - startedAtMs).toBeGreaterThan(25);
    proxy.setFaults([
      { fault: { kind: 'delay', delayMs: 1 } },
      { fault: { kind: 'http_status', status: 503 } },
    ]);
    await expect(client.request('eth_chainId', [])).rejects.toMatchObject({ httpStatus: 503 });
  });

  it('status: with what a gateway adds', async () => {
    proxy.setFaults([{ fault: { kind: 'http_status', status: 429, retryAfterSeconds: 3 } }]);
    await expect(client.request('eth_chainId', [])).rejects.toMatchObject({
      httpStatus: 429,
      retryAfterMs: 3_000,
    });
  });
});

describe('faults of a call', () => {
  it('error: in its place in a batch, with or without the node', async () => {
    const error = { kind: 'rpc_error', code: -32000, message: 'txpool is full' } as const;
    const before = await nonce();
    proxy.setFaults([
      { methods: ['eth_sendTransaction'], times: 1, fault: error },
      { methods: ['eth_sendTransaction'], skip: 1, fault: { ...error, forward: true } },
    ]);
    await expect(transfer()).rejects.toMatchObject({ nodeMessage: 'txpool is full' });
    expect(await nonce()).toBe(before);
    await expect(transfer()).rejects.toMatchObject({ nodeMessage: 'txpool is full' });
    expect(await nonce()).toBe(before + 1);

    proxy.setFaults([{ methods: ['eth_gasPrice'], fault: error }]);
    const calls = ['eth_chainId', 'eth_gasPrice', 'eth_blockNumber'].map((method) => ({
      method,
      params: [],
    }));
    const answers = await client.requestBatch(calls);
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, true]);
  });

  it('chain: another id', async () => {
    proxy.setFaults([{ fault: { kind: 'chain_id', chainId: 137 } }]);
    expect(await client.request('eth_chainId', [])).toBe('0x89');
    expect(await client.request('net_version', [])).toBe('137');
  });

  it('lies: receipts, counts and logs that are not so', async () => {
    const hash = await transfer();
    const receipt = () => client.request('eth_getTransactionReceipt', [hash]);
    await vi.waitFor(async () => expect(await receipt()).toMatchObject({ status: '0x1' }), {
      timeout: 10_000,
      interval: 5,
    });
    const count = await client.request('eth_getTransactionCount', [account, 'latest']);
    proxy.setFaults([{ fault: { kind: 'false_receipt', claim: 'failed' } }]);
    expect(await receipt()).toMatchObject({ status: '0x0', logs: [] });
    proxy.setFaults([
      { fault: { kind: 'false_receipt', claim: 'missing' } },
      { fault: { kind: 'false_count', add: 3 } },
      { fault: { kind: 'missing_logs' } },
    ]);
    expect(await receipt()).toBeNull();
    const told = await client.request('eth_getTransactionCount', [account, 'latest']);
    expect(BigInt(String(told))).toBe(BigInt(String(count)) + 3n);
    proxy.setFaults([{ fault: { kind: 'false_count', add: -1_000 } }]);
    expect(await client.request('eth_getTransactionCount', [account, 'latest'])).toBe('0x0');
  });

  it('lag: a consistent view of the past', async () => {
    const before = await nonce();
    const hash = await transfer();
    await vi.waitFor(
      async () => expect(await direct.request('eth_getTransactionReceipt', [hash])).not.toBeNull(),
      { timeout: 10_000, interval: 5 },
    );
    const head = BigInt(String(await direct.request('eth_blockNumber', [])));
    const hex = (value: bigint) => `0x${value.toString(16)}`;
    const block = await direct.request('eth_getBlockByNumber', [hex(head), false]);
    proxy.setFaults([{ fault: { kind: 'lag', blocks: 1 } }]);
    expect(await client.request('eth_blockNumber', [])).toBe(hex(head - 1n));
    expect(await client.request('eth_getBlockByNumber', ['latest', false])).toMatchObject({
      number: hex(head - 1n),
    });
    expect(await client.request('eth_getBlockByNumber', [hex(head), false])).toBeNull();
    expect(await client.request('eth_getBlockByHash', [(block as { hash: string }).hash, false])).toBeNull();
    expect(await client.request('eth_getTransactionReceipt', [hash])).toBeNull();
    expect(await client.request('eth_getTransactionCount', [account, 'latest'])).toBe(hex(BigInt(before)));
    expect(await client.request('eth_getTransactionCount', [account])).toBe(hex(BigInt(before)));
    expect(await client.request('eth_getLogs', [{ fromBlock: hex(head), toBlock: 'latest' }])).toEqual([]);
    proxy.setFaults([]);
    expect(await client.request('eth_getTransactionReceipt', [hash])).not.toBeNull();
  });
});

describe('the statistics', () => {
  it('tell what was asked, passed on and struck', async () => {
    const own = await startRpcFaultProxy({
      upstreamUrl: chain.url,
      faults: [{ methods: ['eth_gasPrice'], times: 1, fault: { kind: 'http_status', status: 500 } }],
    });
    const caller = createJsonRpcClient({ url: own.url, timeoutMs: 1_000 });
    await caller.request('eth_gasPrice', []).catch(() => undefined);
    await caller.request('eth_gasPrice', []);
    expect(own.stats()).toEqual({
      httpRequests: 2,
      received: { eth_gasPrice: 2 },
      forwarded: { eth_gasPrice: 1 },
      struck: { http_status: 1 },
    });
    caller.close();
    await own.close();
  });

  it('do not keep a proxy from closing while a request hangs', async () => {
    const own = await startRpcFaultProxy({
      upstreamUrl: chain.url,
      faults: [{ fault: { kind: 'hang', forward: false } }],
    });
    const caller = createJsonRpcClient({ url: own.url, timeoutMs: 20_000 });
    const outstanding = expect(caller.request('eth_gasPrice', [])).rejects.toMatchObject({
      failure: 'connection',
    });
    while (own.stats().httpRequests === 0) await new Promise((resolve) => setImmediate(resolve));
    await own.close();
    await outstanding;
    caller.close();
  });
});
