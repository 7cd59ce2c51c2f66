import { readReadiness } from '@naru/ops/ops-server.ts';
import { health, readiness } from '@naru/wire/service.ts';
import { defineRoute } from '../../http/define-route.ts';

export const healthRoute = defineRoute({
  method: 'GET',
  path: '/healthz',
  operationId: 'getHealth',
  tag: 'Service',
  summary: 'Is the process alive?',
  description: 'Answers as long as the process does; says nothing of what it depends on.',
  scope: 'public',
  idempotency: 'none',
  rateLimit: 'none',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'Alive.', schema: health } },
  errors: [],
  handler: async () => ({ status: 200, body: { status: 'ok' } }) as const,
});

export const readinessRoute = defineRoute({
  method: 'GET',
  path: '/readyz',
  operationId: 'getReadiness',
  tag: 'Service',
  summary: 'Can it do its work?',
  description: 'Checks the database, its schema and that a chain is enabled; says what is missing.',
  scope: 'public',
  idempotency: 'none',
  rateLimit: 'none',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: {
    200: { description: 'Ready.', schema: readiness },
    503: { description: 'Not ready; `checks` says what is missing.', schema: readiness },
  },
  errors: [],
  handler: async (deps) => {
    const body = await readReadiness(deps.readiness);
    return body.ready ? ({ status: 200, body } as const) : ({ status: 503, body } as const);
  },
});
