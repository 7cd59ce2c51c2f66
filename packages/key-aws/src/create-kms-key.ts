import { CreateAliasCommand, CreateKeyCommand, GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { addressOfPublicKey } from '@naru/keystore/curve.ts';
import { readSpki } from '@naru/keystore/der.ts';
import { keyBackendError } from '@naru/keystore/key-backend.ts';
import type { Address } from 'viem';
import { createKmsClient } from './aws-clients.ts';
import { classifyAwsError } from './aws-failure.ts';
import type { AwsSettings } from './aws-settings.ts';
import { CALL_TIMEOUT_MS } from './key-aws.limits.ts';

/**
 * Makes a key that never leaves AWS KMS. Not repeated when the answer is lost: KMS would make a second one, which costs
 * money each month until it is deleted.
 * @throws {KeyBackendError}
 */
export async function createKmsKey(
  settings: AwsSettings,
  options: { label: string | null; alias: string | null },
): Promise<{ arn: string; address: Address }> {
  const client = createKmsClient(settings);
  client.config.maxAttempts = async () => 1;
  const limits = () => ({ abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
  let arn = '';
  try {
    const created = await client.send(
      new CreateKeyCommand({
        KeySpec: 'ECC_SECG_P256K1',
        KeyUsage: 'SIGN_VERIFY',
        ...(options.label === null ? {} : { Description: options.label }),
      }),
      limits(),
    );
    arn = created.KeyMetadata?.Arn ?? '';
    const answer = await client.send(new GetPublicKeyCommand({ KeyId: arn }), limits());
    const address = addressOfPublicKey(readSpki(answer.PublicKey ?? new Uint8Array(), arn));
    if (options.alias !== null)
      await client.send(new CreateAliasCommand({ AliasName: options.alias, TargetKeyId: arn }), limits());
    return { arn, address };
  } catch (error) {
    const made =
      arn === ''
        ? 'whether a key was made is not known: look in AWS KMS before you try again'
        : `the key ${arn} was made: use it, or schedule its deletion`;
    throw keyBackendError('backend_unavailable', `${classifyAwsError(error).message}; ${made}`, error);
  } finally {
    client.destroy();
  }
}
