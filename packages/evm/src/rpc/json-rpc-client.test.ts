import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { createJsonRpcClient, type JsonRpcClient } from './json-rpc-client.ts';
import { RpcResponseError, RpcTransportError } from './rpc-errors.ts';

type Body = { id: number; method: string } | { id: number; method: string }[];
type Seen = { path: string | undefined; authorization: string | undefined; body: Body };

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A provider that answers as the test says. */
async function serve(
  answer: (body: Body, response: ServerResponse) => void,
): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as Body;
    seen.push({ path: request.url, authorization: request.headers.authorization, body });
    answer(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

/** A port that was free a moment ago, and at which nobody listens. */
async function deadPort(): Promise<number> {
  const { port } = await serve(() => {});
  await cleanups.pop()?.();
  return port;
}

function connect(
  port: number,
  change: { path?: string; timeoutMs?: number; userInfo?: string } = {},
): JsonRpcClient {
  const url = `http://${change.userInfo ?? ''}127.0.0.1:${port}${change.path ?? '/'}`;
  const client = createJsonRpcClient({ url, label: 'node', timeoutMs: change.timeoutMs ?? 5_000 });
  cleanups.push(client.close);
  return client;
}

const json = (value: unknown) => (_body: Body, response: ServerResponse) => {
  response.writeHead(200).end(typeof value === 'string' ? value : JSON.stringify(value));
};
const failureOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof RpcTransportError
    ? { failure: error.failure, httpStatus: error.httpStatus }
    : error;
};

describe('one request', () => {
  it('returns the result, and reaches the path and the credentials of its URL', async () => {
    const { port, seen } = await serve((body, response) => {
      json({ jsonrpc: '2.0', id: Array.isArray(body) ? 0 : body.id, result: '0x10' })(body, response);
    });
    const client = connect(port, { path: '/v3/key?x=1', userInfo: 'ann:s%20t@' });
    expect(await client.request('eth_blockNumber', [])).toBe('0x10');
    const authorization = `Basic ${Buffer.from('ann:s t').toString('base64')}`;
    expect(seen).toMatchObject([{ path: '/v3/key?x=1', authorization, body: { method: 'eth_blockNumber' } }]);
  });

  it('throws the node’s own error, with its data', async () => {
    const { port } = await serve((body, response) => {
      const id = Array.isArray(body) ? 0 : body.id;
      json({ id, error: { code: 3, message: 'execution reverted', data: '0x08' } })(body, response);
    });
    const error = await connect(port)
      .request('eth_call', [])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcResponseError);
    expect(error).toMatchObject({
      provider: 'node',
      code: 3,
      nodeMessage: 'execution reverted',
      data: '0x08',
    });
  });

  it('takes an error without id as its own, also with status 400', async () => {
    const { port } = await serve((_body, response) => {
      response.writeHead(400).end('{"id":null,"error":{"code":-32600,"message":"bad request"}}');
    });
    await expect(connect(port).request('eth_call', [])).rejects.toMatchObject({ code: -32600 });
  });

  test.each([
    ['no JSON', 'Service <b>down</b>', 'malformed_body'],
    ['half a JSON', '{"jsonrpc":"2.0","id":1,"resu', 'malformed_body'],
    ['nothing', '', 'malformed_body'],
    ['JSON of another kind', '"ok"', 'malformed_body'],
    ['neither result nor error', '{"id":1}', 'malformed_body'],
    ['a list', '[]', 'malformed_body'],
    ['another id', '{"id":999,"result":"0x1"}', 'id_mismatch'],
    ['a result without id', '{"id":null,"result":"0x1"}', 'id_mismatch'],
  ])('fails on %s', async (_what, text, failure) => {
    const { port } = await serve(json(text));
    expect(await failureOf(connect(port).request('eth_blockNumber', []))).toEqual({
      failure,
      httpStatus: null,
    });
  });

  test.each([301, 401, 403, 404, 429, 500, 502, 503])(
    'fails on HTTP status %d, without following it',
    async (status) => {
      const target = await serve(json({}));
      const { port, seen } = await serve((_body, response) => {
        response
          .writeHead(status, { location: `http://127.0.0.1:${target.port}/`, 'retry-after': '2' })
          .end('{"id":1}');
      });
      const error = await connect(port)
        .request('eth_blockNumber', [])
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ failure: 'http_status', httpStatus: status, retryAfterMs: 2_000 });
      expect(seen).toHaveLength(1);
      expect(target.seen).toHaveLength(0);
    },
  );

  it('gives up after its time limit, also in the middle of an answer', async () => {
    const silent = await serve(() => {});
    expect(await failureOf(connect(silent.port, { timeoutMs: 50 }).request('eth_call', []))).toMatchObject({
      failure: 'timeout',
    });
    const slow = await serve((_body, response) => void response.writeHead(200).write('{"id":1,'));
    expect(await failureOf(connect(slow.port, { timeoutMs: 50 }).request('eth_call', []))).toMatchObject({
      failure: 'timeout',
    });
  });

  it('is sent once, whatever happens to the connection', async () => {
    const { port, seen } = await serve((_body, response) => void response.destroy());
    expect(await failureOf(connect(port).request('eth_sendRawTransaction', ['0x']))).toMatchObject({
      failure: 'connection',
    });
    expect(seen).toHaveLength(1);
    const cut = await serve((_body, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"id":1', () => response.destroy());
    });
    expect(await failureOf(connect(cut.port).request('eth_call', []))).toMatchObject({
      failure: 'connection',
    });
    expect(cut.seen).toHaveLength(1);
  });

  it('fails when nobody listens, and at once when it is closed', async () => {
    expect(await failureOf(connect(await deadPort()).request('eth_call', []))).toMatchObject({
      failure: 'connection',
    });
    const silent = await serve(() => {});
    const client = connect(silent.port);
    const outstanding = failureOf(client.request('eth_call', []));
    client.close();
    expect(await outstanding).toMatchObject({ failure: 'closed' });
    expect(await failureOf(client.request('eth_call', []))).toMatchObject({ failure: 'closed' });
  });
});

