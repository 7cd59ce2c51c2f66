import { createHmac } from 'node:crypto';
import { type Secret, secret } from '@naru/kit/secret.ts';

/** Bytes of the key that all secrets of channels are derived from. */
export const ALERT_KEY_BYTES_MIN = 32;

/**
 * The secret that a channel's webhooks are signed with, in the form of Standard Webhooks. It is derived from the key of
 * the installation and the channel's id, so no database and no backup holds it. A channel that is to have another one is
 * made anew.
 */
export function channelSecret(key: Secret, channelId: string): Secret {
  const bytes = createHmac('sha256', key.reveal()).update(`naru alert channel ${channelId}`).digest();
  return secret(`whsec_${bytes.toString('base64')}`);
}

/**
 * The headers of one try. The id is the message's and the same in every try: receivers drop repetitions by it.
 * Source: Standard Webhooks 1.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signWebhook(
  channel: Secret,
  message: { id: string; body: string },
  at: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const key = Buffer.from(channel.reveal().replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key)
    .update(`${message.id}.${timestamp}.${message.body}`)
    .digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'naru-alerts',
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
