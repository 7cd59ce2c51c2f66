import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What a receiver does with a request once it has read it. */
export type ReceiverFault =
  | { kind: 'ok' }
  | { kind: 'status'; status: number; retryAfter?: string }
  /** Answers well, but late. */
  | { kind: 'slow'; ms: number }
  /** Reads it and never answers. */
  | { kind: 'silent' }
  /** Reads it, and hangs up. */
  | { kind: 'hang_up' }
  | { kind: 'redirect'; to: string }
  /** 200 with a body of so many bytes. */
  | { kind: 'huge'; bytes: number };

export type ReceivedWebhook = {
  /** `/hooks/a`: switches of their own for each path. */
  path: string;
  headers: Record<string, string>;
  /** As it came. */
  body: string;
};

export type WebhookReceiver = {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  /** For a path, from now on; for the next `times` requests only when given, then `ok` again. */
  setFault(path: string, fault: ReceiverFault, times?: number): void;
  close(): Promise<void>;
};

/** A server that takes webhooks, with switches for what can go wrong at a receiver. Keeps all that it got. */
export async function startWebhookReceiver(options: { port?: number } = {}): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const faults = new Map<string, { fault: ReceiverFault; left: number }>();

  function nextFault(path: string): ReceiverFault {
    const armed = faults.get(path);
    if (armed === undefined) return { kind: 'ok' };
    armed.left -= 1;
    if (armed.left <= 0) faults.delete(path);
    return armed.fault;
  }

  const server = createServer((call, response) => {
    void read(call).then((body) => {
      const path = call.url ?? '/';
      const headers = Object.fromEntries(
        Object.entries(call.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ path, headers, body });
      return answer(response, nextFault(path));
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    setFault: (path, fault, times = Number.POSITIVE_INFINITY) =>
      void faults.set(path, { fault, left: times }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(call: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of call) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(response: ServerResponse, fault: ReceiverFault): Promise<void> {
  switch (fault.kind) {
    case 'ok':
      response.writeHead(200, { 'content-type': 'text/plain' }).end('taken');
      return;
    case 'status':
      response
        .writeHead(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter })
        .end(`answer ${fault.status}`);
      return;
    case 'slow':
      await wait(fault.ms);
      response.writeHead(200).end('late');
      return;
    case 'silent':
      return;
    case 'hang_up':
      response.destroy();
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.to }).end();
      return;
    case 'huge': {
      response.writeHead(200);
      const chunk = 'x'.repeat(65_536);
      for (let sent = 0; sent < fault.bytes && !response.destroyed; sent += chunk.length)
        if (!response.write(chunk)) await Promise.race([drained(response), wait(1_000)]);
      response.end();
      return;
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
}
