import { Registry } from 'prom-client';
import { defineRoute } from '../../http/define-route.ts';

export const metricsRoute = defineRoute({
  method: 'GET',
  path: '/metrics',
  operationId: 'getMetrics',
  tag: 'Service',
  summary: 'Measurements',
  description: 'Prometheus text format. Keep this path inside your network.',
  scope: 'public',
  idempotency: 'none',
  rateLimit: 'none',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: {
    200: { description: 'All measurements of this process.', contentType: Registry.PROMETHEUS_CONTENT_TYPE },
  },
  errors: [],
  handler: async ({ metrics }) => ({ status: 200, body: await metrics.metrics() }) as const,
});
