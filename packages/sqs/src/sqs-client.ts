import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CALL_TIMEOUT_MS, CONNECT_TIMEOUT_MS } from './sqs.limits.ts';
import type { SqsSettings } from './sqs-settings.ts';

/** `naru_processor` → `naru-processor`, or with another prefix in the place of `naru-`. */
export function queueNameOf(settings: Pick<SqsSettings, 'queuePrefix'>, channel: string): string {
  return `${settings.queuePrefix}${channel.replace(/^naru_/, '').replaceAll('_', '-')}`;
}

/** Where signals go whose step failed again and again. */
export function deadQueueNameOf(settings: Pick<SqsSettings, 'queuePrefix'>, channel: string): string {
  return `${queueNameOf(settings, channel)}-dead`;
}

/**
 * A client that speaks to the configured endpoint and to nothing else. Everything that the SDK would look up by itself
 * is given: credentials (else the metadata address of the machine is asked), region, defaults mode (`auto` asks the
 * same), retries; and a queue's address is used as a name only, not as the host to call.
 */
export function createSqsClient(settings: SqsSettings): SQSClient {
  const { accessKeyId, secretAccessKey, sessionToken } = settings.credentials;
  return new SQSClient({
    region: settings.region,
    ...(settings.endpoint === null ? {} : { endpoint: settings.endpoint }),
    credentials: {
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === null ? {} : { sessionToken: sessionToken.reveal() }),
    },
    defaultsMode: 'standard',
    retryMode: 'standard',
    // A signal that fails is not worth a second try: the next one or polling says the same.
    maxAttempts: 1,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS },
  });
}

export type QueueUrls = {
  of(queueName: string): Promise<string>;
  /** After an error that says so: a queue that was made anew has to be found anew. */
  forget(queueName: string): void;
};

export function createQueueUrls(client: SQSClient): QueueUrls {
  const known = new Map<string, string>();
  return {
    async of(queueName) {
      const cached = known.get(queueName);
      if (cached !== undefined) return cached;
      const answer = await client.send(new GetQueueUrlCommand({ QueueName: queueName }), {
        abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      if (answer.QueueUrl === undefined) throw new Error(`SQS names no address for the queue ${queueName}`);
      known.set(queueName, answer.QueueUrl);
      return answer.QueueUrl;
    },
    forget: (queueName) => void known.delete(queueName),
  };
}
