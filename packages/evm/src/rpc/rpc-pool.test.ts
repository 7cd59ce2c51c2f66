import { silentLogger } from '@naru/kit/logger.ts';
import { type Hex, keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { type RpcFaultProxy, startRpcFaultProxy } from '../testing/rpc-fault-proxy.ts';
import type { RpcFaultRule } from '../testing/rpc-fault-rules.ts';
import { startAnvil, type TestChain } from '../testing/start-anvil.ts';
import { createJsonRpcClient, type JsonRpcClient } from './json-rpc-client.ts';
import { RpcUnavailableError } from './rpc-errors.ts';
import type { RpcEvent } from './rpc-observer.ts';
import { createRpcPool, type RpcPool, type RpcPoolConfig, resultOf } from './rpc-pool.ts';

/* Real: the node (Anvil), HTTP, the pool. Simulated: two providers' faults, by proxies before the same node; time. */

const CHAIN_ID = 31_337;
// Anvil's first test account; its key is public.
const account = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');

let chain: TestChain;
let first: RpcFaultProxy;
let second: RpcFaultProxy;
let clock: ManualClock;
let pool: RpcPool;
let events: RpcEvent[];
let node: JsonRpcClient;

beforeAll(async () => {
  chain = await startAnvil();
  node = createJsonRpcClient({ url: chain.url, timeoutMs: 5_000 });
  first = await startRpcFaultProxy({ upstreamUrl: chain.url });
  second = await startRpcFaultProxy({ upstreamUrl: chain.url });
});
afterAll(async () => {
  await first?.close();
  await second?.close();
  node?.close();
  await chain?.stop();
});
beforeEach(() => {
  clock = createManualClock();
  first.setFaults([]);
  second.setFaults([]);
  events = [];
  pool = createPool();
});
afterEach(() => pool.close());

function createPool(change: Partial<RpcPoolConfig> = {}): RpcPool {
  return createRpcPool({
    chainId: CHAIN_ID,
    providers: [
      { url: first.url, label: 'first' },
      { url: second.url, label: 'second' },
    ],
    timeoutMs: 2_000,
    clock,
    random: () => 1,
    logger: silentLogger,
    observer: (event) => events.push(event),
    probeIntervalMs: null,
    healthLimits: { failureCountToOpen: 2, cooldownMsBase: 1_000, cooldownMsMax: 8_000 },
    ...change,
  });
}

const receivedBy = (proxy: RpcFaultProxy, method: string) => proxy.stats().received[method] ?? 0;
const health = (label: string) => pool.health().providers.find(({ provider }) => provider === label);
const down: RpcFaultRule = { fault: { kind: 'drop_request' } };
const firstResult = (answers: Parameters<Parameters<RpcPool['readFromEach']>[2]>[0]) => resultOf(answers[0]);

describe('a read', () => {
  it('goes to the first provider, after one check of its chain', async () => {
    const before = { first: first.stats(), second: second.stats() };
    expect(await pool.read('eth_chainId', [])).toBe('0x7a69');
    expect(await pool.read('eth_gasPrice', [])).toMatch(/^0x/);
    expect(first.stats().httpRequests - before.first.httpRequests).toBe(3);
    expect(second.stats().httpRequests).toBe(before.second.httpRequests);
  });

  it.each([
    ['a dropped connection', { kind: 'drop_request' }],
    ['a lost answer', { kind: 'lose_answer' }],
    ['status 429', { kind: 'http_status', status: 429 }],
    ['status 503', { kind: 'http_status', status: 503 }],
    ['malformed JSON', { kind: 'malformed_json' }],
    ['a rate limit', { kind: 'rpc_error', code: -32005, message: 'limit exceeded' }],
    ['an internal error', { kind: 'rpc_error', code: -32603, message: 'Internal error' }],
    ['a missing header', { kind: 'rpc_error', code: -32000, message: 'header not found' }],
    ['an error nobody has seen', { kind: 'rpc_error', code: -1, message: 'moon in the wrong phase' }],
  ] as const)('goes to the next provider on %s', async (_what, fault) => {
    first.setFaults([{ methods: ['eth_gasPrice'], fault }]);
    const before = receivedBy(second, 'eth_gasPrice');
    expect(await pool.read('eth_gasPrice', [])).toMatch(/^0x/);
    expect(receivedBy(second, 'eth_gasPrice') - before).toBe(1);
  });

  it('times out at a silent provider and goes on', async () => {
    pool.close();
    pool = createPool({ timeoutMs: 150 });
    first.setFaults([{ methods: ['eth_gasPrice'], fault: { kind: 'hang', forward: true } }]);
    expect(await pool.read('eth_gasPrice', [])).toMatch(/^0x/);
    expect(events).toContainEqual(expect.objectContaining({ provider: 'first', outcome: 'timeout' }));
  });

  it('stops at a definitive answer', async () => {
    first.setFaults([
      { methods: ['eth_call'], fault: { kind: 'rpc_error', code: 3, message: 'execution reverted' } },
    ]);
    const before = receivedBy(second, 'eth_call');
    await expect(pool.read('eth_call', [{}, 'latest'])).rejects.toMatchObject({ code: 3 });
    expect(receivedBy(second, 'eth_call')).toBe(before);
  });

  it('says of every provider why it could not answer', async () => {
    first.setFaults([down]);
    second.setFaults([{ methods: ['eth_gasPrice'], fault: { kind: 'http_status', status: 503 } }]);
    const error = await pool.read('eth_gasPrice', []).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcUnavailableError);
    expect(String(error)).toMatch(/chain 31337: eth_gasPrice .*first: .*connection.*second: .*503/);
    expect(String(error)).not.toContain(first.url);
  });

  it('is refused by a pool that is closed', async () => {
    pool.close();
    await expect(pool.read('eth_gasPrice', [])).rejects.toThrow('is closed');
  });
});

