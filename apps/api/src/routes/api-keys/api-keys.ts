import { assertPresent } from '@naru/kit/assert.ts';
import {
  apiKey,
  apiKeyId,
  apiKeyPage,
  apiKeyQuery,
  createApiKeyRequest,
  createdApiKey,
} from '@naru/wire/person.ts';
import { z } from 'zod';
import { encodeCursor, readCursor } from '../../http/cursor.ts';
import { defineRoute } from '../../http/define-route.ts';
import { doneOrThrow } from '../../http/refusals.ts';
import { uuidOf } from '../params.ts';
import { toApiKeyBody } from '../people/to-person-body.ts';
import { orderOf } from '../rule-orders.ts';

const keyParams = { schema: z.object({ id: apiKeyId }), otherwise: 'api_key_not_found' } as const;
const common = { tag: 'People', rateLimit: 'per_key' } as const;

export const listApiKeysRoute = defineRoute({
  ...common,
  method: 'GET',
  path: '/v1/api-keys',
  operationId: 'listApiKeys',
  summary: 'List API keys',
  description:
    'Keys of programs, revoked and expired ones included, the newest first. No key is shown again.',
  scope: 'keys:read',
  idempotency: 'none',
  audit: null,
  request: { params: null, query: apiKeyQuery, body: null },
  responses: { 200: { description: 'One page.', schema: apiKeyPage } },
  errors: [],
  handler: async ({ people }, { caller, query }) => {
    const after = query.cursor === undefined ? null : readCursor(query.cursor, {});
    const rows = await people.keys(caller.organisationId, { limit: query.limit + 1, after });
    const data = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? data.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor(last.id, {});
    return { status: 200, body: { data: data.map(toApiKeyBody), nextCursor } } as const;
  },
});

export const createApiKeyRoute = defineRoute({
  ...common,
  method: 'POST',
  path: '/v1/api-keys',
  operationId: 'createApiKey',
  summary: 'Make an API key',
  description:
    'For a program of your organisation, on the networks of your own key. The key is in this answer and nowhere else. Keys that vote come from  naru owners key,  with the person who holds them.',
  scope: 'keys:write',
  idempotency: 'required',
  audit: 'api_key.insert',
  request: { params: null, query: null, body: createApiKeyRequest },
  responses: { 201: { description: 'The key.', schema: createdApiKey } },
  errors: ['scope_not_grantable'],
  handler: async ({ people }, call) => {
    const { name, scopes, ipAllowList, expiresAt } = call.body;
    const input = {
      name,
      scopes,
      ipAllowList: ipAllowList ?? null,
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    };
    const { result, token } = await people.makeKey(orderOf(call), input);
    const { value, headers } = doneOrThrow(result);
    const made = assertPresent(await people.key(call.caller.organisationId, value), 'API key');
    const body = { ...toApiKeyBody(made), token: result.replayed ? null : token };
    return { status: 201, headers, body } as const;
  },
});

export const revokeApiKeyRoute = defineRoute({
  ...common,
  method: 'POST',
  path: '/v1/api-keys/:id/revoke',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key',
  description: 'For good. Processes that have seen it take it for at most five seconds more.',
  scope: 'keys:write',
  idempotency: 'required',
  audit: 'api_key.update',
  request: { params: keyParams, query: null, body: null },
  responses: { 200: { description: 'The key.', schema: apiKey } },
  errors: ['api_key_not_found'],
  handler: async ({ people }, call) => {
    const id = uuidOf('apiKey', call.params.id);
    const { headers } = doneOrThrow(await people.revokeKey(orderOf(call), id));
    const found = assertPresent(await people.key(call.caller.organisationId, id), 'API key');
    return { status: 200, headers, body: toApiKeyBody(found) } as const;
  },
});
