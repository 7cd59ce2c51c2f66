import type { LookupAddress } from 'node:dns';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOutbound, type Outbound, type OutboundResult } from './create-outbound.ts';
import type { Resolve } from './safe-lookup.ts';

let server: Server;
let port: number;
let answer: (response: ServerResponse, path: string) => void;
const sockets = new Set<Socket>();
const received: string[] = [];

beforeAll(async () => {
  server = createServer((call, response) => {
    let body = '';
    call.on('data', (chunk) => (body += String(chunk)));
    call.on('end', () => {
      received.push(`${call.url} ${body}`);
      answer(response, call.url ?? '');
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  sockets.clear();
});

async function post(outbound: Outbound, url: string, timeoutMs = 20_000): Promise<OutboundResult> {
  const signal = new AbortController().signal;
  return await outbound.post({ url, headers: { 'x-one': '1' }, body: 'hello', timeoutMs, signal });
}

const at = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('to a receiver', () => {
  let outbound: Outbound;
  beforeAll(() => {
    outbound = createOutbound({ allowLocal: true });
  });
  afterAll(() => outbound.close());
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;

  test('an answer is told with its beginning, and connections are used again', async () => {
    answer = (response) => response.writeHead(201, { 'x-their': 'own' }).end('ok \u0000 done');
    const first = await post(outbound, url('/a'));
    expect(first).toMatchObject({
      kind: 'answered',
      status: 201,
      body: 'ok \ufffd done',
      address: '127.0.0.1',
    });
    expect(first.kind === 'answered' && first.headers['x-their']).toBe('own');
    for (let count = 0; count < 9; count++) await post(outbound, url('/b'));
    expect(received).toHaveLength(10);
    expect(sockets.size).toBeLessThan(4);
  });

  test('a redirect is an answer like any other, and not followed', async () => {
    answer = (response, path) =>
      response.writeHead(path === '/a' ? 302 : 200, { location: url('/secret') }).end();
    expect(await post(outbound, url('/a'))).toMatchObject({ kind: 'answered', status: 302 });
    expect(received).toEqual(['/a hello']);
  });

  test('an answer without end costs what is kept of it', async () => {
    answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    const result = await post(outbound, url('/endless'));
    expect(result).toMatchObject({ kind: 'answered', status: 200, body: 'x'.repeat(1_024) });
  });

  test('one that takes it and hangs up may have it', async () => {
    answer = (response) => response.destroy();
    expect(await post(outbound, url('/a'))).toMatchObject({ kind: 'unanswered' });
    expect(received).toEqual(['/a hello']);
  });

  test('one that says nothing is waited for as long as is allowed', async () => {
    answer = () => undefined;
    expect(await post(outbound, url('/a'), 100)).toEqual({
      kind: 'unanswered',
      error: 'no answer within 0.1 s',
    });
  });

  test('one that begins and never ends, too', async () => {
    answer = (response) => response.writeHead(200).write('begun');
    expect(await post(outbound, url('/a'), 200)).toMatchObject({ kind: 'unanswered' });
  });

  test('where nobody listens, nothing was sent', async () => {
    expect(await post(outbound, 'http://127.0.0.1:1/')).toMatchObject({ kind: 'unreached' });
  });

  test('one that does not speak TLS was not reached', async () => {
    expect(await post(outbound, `https://127.0.0.1:${port}/`)).toMatchObject({ kind: 'unreached' });
    expect(received).toEqual([]);
  });
});

describe('where names lead', () => {
  async function sendTo(resolve: Resolve, url: string, allowLocal = false): Promise<OutboundResult> {
    const outbound = createOutbound({ allowLocal, resolve });
    try {
      return await post(outbound, url, 5_000);
    } finally {
      await outbound.close();
    }
  }

  test.each([
    ['to this machine', at('127.0.0.1')],
    ['to a private network', at('10.0.0.5')],
    ['to the metadata of a cloud', at('169.254.169.254')],
    ['to this machine, as an IPv6 address', at('::1')],
    ['to this machine, as a mapped address', at('::ffff:127.0.0.1')],
    ['to a public address and a private one', at('93.184.215.14', '192.168.1.1')],
    ['nowhere', []],
  ])('a name that leads %s is not called', async (_, addresses) => {
    const result = await sendTo(async () => addresses, 'https://hooks.example.com/');
    expect(result).toMatchObject({
      kind: 'blocked',
      error: expect.stringContaining('hooks.example.com leads to'),
    });
  });

  test('a name that changes its mind after it was checked is checked again for the next connection', async () => {
    const looks: string[] = [];
    // The server closes the first connection; by then the name leads to where clouds keep their secrets.
    const resolve: Resolve = async (name) => {
      looks.push(name);
      return looks.length === 1 ? at('127.0.0.1') : at('169.254.169.254');
    };
    answer = (response) => response.writeHead(200, { connection: 'close' }).end();
    const outbound = createOutbound({ allowLocal: true, resolve });
    expect(await post(outbound, `http://rebind.example.com:${port}/one`)).toMatchObject({ kind: 'answered' });
    expect(await post(outbound, `http://rebind.example.com:${port}/two`)).toMatchObject({ kind: 'blocked' });
    expect(looks).toEqual(['rebind.example.com', 'rebind.example.com']);
    expect(received).toEqual(['/one hello']);
    await outbound.close();
  });

  test('the connection goes to the address that was checked, whatever the name says a moment later', async () => {
    answer = (response) => response.end('from the one that was checked');
    let looks = 0;
    const outbound = createOutbound({
      allowLocal: true,
      resolve: async () => {
        looks += 1;
        return at('127.0.0.1');
      },
    });
    // This name exists nowhere: whoever looked it up once more would find nothing.
    const result = await post(outbound, `http://pinned.invalid:${port}/`);
    expect(result).toMatchObject({ kind: 'answered', body: 'from the one that was checked' });
    expect(looks).toBe(1);
    await outbound.close();
  });

  test('a name that cannot be looked up was not reached', async () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND no.example.com'), { code: 'ENOTFOUND' });
    const result = await sendTo(() => Promise.reject(error), 'https://no.example.com/');
    expect(result).toMatchObject({ kind: 'unreached' });
  });

  test('an address that is written into the URL is never looked up, and refused all the same', async () => {
    const resolve: Resolve = () => Promise.reject(new Error('not asked'));
    expect(await sendTo(resolve, 'https://169.254.169.254/')).toMatchObject({ kind: 'blocked' });
    expect(await sendTo(resolve, `http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'blocked' });
    expect(await sendTo(resolve, 'http://169.254.169.254/', true)).toMatchObject({ kind: 'blocked' });
  });
});
