import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { completeDocument, type OpenApiDocument } from './openapi/complete-document.ts';
import { allRoutes } from './routes/all-routes.ts';

const DESCRIPTION = `Naru pays withdrawals of digital assets to EVM addresses, each exactly once.

**Keys.** Send \`Authorization: Bearer <key>\`. \`nk_test_\` keys reach local and test networks, \`nk_live_\` keys main networks.

**Idempotency.** Every call that moves money needs the header \`Idempotency-Key\`. The same key with the same body gives the same answer, with \`Idempotency-Replayed: true\`, and takes effect once. After a lost answer, a time-out or a 5xx the outcome is unknown: send the call again with the same key.

**Amounts** are decimal strings in whole units of the asset. Never put them through a floating-point number.

**Errors** are problem details (RFC 9457). Decide by \`code\`; \`retryable\` says whether the very same call can succeed later; \`detail\` says whether money moved, what to do and what to quote. Texts follow \`Accept-Language\` (\`en\`, \`ko\`).

**Limits.** \`RateLimit\` and \`RateLimit-Policy\` tell where a key stands; beyond it the answer is 429 with \`Retry-After\`.

New fields and new error codes may be added to version 1; ignore what you do not know.`;

const TAGS = [
  { name: 'Withdrawals', description: 'Request, follow and cancel single withdrawals.' },
  { name: 'Bulk withdrawals', description: 'Many withdrawals from one CSV file, accepted as a whole.' },
  { name: 'Reviews', description: 'Withdrawals that wait for people: who decides, and what was decided.' },
  {
    name: 'Deposits',
    description: 'Addresses to be paid at, what arrived there, and proof that it is all there.',
  },
  { name: 'Events', description: 'What happened to your withdrawals.' },
  {
    name: 'Webhooks',
    description:
      'Addresses of yours that are told of events, signed by Standard Webhooks 1.0.0: headers `webhook-id` (the same at every try: deal with each once), `webhook-timestamp`, `webhook-signature`. Any 2xx within 15 seconds is success; else it is tried again, with growing delays, for three days.',
  },
  { name: 'Address book', description: 'Addresses that your organisation knows.' },
  { name: 'Catalogue', description: 'Chains, assets and what you own of them.' },
  { name: 'People', description: 'Who calls, and the people and API keys of your organisation.' },
  {
    name: 'Operators',
    description:
      'Of the whole installation, with the scopes `operations:read`, `operations:write` and `admin`, which includes both; every change is audited.',
  },
  { name: 'Service', description: 'Health, measurements and documents. No key needed.' },
];

/** Must be registered before the routes that it describes. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Naru withdrawals API',
        version: '1.0.0',
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The host that serves this document.' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'A machine key, `nk_test_…` or `nk_live_…`.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** The document of a server that is ready, as JSON text; made at the first call. */
export function createOpenApiJson(app: FastifyInstance): () => string {
  let json: string | null = null;
  return () => {
    json ??= `${JSON.stringify(buildDocument(app), null, 2)}\n`;
    return json;
  };
}

export function buildDocument(app: FastifyInstance): OpenApiDocument {
  // A copy: what the plugin keeps must not be changed.
  const generated = structuredClone(app.swagger()) as unknown as OpenApiDocument;
  return completeDocument(generated, allRoutes);
}
