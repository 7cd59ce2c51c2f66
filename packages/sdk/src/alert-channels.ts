import {
  type AlertChannelBody,
  alertChannel,
  alertChannelList,
  type CreateAlertChannelInput,
  type CreatedAlertChannelBody,
  createdAlertChannel,
} from '@naru/wire/alert-channel.ts';
import { type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

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
  const { read, post, send } = callsOf(transport);
  const pathOf = (id: string, action: string) => `${PATH}/${encodeURIComponent(id)}/${action}`;
  return {
    list: async (options) => (await read(PATH, alertChannelList, options)).data,
    create: (input, options) => post(PATH, createdAlertChannel, options, input),
    test: (id, options) => post(pathOf(id, 'test'), alertChannel, options),
    remove: (id, options) => send('POST', pathOf(id, 'remove'), alertChannel, options),
  };
}
