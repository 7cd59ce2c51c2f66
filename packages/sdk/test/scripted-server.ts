import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeProblem } from '@naru/wire/problem.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';

/** What the server does with one request. Real sockets: lost answers are closed connections, not mocks. */
export type Step =
  | { answer: number; body: unknown; headers?: Record<string, string> }
  | { problem: ProblemCode; headers?: Record<string, string> }
  /** Takes the whole request, then closes the connection without an answer. */
  | 'lose'
  /** Never answers. */
  | 'hang'
  /** Half an answer, then the connection is closed. */
  | 'cut';

export type Received = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

export type ScriptedServer = { url: string; received: Received[]; close(): Promise<void> };

/** A server on a free port that follows a script, a step for each request; its last step repeats. */
export async function startScriptedServer(script: readonly Step[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const step = script[Math.min(received.length, script.length - 1)];
      received.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      });
      if (step !== undefined) act(step, request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function act(step: Step, request: IncomingMessage, response: ServerResponse): void {
  if (step === 'hang') return;
  if (step === 'lose') {
    request.socket.destroy();
    return;
  }
  if (step === 'cut') {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":', () => request.socket.destroy());
    return;
  }
  if ('problem' in step) {
    const body = describeProblem(step.problem, 'en', 'req_test');
    response.writeHead(body.status, { 'content-type': 'application/problem+json', ...step.headers });
    response.end(JSON.stringify(body));
    return;
  }
  const text = typeof step.body === 'string' ? step.body : JSON.stringify(step.body);
  response.writeHead(step.answer, { 'content-type': 'application/json', ...step.headers });
  response.end(text);
}