describe('a batched read', () => {
  const calls = Array.from({ length: 5 }, () => ({ method: 'eth_gasPrice', params: [] }));

  it('is one HTTP request for each batch of the configured size', async () => {
    pool.close();
    pool = createPool({ batchSizeMax: 2 });
    await pool.probe();
    const before = first.stats().httpRequests;
    expect(await pool.readBatch(calls)).toHaveLength(5);
    expect(first.stats().httpRequests - before).toBe(3);
  });

  it('is answered by one provider as a whole', async () => {
    first.setFaults([
      {
        methods: ['eth_gasPrice'],
        skip: 3,
        times: 1,
        fault: { kind: 'rpc_error', code: -32603, message: 'oops' },
      },
    ]);
    const before = receivedBy(second, 'eth_gasPrice');
    const answers = await pool.readBatch(calls);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(receivedBy(second, 'eth_gasPrice') - before).toBe(5);
  });

  it('keeps definitive errors in their place', async () => {
    first.setFaults([
      { methods: ['eth_call'], fault: { kind: 'rpc_error', code: 3, message: 'execution reverted' } },
    ]);
    const [price, call] = await pool.readBatch([
      { method: 'eth_gasPrice', params: [] },
      { method: 'eth_call', params: [{}, 'latest'] },
    ]);
    expect(price?.ok).toBe(true);
    expect(call).toMatchObject({ ok: false, error: { code: 3 } });
  });
});

describe('the breaker', () => {
  it('opens after failures, rests, checks, and closes', async () => {
    await pool.probe();
    first.setFaults([down]);
    await pool.read('eth_gasPrice', []);
    await pool.read('eth_gasPrice', []);
    expect(health('first')).toMatchObject({ breaker: 'open', usable: false });
    const asked = first.stats().httpRequests;
    await pool.read('eth_gasPrice', []);
    await pool.probe();
    expect(first.stats().httpRequests).toBe(asked);

    clock.advance(1_000);
    await pool.probe(); // half-open: one check, and it fails
    expect(first.stats().httpRequests).toBe(asked + 1);
    expect(health('first')).toMatchObject({ breaker: 'open', cooldownMsLeft: 2_000 });

    first.setFaults([]);
    clock.advance(2_000);
    await pool.probe();
    expect(health('first')).toMatchObject({ breaker: 'closed', chain: 'confirmed', usable: true });
    const states = events.flatMap((event) => (event.kind === 'breaker' ? [event.state] : []));
    expect(states).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
  });

  it('does not open for errors that are the question’s', async () => {
    await pool.probe();
    first.setFaults([
      { methods: ['eth_call'], fault: { kind: 'rpc_error', code: 3, message: 'execution reverted' } },
    ]);
    for (let count = 0; count < 5; count++) await pool.read('eth_call', [{}]).catch(() => undefined);
    expect(health('first')).toMatchObject({ breaker: 'closed', consecutiveFailures: 0 });
  });
});

