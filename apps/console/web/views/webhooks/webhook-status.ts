import type { Tone } from '@naru/ui/tone.ts';
import type { WebhookDeliveryBody, WebhookEndpointBody } from '@naru/wire/webhook.ts';

export const endpointTones = {
  ACTIVE: 'good',
  PAUSED: 'warn',
  DISABLED: 'bad',
} as const satisfies Record<WebhookEndpointBody['state'], Tone>;

export const deliveryTones = {
  PENDING: 'info',
  DELIVERED: 'good',
  FAILED: 'bad',
  SKIPPED: 'idle',
} as const satisfies Record<WebhookDeliveryBody['state'], Tone>;
