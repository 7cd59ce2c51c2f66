import { factsText, type ReviewBody, type ReviewPageBody, review, reviewPage } from '@naru/wire/review.ts';
import { type CallOptions, callsOf, type PageOptions, type Query, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

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

/** Reviews of all organisations, and votes of operators of the installation, by the withdrawal. */
export type AdminReviewsClient = Pick<ReviewsClient, 'get' | 'listPage'> & {
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
  const { read, post } = callsOf(transport);
  const pathOf = (id: string) => `/v1/reviews/${encodeURIComponent(id)}`;
  return {
    get: (id, options) => read(pathOf(id), review, options),
    listPage: (filter, options) => read('/v1/reviews', reviewPage, options, toQuery(filter)),
    approve: async (shown, input, options) =>
      post(`${pathOf(shown.id)}/approve`, review, options, { ...input, factsHash: await hashFacts(shown) }),
    deny: (id, input, options) => post(`${pathOf(id)}/deny`, review, options, input),
    confirm: async (shown, input, options) =>
      post(`${pathOf(shown.id)}/confirm`, review, options, { ...input, factsHash: await hashFacts(shown) }),
    object: (id, input, options) => post(`${pathOf(id)}/object`, review, options, input),
  };
}

export function createAdminReviewsClient(transport: Transport): AdminReviewsClient {
  const { read, post } = callsOf(transport);
  const pathOf = (id: string) => `/v1/admin/withdrawals/${encodeURIComponent(id)}`;
  return {
    get: (id, options) => read(`/v1/admin/reviews/${encodeURIComponent(id)}`, review, options),
    listPage: (filter, options) => read('/v1/admin/reviews', reviewPage, options, toQuery(filter)),
    approve: async (shown, input, options) =>
      post(`${pathOf(shown.withdrawalId)}/approve`, review, options, {
        ...input,
        factsHash: await hashFacts(shown),
      }),
    reject: (id, input, options) => post(`${pathOf(id)}/reject`, review, options, input),
  };
}

/** States are one value here, with commas. */
function toQuery({ state, ...rest }: ReviewListFilter & PageOptions = {}): Query {
  return { ...rest, state: state === undefined ? undefined : [state].flat().join(',') };
}
