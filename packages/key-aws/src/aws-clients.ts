import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsSettings } from './aws-settings.ts';
import { CONNECT_TIMEOUT_MS, TRIES_MAX } from './key-aws.limits.ts';

/**
 * Clients that speak to the configured endpoint and to nothing else: what the SDK would look up by itself is given. Only
 * when the credentials are said to be the machine's is the machine asked for them.
 */
export function createKmsClient(settings: AwsSettings): KMSClient {
  return new KMSClient(clientConfig(settings, settings.kmsEndpoint));
}

export function createSecretsClient(settings: AwsSettings): SecretsManagerClient {
  return new SecretsManagerClient(clientConfig(settings, settings.secretsEndpoint));
}

function clientConfig(
  { region, credentials }: AwsSettings,
  endpoint: string | null,
): Pick<
  KMSClientConfig,
  | 'region'
  | 'endpoint'
  | 'credentials'
  | 'defaultsMode'
  | 'retryMode'
  | 'maxAttempts'
  | 'useDualstackEndpoint'
  | 'useFipsEndpoint'
  | 'requestHandler'
> {
  return {
    region,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: credentials.secretAccessKey.reveal(),
            ...(credentials.sessionToken === null ? {} : { sessionToken: credentials.sessionToken.reveal() }),
          },
        }),
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: TRIES_MAX,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS },
  };
}
