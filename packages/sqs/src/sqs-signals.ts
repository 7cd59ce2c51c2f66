import type { Logger } from '@naru/kit/logger.ts';
import type { Registry } from 'prom-client';
import { watchQueueDepths } from './queue-depths.ts';
import { createSignalHealth } from './signal-health.ts';
import { startSignalReceiver } from './signal-receiver.ts';
import { createSignalSender } from './signal-sender.ts';
import { createQueueUrls, createSqsClient, queueNameOf } from './sqs-client.ts';
import type { SqsSettings } from './sqs-settings.ts';

export type SqsSignals = {
  /** Never throws, never waits; for `announceThrough`. */
  send(channel: string): void;
  /** From now on `look` is asked for whatever arrives for these channels. Only those whose work is done here. */
  receive(channels: readonly string[], look: (channel: string) => Promise<void>): void;
  /** For readiness: what does not work, or null. Nothing of it stops the work. */
  problem(): string | null;
  close(): Promise<void>;
};

/** Wake-ups between processes over SQS: sent after the commit, received by one instance of the role each. */
export function connectSqsSignals(
  deps: { logger: Logger; registry: Registry },
  settings: SqsSettings,
): SqsSignals {
  const client = createSqsClient(settings);
  const urls = createQueueUrls(client);
  const health = createSignalHealth(deps);
  const sender = createSignalSender({
    client,
    urls,
    health,
    queueNameOf: (channel) => queueNameOf(settings, channel),
  });
  const open: { close(): Promise<void> }[] = [sender];
  return {
    send: sender.send,
    receive(channels, look) {
      for (const channel of channels)
        open.push(
          startSignalReceiver(
            { client, urls, health },
            { channel, queueName: queueNameOf(settings, channel), look: () => look(channel) },
          ),
        );
      if (channels.length > 0)
        open.push(watchQueueDepths({ client, urls, health, registry: deps.registry, settings }, channels));
    },
    problem: () => health.problem(),
    async close() {
      await Promise.all(open.map((one) => one.close()));
      client.destroy();
    },
  };
}
