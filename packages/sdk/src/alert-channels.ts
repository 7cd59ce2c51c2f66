import {
  type AlertChannelBody,
  alertChannel,
  alertChannelList,
  type CreateAlertChannelInput,
  type CreatedAlertChannelBody,
  createdAlertChannel,
} from '@naru/wire/alert-channel.ts';
import type { Transport } from './transport.ts';
import type { CallOptions, WriteOptions } from './withdrawals.ts';

/** Who is told of alarms; for keys with the scope `admin`. */
export type AlertChannelsClient = {
  list(options?: CallOptions): Promise<AlertChannelBody[]>;
  /** `secret` in the answer is what webhooks are verified with. */
  create(input: CreateAlertChannelInput, options?: WriteOptions): Promise<CreatedAlertChannelBody>;
  /** Sends a test; whether it was taken is in `lastMessage` afterwards. */
  test(id: string, options?: WriteOptions): Promise<AlertChannelBody>;
  /** Tried once: a second call would not find it. */
  remove(id: string, options?: CallOptions): Promise<AlertChannelBody>;
};

const PATH = '/v1/admin/alert-channels';

export function createAlertChannelsClient(transport: Transport): AlertChannelsClient {
  const pathOf = (id: string, action: string) => `${PATH}/${encodeURIComponent(id)}/${action}`;
  const post = (path: string, { idempotencyKey, ...options }: WriteOptions) =>
    ({
      ...options,
      method: 'POST',
      path,
      idempotencyKey: idempotencyKey ?? crypto.randomUUID(),
    }) as const;
  return {
    list: async (options) =>
      (
        await transport.json(
          { ...options, method: 'GET', path: PATH, idempotencyKey: null },
          alertChannelList,
        )
      ).data,
    create: (input, options = {}) =>
      transport.json(
        { ...post(PATH, options), contentType: 'application/json', body: JSON.stringify(input) },
        createdAlertChannel,
      ),
    test: (id, options = {}) => transport.json(post(pathOf(id, 'test'), options), alertChannel),
    remove: (id, options) =>
      transport.json(
        { ...options, method: 'POST', path: pathOf(id, 'remove'), idempotencyKey: null },
        alertChannel,
      ),
  };
}
