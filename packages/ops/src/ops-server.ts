import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ResourceOptions, registerResourceMetrics } from './resources.ts';

/**
 * What `/readyz` reports: each named condition, and a sentence that says what is missing when it does not hold.
 * `degraded`: it holds, the work goes on, and yet somebody should know.
 */
export type ReadinessCheck = () => Promise<{ ok: true; degraded?: string } | { ok: false; problem: string }>;

export type OpsServer = {
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
};

const READINESS_TIMEOUT_MS = 2_000; // a probe must answer before the prober gives up on it

/**
 * A metrics registry with the process metrics of prom-client, what is used of each resource, and a `role` label on every
 * line. `resources`: where this process keeps files, and what else it can run out of.
 */
export function createMetricsRegistry(role: string, resources: ResourceOptions = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  registerResourceMetrics(registry, resources);
  return registry;
}

/** Runs every check, each with a time limit, and says what is missing. What is only degraded is told and does not count. */
export async function readReadiness(
  checks: Record<string, ReadinessCheck>,
): Promise<{ ready: boolean; checks: Record<string, string> }> {
  const names = Object.keys(checks);
  const results = await Promise.all(
    names.map(async (name) => {
      const check = checks[name];
      if (check === undefined) return { ok: false, text: 'unknown check' };
      const timeout = new Promise<{ ok: false; problem: string }>((resolve) => {
        setTimeout(
          () => resolve({ ok: false, problem: `no answer within ${READINESS_TIMEOUT_MS} ms` }),
          READINESS_TIMEOUT_MS,
        ).unref();
      });
      const outcome = await Promise.race([
        check().catch((error: unknown) => ({ ok: false as const, problem: String(error) })),
        timeout,
      ]);
      if (!outcome.ok) return { ok: false, text: outcome.problem };
      return { ok: true, text: outcome.degraded === undefined ? 'ok' : `degraded: ${outcome.degraded}` };
    }),
  );
  return {
    ready: results.every((result) => result.ok),
    checks: Object.fromEntries(names.map((name, index) => [name, results[index]?.text ?? 'unknown'])),
  };
}

/**
 * The operations endpoints of a role that has no other HTTP server:
 * `GET /healthz` (alive: 200), `GET /readyz` (200, or 503 with what is missing), `GET /metrics` (Prometheus text).
 */
export async function startOpsServer(options: {
  host: string;
  port: number;
  registry: Registry;
  readiness: Record<string, ReadinessCheck>;
}): Promise<OpsServer> {
  const server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const answer = (status: number, contentType: string, body: string) => {
      response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
      response.end(body);
    };
    const respond = async () => {
      if (path === '/healthz') return answer(200, 'application/json', '{"status":"ok"}\n');
      if (path === '/readyz') {
        const readiness = await readReadiness(options.readiness);
        return answer(readiness.ready ? 200 : 503, 'application/json', `${JSON.stringify(readiness)}\n`);
      }
      if (path === '/metrics')
        return answer(200, options.registry.contentType, await options.registry.metrics());
      return answer(404, 'application/json', '{"error":"not found: try /healthz, /readyz or /metrics"}\n');
    };
    respond().catch((error: unknown) => answer(500, 'text/plain', `${String(error)}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