describe('a provider of another chain', () => {
  it('is never used, says so, and is used once it is corrected', async () => {
    first.setFaults([{ fault: { kind: 'chain_id', chainId: 1 } }]);
    const before = receivedBy(first, 'eth_gasPrice') + receivedBy(first, 'eth_sendRawTransaction');
    await pool.read('eth_gasPrice', []);
    await pool.sendRawTransaction(await sign());
    clock.advance(8_000);
    await pool.read('eth_gasPrice', []);
    expect(receivedBy(first, 'eth_gasPrice') + receivedBy(first, 'eth_sendRawTransaction')).toBe(before);
    expect(health('first')).toMatchObject({
      chain: 'wrong',
      usable: false,
      lastProblem: 'serves chain 1, not 31337',
    });
    expect(events).toContainEqual({ kind: 'wrong_chain', provider: 'first', chainId: 1 });

    first.setFaults([]);
    clock.advance(8_000);
    await pool.probe();
    expect(health('first')).toMatchObject({ chain: 'confirmed', usable: true });
  });

  it('is found again after it was away', async () => {
    await pool.probe();
    first.setFaults([down]);
    await pool.read('eth_gasPrice', []);
    await pool.read('eth_gasPrice', []);
    first.setFaults([{ fault: { kind: 'chain_id', chainId: 5 } }]);
    second.setFaults([down]);
    clock.advance(1_000);
    await expect(pool.read('eth_gasPrice', [])).rejects.toThrow('serves chain 5, not 31337');
  });
});

describe('a provider that lags', () => {
  beforeAll(async () => {
    await node.request('anvil_mine', ['0x40']);
  });

  it('is not asked about the head, but about history', async () => {
    first.setFaults([{ fault: { kind: 'lag', blocks: 6 } }]);
    second.setFaults([]);
    await pool.probe();
    expect(health('first')).toMatchObject({ lagging: true, usable: false, lagBlocks: 6n });
    const before = receivedBy(first, 'eth_getBlockByNumber');
    const head = await pool.read('eth_blockNumber', []);
    expect(BigInt(head as Hex)).toBe(pool.health().bestHead);
    await pool.read('eth_getBlockByNumber', ['0x1', false], { freshness: 'history' });
    expect(receivedBy(first, 'eth_getBlockByNumber') - before).toBe(1);
  });

  it('is used while it is within the limit, and again when it has caught up', async () => {
    first.setFaults([{ fault: { kind: 'lag', blocks: 5 } }]);
    await pool.probe();
    expect(health('first')).toMatchObject({ lagging: false, usable: true });
    first.setFaults([{ fault: { kind: 'lag', blocks: 30 } }]);
    await pool.probe();
    expect(health('first')).toMatchObject({ lagging: true });
    first.setFaults([]);
    await pool.probe();
    expect(health('first')).toMatchObject({ lagging: false, lagBlocks: 0n });
  });
});

describe('a read from several providers', () => {
  const calls = [{ method: 'eth_gasPrice', params: [] }];

  it('gives their answers side by side', async () => {
    const answers = await pool.readFromEach(2, calls, firstResult);
    expect(answers.map(({ provider }) => provider).toSorted()).toEqual(['first', 'second']);
    expect(answers[0]?.value).toBe(answers[1]?.value);
  });

  it('never counts one provider twice', async () => {
    second.setFaults([down]);
    await expect(pool.readFromEach(2, calls, firstResult)).rejects.toThrow(
      'needs 2 of 2 providers and has 1',
    );
    await expect(pool.readFromEach(3, calls, firstResult)).rejects.toThrow('needs 3 of 2 providers');
    expect(await pool.readFromEach(1, calls, firstResult)).toHaveLength(1);
  });
});

