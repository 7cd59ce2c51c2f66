import { fromPublicId } from '@naru/kit/ids.ts';
import type { Span } from '@naru/telemetry/otlp.ts';
import { isSampled, spanIdOf, traceIdOf } from '@naru/telemetry/trace-ids.ts';
import { formatTraceParent, parseTraceParent } from '@naru/telemetry/traceparent.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type Tracing = {
  /** Share of withdrawals whose traces are told, from 0 to 1. */
  ratio: number;
  tell: (span: Span) => void;
};

/** As the log of events names the span of the whole (packages/core/src/trace). */
const ROOT = 'withdrawal';

/**
 * A span for each call that changes one withdrawal, in the trace of that withdrawal, with a link to the trace that the
 * caller says it belongs to. The answer says which trace it is. Without tracing no hook is added.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing | null): void {
  if (tracing === null) return;
  app.addHook('onSend', (request, reply, payload, done) => {
    const trace = traceOf(request, tracing);
    if (trace !== null) {
      reply.header('traceparent', formatTraceParent(trace));
      request.logFields = { ...request.logFields, traceId: trace.traceId };
    }
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    // Reads are answered and not told: whoever waits for a payment asks for it each second.
    const trace = request.method === 'GET' ? null : traceOf(request, tracing);
    if (trace !== null) {
      const endedAt = new Date();
      const caller = parseTraceParent(request.headers['traceparent']);
      tracing.tell({
        ...trace,
        service: 'naru-api',
        parentSpanId: spanIdOf(trace.traceId, ROOT),
        name: `${request.method} ${request.routeOptions.url ?? 'unmatched'}`,
        kind: 'server',
        startedAt: new Date(endedAt.getTime() - reply.elapsedTime),
        endedAt,
        attributes: {
          'http.request.method': request.method,
          'http.route': request.routeOptions.url ?? null,
          'http.response.status_code': reply.statusCode,
          'naru.request.id': request.id,
        },
        links: caller === null ? [] : [caller],
        isError: reply.statusCode >= 500,
      });
    }
    done();
  });
}

function traceOf(request: FastifyRequest, { ratio }: Tracing): { traceId: string; spanId: string } | null {
  const id = request.logFields['withdrawalId'];
  const uuid = id === undefined ? null : fromPublicId('withdrawal', id);
  if (uuid === null) return null;
  const traceId = traceIdOf(uuid);
  return isSampled(traceId, ratio) ? { traceId, spanId: spanIdOf(traceId, `request ${request.id}`) } : null;
}
