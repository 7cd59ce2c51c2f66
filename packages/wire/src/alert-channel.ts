import { z } from 'zod';
import { alertChannelId } from './id.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'name_malformed')
  .meta({ description: '1 to 40 of a-z, 0-9 and -.', examples: ['on-call'] });
const severity = z.enum(['warning', 'critical']).meta({
  description: '`warning`: all alarms; `critical`: those that cannot wait.',
  examples: ['critical'],
});
const url = z
  .string()
  .max(2_000)
  .meta({ description: 'Where a webhook is posted to.', examples: ['https://hooks.example.com/naru'] });
const to = z
  .array(z.string().max(320))
  .max(20)
  .meta({ description: 'Addresses of mail.', examples: [['payments@example.com']] });

export const createAlertChannelRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('webhook'), name, severity: severity.optional(), url }),
    z.strictObject({ kind: z.literal('email'), name, severity: severity.optional(), to }),
  ])
  .meta({ id: 'CreateAlertChannel', description: 'Somebody who is to be told of alarms.' });
export type CreateAlertChannelInput = z.input<typeof createAlertChannelRequest>;

export const alertChannel = z
  .object({
    object: z.literal('alert_channel'),
    id: alertChannelId,
    name,
    kind: z.enum(['webhook', 'email']).meta({ examples: ['email'] }),
    targets: z.array(z.string()).meta({
      description: 'The address of the webhook, or addresses of mail.',
      examples: [['payments@example.com']],
    }),
    severity,
    createdAt: z.string().meta({ examples: ['2026-03-01T09:00:00.000Z'] }),
    lastMessage: z
      .object({
        state: z.enum(['pending', 'sent', 'given_up']).meta({ examples: ['sent'] }),
        at: z.string().meta({ examples: ['2026-03-01T09:00:10.000Z'] }),
        attempts: z
          .int()
          .min(0)
          .meta({ examples: [1] }),
        error: z
          .string()
          .nullable()
          .meta({ examples: [null] }),
      })
      .nullable()
      .meta({ description: 'The last message to it, and what became of it.' }),
  })
  .meta({ id: 'AlertChannel', description: 'Somebody who is told of alarms.' });
export type AlertChannelBody = z.output<typeof alertChannel>;

export const createdAlertChannel = alertChannel
  .extend({
    secret: z
      .string()
      .nullable()
      .meta({
        description:
          'What its webhooks are signed with, as Standard Webhooks has it. Null for mail, and where this API has no key for them.',
        examples: [null],
      }),
  })
  .meta({ id: 'CreatedAlertChannel' });
export type CreatedAlertChannelBody = z.output<typeof createdAlertChannel>;

export const alertChannelList = z.object({ data: z.array(alertChannel) }).meta({ id: 'AlertChannelList' });
