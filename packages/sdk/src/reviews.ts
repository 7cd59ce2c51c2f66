import { factsText, type ReviewBody, type ReviewPageBody, review, reviewPage } from '@naru/wire/review.ts';
import type { CallSpec, Transport } from './transport.ts';
import type { CallOptions, PageOptions, WriteOptions } from './withdrawals.ts';

export type ReviewListFilter = {
  state?: ReviewBody['state'] | readonly ReviewBody['state'][];
  confirmation?: ReviewBody['confirmation'];
  withdrawalId?: string;
};

/** What your program has shown: a review, or what it made of one. */
export type ShownFacts = Pick<ReviewBody, 'withdrawalId' | 'chain' | 'asset' | 'to' | 'amount'>;

export type ReviewsClient = {
  get(id: string, options?: CallOptions): Promise<ReviewBody>;
  listPage(filter?: ReviewListFilter & PageOptions, options?: CallOptions): Promise<ReviewPageBody>;
  /**
   * Approves what `shown` says and nothing else: the hash that goes with the vote is made of it here.
   * `alone`: in an emergency, by this one approval.
   */
  approve(
    shown: ShownFacts & { id: string },
    input?: { reason?: string; alone?: boolean },
    options?: WriteOptions,
  ): Promise<ReviewBody>;
  deny(id: string, input: { reason: string }, options?: WriteOptions): Promise<ReviewBody>;
  /** As a second person, after an emergency approval. */
  confirm(
    shown: ShownFacts & { id: string },
    input?: { reason?: string },
    options?: WriteOptions,
  ): Promise<ReviewBody>;
  object(id: string, input: { reason: string }, options?: WriteOptions): Promise<ReviewBody>;
};

/** Votes of operators of the installation, by the withdrawal. */
export type AdminReviewsClient = Pick<ReviewsClient, 'listPage'> & {
  approve(
    shown: ShownFacts,
    input?: { reason?: string; alone?: boolean },
    options?: WriteOptions,
  ): Promise<ReviewBody>;
  reject(withdrawalId: string, input: { reason: string }, options?: WriteOptions): Promise<ReviewBody>;
};

/** SHA-256, in hexadecimal, of what a person was shown. */
export async function hashFacts(shown: ShownFacts): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(factsText(shown)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function createReviewsClient(transport: Transport): ReviewsClient {
  const pathOf = (id: string) => `/v1/reviews/${encodeURIComponent(id)}`;
  return {
    get: (id, options) =>
      transport.json({ method: 'GET', path: pathOf(id), idempotencyKey: null, ...options }, review),
    listPage: (filter, options) => listPage(transport, '/v1/reviews', filter, options),
    approve: async (shown, input = {}, options = {}) =>
      vote(
        transport,
        `${pathOf(shown.id)}/approve`,
        { ...input, factsHash: await hashFacts(shown) },
        options,
      ),
    deny: (id, input, options = {}) => vote(transport, `${pathOf(id)}/deny`, input, options),
    confirm: async (shown, input = {}, options = {}) =>
      vote(
        transport,
        `${pathOf(shown.id)}/confirm`,
        { ...input, factsHash: await hashFacts(shown) },
        options,
      ),
    object: (id, input, options = {}) => vote(transport, `${pathOf(id)}/object`, input, options),
  };
}

export function createAdminReviewsClient(transport: Transport): AdminReviewsClient {
  const pathOf = (id: string) => `/v1/admin/withdrawals/${encodeURIComponent(id)}`;
  return {
    listPage: (filter, options) => listPage(transport, '/v1/admin/reviews', filter, options),
    approve: async (shown, input = {}, options = {}) =>
      vote(
        transport,
        `${pathOf(shown.withdrawalId)}/approve`,
        { ...input, factsHash: await hashFacts(shown) },
        options,
      ),
    reject: (id, input, options = {}) => vote(transport, `${pathOf(id)}/reject`, input, options),
  };
}

function listPage(
  transport: Transport,
  path: string,
  filter: ReviewListFilter & PageOptions = {},
  options?: CallOptions,
): Promise<ReviewPageBody> {
  const { state, limit, ...rest } = filter;
  const query = {
    ...rest,
    state: state === undefined ? undefined : [state].flat().join(','),
    limit: limit === undefined ? undefined : String(limit),
  };
  return transport.json({ method: 'GET', path, query, idempotencyKey: null, ...options }, reviewPage);
}

function vote(transport: Transport, path: string, body: unknown, options: WriteOptions): Promise<ReviewBody> {
  const spec: CallSpec = {
    ...options,
    method: 'POST',
    path,
    contentType: 'application/json',
    body: JSON.stringify(body),
    idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
  };
  return transport.json(spec, review);
}
