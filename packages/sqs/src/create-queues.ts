import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { assertPresent } from '@naru/kit/assert.ts';
import {
  DEAD_RETENTION_SECONDS,
  RECEIVE_WAIT_SECONDS,
  RECEIVES_MAX,
  RETENTION_SECONDS,
  VISIBILITY_SECONDS,
} from './sqs.limits.ts';
import { deadQueueNameOf, queueNameOf } from './sqs-client.ts';
import type { SqsSettings } from './sqs-settings.ts';

export type CreatedQueue = { channel: string; queue: string; deadQueue: string; created: boolean };

type Attributes = Record<string, string>;

/** Makes each channel's queue and its dead-letter queue, or sets those that exist right. May be run again at any time. */
export async function createQueues(
  client: SQSClient,
  settings: SqsSettings,
  channels: readonly string[],
): Promise<CreatedQueue[]> {
  const made: CreatedQueue[] = [];
  for (const channel of channels) {
    const queue = queueNameOf(settings, channel);
    const deadQueue = deadQueueNameOf(settings, channel);
    const dead = await ensureQueue(client, deadQueue, {
      MessageRetentionPeriod: String(DEAD_RETENTION_SECONDS),
    });
    const { created } = await ensureQueue(client, queue, {
      MessageRetentionPeriod: String(RETENTION_SECONDS),
      VisibilityTimeout: String(VISIBILITY_SECONDS),
      ReceiveMessageWaitTimeSeconds: String(RECEIVE_WAIT_SECONDS),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: await readArn(client, dead.url),
        maxReceiveCount: RECEIVES_MAX,
      }),
    });
    made.push({ channel, queue, deadQueue, created });
  }
  return made;
}

async function ensureQueue(
  client: SQSClient,
  name: string,
  attributes: Attributes,
): Promise<{ url: string; created: boolean }> {
  const existing = await findQueue(client, name);
  if (existing !== null) {
    await client.send(new SetQueueAttributesCommand({ QueueUrl: existing, Attributes: attributes }));
    return { url: existing, created: false };
  }
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return { url: assertPresent(QueueUrl, `address of the queue ${name}`), created: true };
}

async function findQueue(client: SQSClient, name: string): Promise<string | null> {
  try {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl ?? null;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return null;
    throw error;
  }
}

async function readArn(client: SQSClient, queueUrl: string): Promise<string> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return assertPresent(Attributes?.['QueueArn'], `name of the queue at ${queueUrl}`);
}
