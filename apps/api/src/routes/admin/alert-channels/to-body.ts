import type { AlertChannel } from '@naru/core/alert/alert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { AlertChannelBody } from '@naru/wire/alert-channel.ts';
import { alertChannelId } from '@naru/wire/id.ts';
import { z } from 'zod';

export const alertChannelParams = {
  schema: z.object({ id: alertChannelId }),
  otherwise: 'alert_channel_not_found',
} as const;

export function toChannelBody(channel: AlertChannel): AlertChannelBody {
  const { name, targets, lastMessage } = channel;
  return {
    object: 'alert_channel',
    id: toPublicId('alertChannel', channel.id),
    name,
    kind: channel.kind === 'WEBHOOK' ? 'webhook' : 'email',
    targets,
    severity: channel.severityMin === 'WARNING' ? 'warning' : 'critical',
    createdAt: channel.createdAt.toISOString(),
    lastMessage:
      lastMessage === null
        ? null
        : {
            state: ({ PENDING: 'pending', SENT: 'sent', GIVEN_UP: 'given_up' } as const)[lastMessage.state],
            at: lastMessage.at.toISOString(),
            attempts: lastMessage.attempts,
            error: lastMessage.lastError,
          },
  };
}
