import { createHmac } from 'node:crypto';
import type { Secret } from '@naru/kit/secret.ts';

const PREFIX = 'whsec_';

/**
 * Headers of one try. The id stays over all of them, the time is that of the try, and there is a signature for each
 * valid secret. Source: Standard Webhooks 1.0.0.
 */
export function signMessage(
  message: { id: string; body: string },
  secrets: readonly Secret[],
  at: Date,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const seconds = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((one) => {
    const key = Buffer.from(one.reveal().slice(PREFIX.length), 'base64');
    const content = `${message.id}.${seconds}.${message.body}`;
    return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  });
  return {
    'webhook-id': message.id,
    'webhook-timestamp': seconds,
    'webhook-signature': signatures.join(' '),
  };
}
