import { openMasterKey } from '@naru/key-aws/open-master-key.ts';
import type { KeyBackend } from '@naru/keystore/key-backend.ts';
import { openKeystore } from '@naru/keystore/open-keystore.ts';
import type { SignerConfig } from './config.ts';

/** Opens each place that is configured. What an HSM or a key service needs is loaded only when there is one. */
export async function openBackends(
  config: Pick<SignerConfig, 'keystore' | 'kms' | 'pkcs11' | 'aws'>,
): Promise<KeyBackend[]> {
  const { keystore, kms, pkcs11, aws } = config;
  const opened: KeyBackend[] = [];
  try {
    if (keystore !== null) {
      const reloadMasterKey = () => openMasterKey(aws, keystore.masterKey);
      const masterKey = await reloadMasterKey();
      opened.push(await openKeystore({ directory: keystore.dir, masterKey, reloadMasterKey }));
    }
    if (kms !== null) {
      const { openKmsBackend } = await import('@naru/key-aws/kms-backend.ts');
      opened.push(await openKmsBackend(kms.settings, kms.list));
    }
    if (pkcs11 !== null) {
      const { openPkcs11Backend } = await import('@naru/key-pkcs11/pkcs11-backend.ts');
      opened.push(await openPkcs11Backend(pkcs11));
    }
    return opened;
  } catch (error) {
    for (const backend of opened) await backend.close();
    throw error;
  }
}
