import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sleep } from '@naru/kit/clock.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import type { SignalHealth } from './signal-health.ts';
import { CALL_TIMEOUT_MS, SEND_BACKOFF, SEND_INTERVAL_MS_MIN } from './sqs.limits.ts';
import type { QueueUrls } from './sqs-client.ts';

export type SignalSender = {
  /** Never throws, never waits. Many in a row are one message. */
  send(channel: string): void;
  /** Lets the message under way end, within its time limit; what was not sent yet is left to polling. */
  close(): Promise<void>;
};

type Lane = { wanted: boolean; running: Promise<void> | null };

/** Says "look now" to a channel's queue: the first at once, what follows within a short time as one more. */
export function createSignalSender(deps: {
  client: SQSClient;
  urls: QueueUrls;
  queueNameOf: (channel: string) => string;
  health: SignalHealth;
}): SignalSender {
  const lanes = new Map<string, Lane>();
  const closing = new AbortController();

  async function run(channel: string, lane: Lane): Promise<void> {
    let failures = 0;
    while (lane.wanted && !closing.signal.aborted) {
      lane.wanted = false;
      failures = (await sendOne(channel)) ? 0 : failures + 1;
      // Said again until it is heard: so that the queue's return is noticed without new work.
      if (failures > 0) lane.wanted = true;
      await sleep(failures === 0 ? SEND_INTERVAL_MS_MIN : backoffMs(failures, SEND_BACKOFF), closing.signal);
    }
    lane.running = null;
  }

  async function sendOne(channel: string): Promise<boolean> {
    const name = deps.queueNameOf(channel);
    try {
      await deps.client.send(
        new SendMessageCommand({ QueueUrl: await deps.urls.of(name), MessageBody: 'look' }),
        { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) },
      );
      deps.health.succeeded('send', channel);
      return true;
    } catch (error) {
      deps.urls.forget(name);
      deps.health.failed('send', channel, error);
      return false;
    }
  }

  return {
    send(channel) {
      if (closing.signal.aborted) return;
      const lane = lanes.get(channel) ?? { wanted: false, running: null };
      lanes.set(channel, lane);
      lane.wanted = true;
      lane.running ??= run(channel, lane);
    },
    async close() {
      closing.abort();
      await Promise.all([...lanes.values()].map((lane) => lane.running));
    },
  };
}