describe('a transaction', () => {
  it('is accepted, and its nonce is used once it is mined', async () => {
    const raw = await sign();
    expect(await pool.sendRawTransaction(raw)).toEqual({ kind: 'accepted', how: 'new' });
    await vi.waitFor(async () => expect(await isMined(raw)).toBe(true), { timeout: 10_000, interval: 5 });
    expect(await pool.sendRawTransaction(raw)).toEqual({ kind: 'nonce_consumed' });
  });

  it('whose answer is lost is known to the next provider: same bytes, accepted', async () => {
    await withoutMining(async () => {
      const raw = await sign();
      first.setFaults([{ methods: ['eth_sendRawTransaction'], fault: { kind: 'lose_answer' } }]);
      expect(await pool.sendRawTransaction(raw)).toEqual({ kind: 'accepted', how: 'already_known' });
      expect(await inPool(raw)).toBe(true);
    });
  });

  it('whose answer is lost everywhere is unknown, though it is out; the same bytes are accepted later', async () => {
    await withoutMining(async () => {
      const raw = await sign();
      const lose: RpcFaultRule = {
        methods: ['eth_sendRawTransaction'],
        fault: { kind: 'lose_answer' },
        times: 1,
      };
      first.setFaults([lose]);
      second.setFaults([lose]);
      expect(await pool.sendRawTransaction(raw)).toMatchObject({ kind: 'unknown' });
      expect(await inPool(raw)).toBe(true);
      expect(await pool.sendRawTransaction(raw)).toEqual({ kind: 'accepted', how: 'already_known' });
    });
  });

  it.each([
    ['a timeout', { kind: 'hang', forward: false }],
    ['status 429', { kind: 'http_status', status: 429 }],
    ['status 503', { kind: 'http_status', status: 503 }],
    ['a text nobody has seen', { kind: 'rpc_error', code: -32000, message: 'not today' }],
    ['malformed JSON', { kind: 'malformed_json' }],
  ] as const)('that meets %s everywhere is unknown', async (_what, fault) => {
    pool.close();
    pool = createPool({ timeoutMs: 300 });
    const raw = await sign({ nonce: 100_000 }); // never mined here: the nonce is far ahead
    for (const proxy of [first, second]) proxy.setFaults([{ methods: ['eth_sendRawTransaction'], fault }]);
    expect(await pool.sendRawTransaction(raw)).toMatchObject({ kind: 'unknown' });
  });

  it('that one provider refuses for good and another takes is accepted', async () => {
    first.setFaults([
      {
        methods: ['eth_sendRawTransaction'],
        fault: { kind: 'rpc_error', code: -32000, message: 'exceeds block gas limit' },
      },
    ]);
    expect(await pool.sendRawTransaction(await sign())).toEqual({ kind: 'accepted', how: 'new' });
  });

  it('is unknown when no provider may be asked, and nothing was sent', async () => {
    for (const proxy of [first, second]) proxy.setFaults([{ fault: { kind: 'chain_id', chainId: 1 } }]);
    await pool.probe();
    const before = receivedBy(first, 'eth_sendRawTransaction') + receivedBy(second, 'eth_sendRawTransaction');
    expect(await pool.sendRawTransaction(await sign())).toEqual({
      kind: 'unknown',
      reason: expect.stringContaining('no provider could be asked'),
    });
    expect(receivedBy(first, 'eth_sendRawTransaction') + receivedBy(second, 'eth_sendRawTransaction')).toBe(
      before,
    );
  });

  it('meets Anvil’s own refusals as they are', async () => {
    await withoutMining(async () => {
      const nonce = await nextNonce();
      await pool.sendRawTransaction(await sign({ nonce }));
      expect(await pool.sendRawTransaction(await sign({ nonce, valueWei: 1n }))).toEqual({
        kind: 'replacement_underpriced',
      });
    });
    expect(await pool.sendRawTransaction(await sign({ valueWei: 10n ** 30n }))).toEqual({
      kind: 'insufficient_funds',
    });
    expect(await pool.sendRawTransaction(await sign({ gas: 20_000n }))).toEqual({
      kind: 'rejected',
      cause: 'intrinsic_gas_too_low',
    });
    expect((await pool.sendRawTransaction(await sign({ gas: 10n ** 9n }))).kind).toBe('rejected');
    expect(await pool.sendRawTransaction('0x02c0')).toEqual({ kind: 'rejected', cause: 'undecodable' });
    expect(await pool.sendRawTransaction(await sign({ chainId: 1 }))).toMatchObject({ kind: 'unknown' });
  });
});

describe('an observer', () => {
  it('that throws disturbs nothing', async () => {
    pool.close();
    pool = createPool({
      observer: () => {
        throw new Error('metrics are down');
      },
    });
    expect(await pool.sendRawTransaction(await sign())).toEqual({ kind: 'accepted', how: 'new' });
  });
});

async function nextNonce(): Promise<number> {
  return Number(await node.request('eth_getTransactionCount', [account.address, 'pending']));
}

async function sign(
  change: { nonce?: number; valueWei?: bigint; gas?: bigint; chainId?: number } = {},
): Promise<Hex> {
  return account.signTransaction({
    type: 'eip1559',
    chainId: change.chainId ?? CHAIN_ID,
    nonce: change.nonce ?? (await nextNonce()),
    to: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    value: change.valueWei ?? 0n,
    gas: change.gas ?? 21_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 10n ** 9n,
  });
}

async function inPool(raw: Hex): Promise<boolean> {
  return (await node.request('eth_getTransactionByHash', [keccak256(raw)])) !== null;
}

async function isMined(raw: Hex): Promise<boolean> {
  return (await node.request('eth_getTransactionReceipt', [keccak256(raw)])) !== null;
}

async function withoutMining(work: () => Promise<void>): Promise<void> {
  await node.request('evm_setAutomine', [false]);
  try {
    await work();
  } finally {
    await node.request('evm_mine', []);
    await node.request('evm_setAutomine', [true]);
  }
}
