import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sleep } from '@naru/kit/clock.ts';
import { Gauge, type Registry } from 'prom-client';
import type { SignalHealth } from './signal-health.ts';
import { CALL_TIMEOUT_MS, DEPTH_INTERVAL_MS, DEPTH_RETRY_MS } from './sqs.limits.ts';
import { deadQueueNameOf, type QueueUrls, queueNameOf } from './sqs-client.ts';
import type { SqsSettings } from './sqs-settings.ts';

/** Asks now and then how many signals wait in each channel's queue and dead-letter queue. */
export function watchQueueDepths(
  deps: {
    client: SQSClient;
    urls: QueueUrls;
    health: SignalHealth;
    registry: Registry;
    settings: SqsSettings;
  },
  channels: readonly string[],
): { close(): Promise<void> } {
  const depth = new Gauge({
    name: 'naru_signal_queue_depth',
    help: 'Signals in a queue, about, as SQS counts; `dead` holds those whose step failed again and again',
    labelNames: ['channel', 'queue'],
    registers: [deps.registry],
  });
  const closing = new AbortController();

  async function read(channel: string, queue: 'main' | 'dead'): Promise<boolean> {
    const name =
      queue === 'main' ? queueNameOf(deps.settings, channel) : deadQueueNameOf(deps.settings, channel);
    try {
      const { Attributes } = await deps.client.send(
        new GetQueueAttributesCommand({
          QueueUrl: await deps.urls.of(name),
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
        { abortSignal: AbortSignal.any([closing.signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]) },
      );
      const waiting = Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
      const beingLookedAt = Number(Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0);
      depth.set({ channel, queue }, waiting + beingLookedAt);
      deps.health.succeeded('depth', channel);
      return true;
    } catch (error) {
      if (closing.signal.aborted) return true;
      depth.remove({ channel, queue });
      deps.urls.forget(name);
      deps.health.failed('depth', channel, error);
      return false;
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      let isKnown = true;
      for (const channel of channels)
        isKnown = (await read(channel, 'main')) && (await read(channel, 'dead')) && isKnown;
      await sleep(isKnown ? DEPTH_INTERVAL_MS : DEPTH_RETRY_MS, closing.signal);
    }
  }

  const running = run();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
