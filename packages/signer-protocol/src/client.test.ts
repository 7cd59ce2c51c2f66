import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secret } from '@naru/kit/secret.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { payoutRequest } from '../test/requests.ts';
import { createSignerClient } from './client.ts';

/** The signer here is a stand-in that answers wrongly on purpose; apps/signer tests the client against the real one. */
const token = secret('a shared token of at least thirty-two bytes');
let server: Server | undefined;

async function clientOf(answer: RequestListener, timeoutMs = 5_000) {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return createSignerClient({
    url: `http://127.0.0.1:${(started.address() as AddressInfo).port}`,
    token,
    timeoutMs,
  });
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

describe('signer client', () => {
  it('says unavailable, retryable, when nobody listens', async () => {
    const client = await clientOf(json(200, {}));
    server?.close();
    await expect(client.listKeys()).rejects.toMatchObject({ code: 'signer_unavailable', retryable: true });
  });

  it('says unavailable when the answer does not come in time or the connection breaks', async () => {
    const silent = await clientOf(() => {}, 50);
    await expect(silent.listKeys()).rejects.toThrow('no answer within 50 ms');
    server?.closeAllConnections();
    server?.close();
    const broken = await clientOf((request) => request.socket.destroy());
    await expect(broken.sign([payoutRequest()])).rejects.toMatchObject({ code: 'signer_unavailable' });
  });

  it.each([
    [401, 'signer_unauthorized', false],
    [400, 'signer_malformed', false],
    [413, 'signer_malformed', false],
    [429, 'signer_unavailable', true],
    [500, 'signer_unavailable', true],
    [503, 'signer_unavailable', true],
  ])('answers %i as %s', async (status, code, retryable) => {
    const client = await clientOf(json(status, { detail: 'no' }));
    await expect(client.sign([payoutRequest()])).rejects.toMatchObject({ code, retryable });
  });

  it('does not follow a redirect with its credentials', async () => {
    const client = await clientOf((_request, response) =>
      response.writeHead(307, { location: '/elsewhere' }).end(),
    );
    await expect(client.listKeys()).rejects.toMatchObject({ code: 'signer_unavailable' });
  });

  it('believes only one result for each request, in order', async () => {
    const [first, second] = [payoutRequest(), payoutRequest()];
    const refused = (requestId: string) => ({
      requestId,
      kind: 'refused',
      code: 'unknown_key',
      message: 'no',
      retryable: false,
    });
    const results = { inOrder: [first, second], swapped: [second, first], short: [first] };
    const answer = async (requests: { requestId: string }[]) => {
      const client = await clientOf(
        json(200, { results: requests.map((request) => refused(request.requestId)) }),
      );
      try {
        return await client.sign([first, second]).then(
          (all) => all.length,
          (error: unknown) => error,
        );
      } finally {
        server?.closeAllConnections();
        server?.close();
      }
    };
    expect(await answer(results.inOrder)).toBe(2);
    expect(await answer(results.swapped)).toMatchObject({ code: 'signer_malformed' });
    expect(await answer(results.short)).toMatchObject({ code: 'signer_malformed' });
  });

  it('refuses what is not JSON', async () => {
    const html = await clientOf((_request, response) => response.end('<html>'));
    await expect(html.listKeys()).rejects.toMatchObject({ code: 'signer_malformed' });
  });

  it('refuses an invalid request before sending it', async () => {
    let calls = 0;
    const client = await clientOf((request, response) => {
      calls += 1;
      json(200, { results: [] })(request, response);
    });
    await expect(client.sign([])).rejects.toMatchObject({ code: 'signer_malformed' });
    await expect(client.sign([payoutRequest({ nonce: -1 })])).rejects.toMatchObject({
      code: 'signer_malformed',
    });
    expect(calls).toBe(0);
  });
});
