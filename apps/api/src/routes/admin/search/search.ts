import { toPublicId } from '@naru/kit/ids.ts';
import { searchHits, searchQuery } from '@naru/wire/operated-withdrawal.ts';
import { defineRoute } from '../../../http/define-route.ts';

export const searchRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/search',
  operationId: 'search',
  tag: 'Operators',
  summary: 'Find anything',
  description:
    'By an id of any kind, a transaction hash, an address, a reference or its beginning, an idempotency key, an amount, or the name of an organisation. What is named exactly comes first.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: searchQuery, body: null },
  responses: { 200: { description: 'What was found, a few of each kind.', schema: searchHits } },
  errors: [],
  handler: async ({ lookup }, { query }) => {
    const hits = query.q === undefined ? [] : await lookup.search(query.q);
    const data = hits.map(({ kind, id, ...facts }) => ({ kind, id: toPublicId(kind, id), ...facts }));
    return { status: 200, body: { data } } as const;
  },
});
