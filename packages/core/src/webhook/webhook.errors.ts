/** Everything this domain refuses. The API maps each to a status; a missing one does not compile. */
export type WebhookErrorCode =
  | 'webhook_endpoint_not_found'
  | 'webhook_delivery_not_found'
  | 'event_not_found'
  | 'webhook_endpoint_limit'
  | 'webhook_endpoint_state'
  | 'webhooks_not_set_up'
  | 'validation_failed'
  | 'idempotency_key_reused'
  | 'idempotency_in_flight';

export type WebhookRefusal = {
  code: WebhookErrorCode;
  message: string;
  retryable: boolean;
  /** Fields of the request, by JSON pointer. */
  errors?: { pointer: string; code: string; message: string }[];
};

export type WebhookResult<T> =
  | { kind: 'done'; value: T; replayed: boolean }
  | { kind: 'refused'; refusal: WebhookRefusal; replayed: boolean };

export function refuse(
  code: WebhookErrorCode,
  message: string,
  errors?: WebhookRefusal['errors'],
): { kind: 'refused'; refusal: WebhookRefusal; replayed: false } {
  const retryable = code === 'idempotency_in_flight';
  return {
    kind: 'refused',
    replayed: false,
    refusal: { code, message, retryable, ...(errors === undefined ? {} : { errors }) },
  };
}

export const endpointNotFound = () =>
  refuse('webhook_endpoint_not_found', 'Your organisation has no webhook endpoint with this id.');
export const deliveryNotFound = () =>
  refuse('webhook_delivery_not_found', 'Your organisation has no webhook delivery with this id.');
