import {
  type ChangeWebhookEndpointInput,
  type CreateWebhookEndpointInput,
  type ReplayWebhookEventsInput,
  type WebhookDeliveryBody,
  type WebhookDeliveryDetailBody,
  type WebhookDeliveryPageBody,
  type WebhookEndpointBody,
  type WebhookEndpointCreatedBody,
  type WebhookReplayBody,
  type WebhookSecretBody,
  webhookDelivery,
  webhookDeliveryDetail,
  webhookDeliveryPage,
  webhookEndpoint,
  webhookEndpointCreated,
  webhookEndpointDeleted,
  webhookEndpointList,
  webhookReplay,
  webhookSecret,
} from '@naru/wire/webhook.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

export type DeliveryFilter = {
  state?: WebhookDeliveryBody['state'];
  type?: string;
};

export type WebhookEndpointsClient = {
  /** The answer has the secret, once. */
  create(input: CreateWebhookEndpointInput, options?: WriteOptions): Promise<WebhookEndpointCreatedBody>;
  list(options?: CallOptions): Promise<WebhookEndpointBody[]>;
  get(id: string, options?: CallOptions): Promise<WebhookEndpointBody>;
  change(id: string, change: ChangeWebhookEndpointInput, options?: CallOptions): Promise<WebhookEndpointBody>;
  delete(id: string, options?: CallOptions): Promise<void>;
  pause(id: string, options?: CallOptions): Promise<WebhookEndpointBody>;
  /** `missed`: whether what happened meanwhile is delivered now, or skipped. */
  resume(id: string, missed: 'deliver' | 'skip', options?: CallOptions): Promise<WebhookEndpointBody>;
  /** What is sent is signed by the secret before, too, for `overlapSeconds` (a day). */
  rotateSecret(id: string, options?: WriteOptions & { overlapSeconds?: number }): Promise<WebhookSecretBody>;
  /** Sends `webhook.test`. */
  test(id: string, options?: WriteOptions): Promise<WebhookDeliveryBody>;
  replay(id: string, input: ReplayWebhookEventsInput, options?: WriteOptions): Promise<WebhookReplayBody>;
  /** All that match, newest event first, a page at a time behind the scenes. */
  deliveries(id: string, filter?: DeliveryFilter, options?: CallOptions): AsyncIterable<WebhookDeliveryBody>;
  deliveriesPage(
    id: string,
    filter?: DeliveryFilter & PageOptions,
    options?: CallOptions,
  ): Promise<WebhookDeliveryPageBody>;
};

export type WebhookDeliveriesClient = {
  /** With every try: request and answer. */
  get(id: string, options?: CallOptions): Promise<WebhookDeliveryDetailBody>;
  /** Once more, now, under the same id. */
  resend(id: string, options?: WriteOptions): Promise<WebhookDeliveryBody>;
};

export function createWebhookEndpointsClient(transport: Transport): WebhookEndpointsClient {
  const { read, post, send } = callsOf(transport);
  const deliveriesPage: WebhookEndpointsClient['deliveriesPage'] = (id, filter, options) =>
    read(`${pathOf(id)}/deliveries`, webhookDeliveryPage, options, filter);
  return {
    create: (input, options) => post('/v1/webhook-endpoints', webhookEndpointCreated, options, input),
    list: async (options) => (await read('/v1/webhook-endpoints', webhookEndpointList, options)).data,
    get: (id, options) => read(pathOf(id), webhookEndpoint, options),
    change: (id, change, options) => send('PATCH', pathOf(id), webhookEndpoint, options, change),
    async delete(id, options) {
      await send('DELETE', pathOf(id), webhookEndpointDeleted, options);
    },
    pause: (id, options) => post(`${pathOf(id)}/pause`, webhookEndpoint, options),
    resume: (id, missed, options) => post(`${pathOf(id)}/resume`, webhookEndpoint, options, { missed }),
    rotateSecret(id, { overlapSeconds, ...options } = {}) {
      const body = overlapSeconds === undefined ? {} : { overlapSeconds };
      return post(`${pathOf(id)}/rotate-secret`, webhookSecret, options, body);
    },
    test: (id, options) => post(`${pathOf(id)}/test`, webhookDelivery, options),
    replay: (id, input, options) => post(`${pathOf(id)}/replay`, webhookReplay, options, input),
    deliveriesPage,
    deliveries: (id, filter, options) =>
      allPages((page) => deliveriesPage(id, { ...filter, ...page }, options)),
  };
}

export function createWebhookDeliveriesClient(transport: Transport): WebhookDeliveriesClient {
  const { read, post } = callsOf(transport);
  const path = (id: string) => `/v1/webhook-deliveries/${encodeURIComponent(id)}`;
  return {
    get: (id, options) => read(path(id), webhookDeliveryDetail, options),
    resend: (id, options) => post(`${path(id)}/resend`, webhookDelivery, options),
  };
}

function pathOf(id: string): string {
  return `/v1/webhook-endpoints/${encodeURIComponent(id)}`;
}
