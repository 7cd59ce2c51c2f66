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
import type { AnswerSchema, CallSpec, Transport } from './transport.ts';
import type { CallOptions, PageOptions, WriteOptions } from './withdrawals.ts';

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

/** The most there are in a page, as all are wanted. */
const LIST_PAGE_ROWS = 100;

export function createWebhookEndpointsClient(transport: Transport): WebhookEndpointsClient {
  const { read, send } = createCalls(transport);
  const deliveriesPage: WebhookEndpointsClient['deliveriesPage'] = (id, filter = {}, options) => {
    const { limit, ...rest } = filter;
    const query = { ...rest, limit: limit === undefined ? undefined : String(limit) };
    return read(`${pathOf(id)}/deliveries`, webhookDeliveryPage, { ...options, query });
  };
  return {
    create: (input, options) => send('POST', '/v1/webhook-endpoints', webhookEndpointCreated, options, input),
    list: async (options) => (await read('/v1/webhook-endpoints', webhookEndpointList, options)).data,
    get: (id, options) => read(pathOf(id), webhookEndpoint, options),
    change: (id, change, options) => send('PATCH', pathOf(id), webhookEndpoint, options, change),
    async delete(id, options) {
      await send('DELETE', pathOf(id), webhookEndpointDeleted, options);
    },
    pause: (id, options) => send('POST', `${pathOf(id)}/pause`, webhookEndpoint, options),
    resume: (id, missed, options) =>
      send('POST', `${pathOf(id)}/resume`, webhookEndpoint, options, { missed }),
    rotateSecret(id, options = {}) {
      const { overlapSeconds, ...rest } = options;
      const body = overlapSeconds === undefined ? {} : { overlapSeconds };
      return send('POST', `${pathOf(id)}/rotate-secret`, webhookSecret, rest, body);
    },
    test: (id, options) => send('POST', `${pathOf(id)}/test`, webhookDelivery, options),
    replay: (id, input, options) => send('POST', `${pathOf(id)}/replay`, webhookReplay, options, input),
    deliveriesPage,
    async *deliveries(id, filter = {}, options) {
      let cursor: string | null = null;
      do {
        const page: WebhookDeliveryPageBody = await deliveriesPage(
          id,
          { ...filter, limit: LIST_PAGE_ROWS, ...(cursor === null ? {} : { cursor }) },
          options,
        );
        yield* page.data;
        cursor = page.nextCursor;
      } while (cursor !== null);
    },
  };
}

export function createWebhookDeliveriesClient(transport: Transport): WebhookDeliveriesClient {
  const { read, send } = createCalls(transport);
  const path = (id: string) => `/v1/webhook-deliveries/${encodeURIComponent(id)}`;
  return {
    get: (id, options) => read(path(id), webhookDeliveryDetail, options),
    resend: (id, options) => send('POST', `${path(id)}/resend`, webhookDelivery, options),
  };
}

function createCalls(transport: Transport) {
  return {
    read: <T>(path: string, schema: AnswerSchema<T>, options: Partial<CallSpec> = {}) =>
      transport.json({ ...options, method: 'GET', path, idempotencyKey: null }, schema),
    send<T>(
      method: 'POST' | 'PATCH' | 'DELETE',
      path: string,
      schema: AnswerSchema<T>,
      options: WriteOptions = {},
      body?: unknown,
    ): Promise<T> {
      const { idempotencyKey, ...rest } = options;
      const key = method === 'POST' ? (idempotencyKey ?? crypto.randomUUID()) : null;
      const content =
        body === undefined ? {} : { contentType: 'application/json', body: JSON.stringify(body) };
      return transport.json({ ...rest, ...content, method, path, idempotencyKey: key }, schema);
    },
  };
}

function pathOf(id: string): string {
  return `/v1/webhook-endpoints/${encodeURIComponent(id)}`;
}
