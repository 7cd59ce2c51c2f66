import { serviceIndex } from '@naru/wire/service.ts';
import { defineRoute } from '../../http/define-route.ts';

const isPublic = {
  method: 'GET',
  tag: 'Service',
  scope: 'public',
  idempotency: 'none',
  rateLimit: 'per_address',
  audit: null,
} as const;

export const indexRoute = defineRoute({
  ...isPublic,
  path: '/',
  operationId: 'getIndex',
  summary: 'Where to look',
  description: 'Points to the documentation.',
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'Addresses of the documentation.', schema: serviceIndex } },
  errors: [],
  handler: async () =>
    ({
      status: 200,
      body: { name: 'Naru withdrawals API', docs: '/docs/', openapi: '/openapi.json' },
    }) as const,
});

export const openApiRoute = defineRoute({
  ...isPublic,
  path: '/openapi.json',
  operationId: 'getOpenApi',
  summary: 'This document',
  description: 'The OpenAPI 3.1 document of this API.',
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'OpenAPI 3.1.', contentType: 'application/json; charset=utf-8' } },
  errors: [],
  handler: async ({ openApiJson }) => ({ status: 200, body: openApiJson() }) as const,
});
