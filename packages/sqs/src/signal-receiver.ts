import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sleep } from '@naru/kit/clock.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import type { SignalHealth } from './signal-health.ts';
import {
  CALL_TIMEOUT_MS,
  RECEIVE_MESSAGES_MAX,
  RECEIVE_PAUSE_MS,
  RECEIVE_PAUSE_MS_MAX,
  RECEIVE_WAIT_SECONDS,
} from './sqs.limits.ts';
import type { QueueUrls } from './sqs-client.ts';

export type SignalReceiver = { close(): Promise<void> };

type Received = { url: string; receipts: string[] };

/**
 * Waits at one channel's queue and has its work looked at for whatever comes. Signals are deleted once `look` ended
 * well; otherwise they are left, are seen again, and after some times lie in the dead-letter queue.
 */
export function startSignalReceiver(
  deps: { client: SQSClient; urls: QueueUrls; health: SignalHealth },
  options: { channel: string; queueName: string; look: () => Promise<void> },
): SignalReceiver {
  const { channel, queueName } = options;
  const closing = new AbortController();

  async function receive(): Promise<Received> {
    const url = await deps.urls.of(queueName);
    const limit = AbortSignal.timeout(RECEIVE_WAIT_SECONDS * 1_000 + CALL_TIMEOUT_MS);
    const { Messages } = await deps.client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        WaitTimeSeconds: RECEIVE_WAIT_SECONDS,
        MaxNumberOfMessages: RECEIVE_MESSAGES_MAX,
      }),
      { abortSignal: AbortSignal.any([closing.signal, limit]) },
    );
    const receipts = (Messages ?? []).flatMap(({ ReceiptHandle }) => ReceiptHandle ?? []);
    return { url, receipts };
  }

  async function remove({ url, receipts }: Received): Promise<void> {
    try {
      const { Failed } = await deps.client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
        }),
        { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) },
      );
      const [first] = Failed ?? [];
      if (first !== undefined) throw new Error(first.Message ?? first.Code ?? 'a message was not deleted');
    } catch (error) {
      // They come again, and are looked at once more for nothing.
      deps.health.failed('receive', channel, error);
    }
  }

  /** False: pause before the next. A step's own failure is told by its loop. */
  async function turn(): Promise<boolean> {
    let received: Received;
    try {
      received = await receive();
      deps.health.succeeded('receive', channel);
    } catch (error) {
      if (closing.signal.aborted) return true;
      deps.urls.forget(queueName);
      deps.health.failed('receive', channel, error);
      return false;
    }
    if (received.receipts.length === 0) return true;
    try {
      await options.look();
    } catch {
      return false;
    }
    await remove(received);
    return true;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      failures = (await turn()) ? 0 : failures + 1;
      if (failures === 0) continue;
      const pauseMs = backoffMs(failures, { baseMs: RECEIVE_PAUSE_MS, maxMs: RECEIVE_PAUSE_MS_MAX });
      await sleep(pauseMs, closing.signal);
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
