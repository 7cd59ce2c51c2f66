import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Seconds; the bar for a submit is 0.1. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10];

/** One log line and one measurement for each call. Neither has the path as sent, which can name references. */
export function observeRequests(app: FastifyInstance, metrics: Registry): void {
  const durations = new Histogram({
    name: 'naru_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer, by route template.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [metrics],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const { method } = request;
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    const definition = request.routeOptions.config.route;
    const audit = definition?.audit ?? null;
    request.log.info(
      {
        method,
        route,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        ...request.logFields,
        ...(audit === null ? {} : { audit, remoteAddress: request.ip }),
        ...(request.problemCode === null ? {} : { code: request.problemCode }),
      },
      'request',
    );
    done();
  });
}
