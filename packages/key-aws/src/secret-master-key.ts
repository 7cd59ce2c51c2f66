import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { keystoreError } from '@naru/keystore/keystore.errors.ts';
import { decodeMasterKey, type MasterKey } from '@naru/keystore/master-key.ts';
import { createSecretsClient } from './aws-clients.ts';
import { classifyAwsError } from './aws-failure.ts';
import type { AwsSettings } from './aws-settings.ts';
import { CALL_TIMEOUT_MS, SECRET_CHARS_MAX } from './key-aws.limits.ts';

/**
 * A master key that AWS Secrets Manager keeps: the secret's text is what a master key file would hold. It is fetched
 * once, and again whenever keys are looked for. The text passes through strings of the SDK that only garbage collection
 * removes.
 * @throws {KeystoreError} `master_key_unavailable`, `damaged`
 */
export async function openSecretMasterKey(settings: AwsSettings, secretId: string): Promise<MasterKey> {
  const client = createSecretsClient(settings);
  try {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }), {
      abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const text = answer.SecretString;
    if (text === undefined || text.length > SECRET_CHARS_MAX)
      throw keystoreError(
        'damaged',
        `secret ${secretId} holds no master key: expected a text of 32 bytes in base64, as  openssl rand -base64 32  makes it`,
      );
    return decodeMasterKey(Buffer.from(text, 'latin1'), `secret ${secretId}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'damaged') throw error;
    const { message } = classifyAwsError(error);
    throw keystoreError(
      'master_key_unavailable',
      `secret ${secretId} of AWS Secrets Manager: ${message}`,
      error,
    );
  } finally {
    client.destroy();
  }
}
