import { DecryptCommand, DescribeKeyCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { type KeystoreError, keystoreError } from '@naru/keystore/keystore.errors.ts';
import type { MasterKey } from '@naru/keystore/master-key.ts';
import { createKmsClient } from './aws-clients.ts';
import { classifyAwsError } from './aws-failure.ts';
import type { AwsSettings } from './aws-settings.ts';
import { CALL_TIMEOUT_MS } from './key-aws.limits.ts';

/** In the encryption context, which CloudTrail records with every use: it names the address whose key is opened. */
const CONTEXT_FIELD = 'naru-key-file';

/**
 * A symmetric key of AWS KMS as master key: it wraps data keys inside KMS and never enters this process. Whoever opens
 * a key file asks KMS, which can say no, and records that it was asked.
 * @throws {KeystoreError} `master_key_unavailable`
 */
export async function openKmsMasterKey(settings: AwsSettings, keyId: string): Promise<MasterKey> {
  const client = createKmsClient(settings);
  const arn = await describe(client, keyId);
  const contextOf = (context: Uint8Array) => ({ [CONTEXT_FIELD]: Buffer.from(context).toString('utf8') });
  return {
    id: `kms:${arn}`,
    async wrap(dataKey, context) {
      const answer = await client
        .send(
          new EncryptCommand({ KeyId: arn, Plaintext: dataKey, EncryptionContext: contextOf(context) }),
          limits(),
        )
        .catch((error: unknown) => {
          throw unavailable(keyId, error);
        });
      if (answer.CiphertextBlob === undefined) throw unavailable(keyId, new Error('an empty answer'));
      return answer.CiphertextBlob;
    },
    async unwrap(wrapped, context) {
      try {
        const answer = await client.send(
          new DecryptCommand({
            KeyId: arn,
            CiphertextBlob: wrapped,
            EncryptionContext: contextOf(context),
          }),
          limits(),
        );
        if (answer.Plaintext === undefined) throw new Error('an empty answer');
        const dataKey = Buffer.from(answer.Plaintext);
        answer.Plaintext.fill(0);
        return dataKey;
      } catch (error) {
        if (classifyAwsError(error).kind === 'refused') return null;
        throw unavailable(keyId, error);
      }
    },
  };
}

async function describe(client: KMSClient, keyId: string): Promise<string> {
  const answer = await client
    .send(new DescribeKeyCommand({ KeyId: keyId }), limits())
    .catch((error: unknown) => {
      throw unavailable(keyId, error);
    });
  const about = answer.KeyMetadata;
  if (
    about?.Arn === undefined ||
    about.KeySpec !== 'SYMMETRIC_DEFAULT' ||
    about.KeyUsage !== 'ENCRYPT_DECRYPT'
  )
    throw keystoreError(
      'master_key_unavailable',
      `kms key ${keyId} is ${about?.KeySpec ?? 'of an unknown spec'}: a master key must be SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT`,
    );
  return about.Arn;
}

function limits(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) };
}

function unavailable(keyId: string, error: unknown): KeystoreError {
  const { message } = classifyAwsError(error);
  return keystoreError('master_key_unavailable', `master key ${keyId} of AWS KMS: ${message}`, error);
}