describe('a batch', () => {
  const calls = ['a', 'b', 'c'].map((method) => ({ method, params: [] }));
  const listOf = (body: Body) => (Array.isArray(body) ? body : [body]);

  it('is one HTTP request, and its answers come in the order of the calls', async () => {
    const { port, seen } = await serve((body, response) => {
      const answers = listOf(body).map(({ id, method }) =>
        method === 'b' ? { id, error: { code: -32000, message: 'no' } } : { id, result: method },
      );
      json(answers.toReversed())(body, response);
    });
    const answers = await connect(port).requestBatch(calls);
    expect(answers).toMatchObject([
      { ok: true, result: 'a' },
      { ok: false, error: { method: 'b', code: -32000 } },
      { ok: true, result: 'c' },
    ]);
    expect(seen).toHaveLength(1);
  });

  it('of nothing asks nobody', async () => {
    expect(await connect(await deadPort()).requestBatch([])).toEqual([]);
  });

  type Change = (answers: { id: number; result: unknown }[]) => unknown;
  const changes: [string, Change, string][] = [
    ['a missing answer', (answers) => answers.slice(1), 'id_mismatch'],
    ['an answer twice', ([first, second]) => [first, second, first], 'id_mismatch'],
    ['a foreign answer', ([first, second]) => [first, second, { id: 999, result: 1 }], 'id_mismatch'],
    ['something else in the list', ([first, second]) => [first, second, 'x'], 'malformed_body'],
    ['an object', ([first]) => first, 'malformed_body'],
  ];
  test.each(changes)('fails as a whole on %s', async (_what, change, failure) => {
    const { port } = await serve((body, response) => {
      json(change(listOf(body).map(({ id }) => ({ id, result: id }))))(body, response);
    });
    expect(await failureOf(connect(port).requestBatch(calls))).toMatchObject({ failure });
  });

  it('that the node refuses as a whole throws the node’s error', async () => {
    const { port } = await serve(json({ id: null, error: { code: -32600, message: 'batch too large' } }));
    await expect(connect(port).requestBatch(calls)).rejects.toMatchObject({ nodeMessage: 'batch too large' });
  });
});

describe('no text', () => {
  it('holds what is secret in a URL', async () => {
    const port = await deadPort();
    const url = `http://user:pass-9f2@127.0.0.1:${port}/v3/key-9f2?token=tok-9f2`;
    const client = createJsonRpcClient({ url, timeoutMs: 1_000 });
    const error = await client.request('eth_call', []).catch((reason: unknown) => reason);
    expect(String(error) + JSON.stringify(error) + (error as Error).stack).not.toContain('9f2');
    expect(client.label).toBe(`127.0.0.1:${port}`);
    for (const bad of ['key-9f2', 'ftp://host/key-9f2']) {
      const refuse = () => createJsonRpcClient({ url: bad, timeoutMs: 1 });
      expect(refuse).toThrow();
      expect(refuse).not.toThrow('9f2');
    }
  });
});
