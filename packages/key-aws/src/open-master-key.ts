import { loadLocalMasterKey, type MasterKey } from '@naru/keystore/master-key.ts';
import { describeMasterKeySource, type MasterKeySource } from '@naru/keystore/master-key-source.ts';
import { assert } from '@naru/kit/assert.ts';
import type { AwsSettings } from './aws-settings.ts';

/**
 * Opens a master key wherever it is kept. The SDK of AWS is loaded only when it is there.
 * @param aws - null where the key is in a file.
 * @throws {KeystoreError}
 */
export async function openMasterKey(aws: AwsSettings | null, source: MasterKeySource): Promise<MasterKey> {
  if (source.kind === 'file') return await loadLocalMasterKey(source.file);
  assert(aws !== null, `${describeMasterKeySource(source)} needs the settings of AWS`);
  if (source.kind === 'kms') {
    const { openKmsMasterKey } = await import('./kms-master-key.ts');
    return await openKmsMasterKey(aws, source.keyId);
  }
  const { openSecretMasterKey } = await import('./secret-master-key.ts');
  return await openSecretMasterKey(aws, source.secretId);
}
