import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { KEY_BYTES, seal, unseal } from './aes-gcm.ts';
import { keystoreError } from './keystore.errors.ts';
import { createPrivateFile, type FileSteps, fileSteps, readPrivateFile } from './private-file.ts';

/**
 * What wraps data keys. A port: the local file is one provider; `@naru/key-aws` has AWS Secrets Manager (the same text
 * in a secret) and AWS KMS (Encrypt and Decrypt; the master key itself never enters this process).
 */
export type MasterKey = {
  /** Names the key inside key files, so that a wrong one is recognised. Not secret. */
  readonly id: string;
  /** Encrypts a data key, bound to `context`. */
  wrap(dataKey: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  /** The data key, or null when it was not wrapped by this key for this context. The caller wipes it. */
  unwrap(wrapped: Uint8Array, context: Uint8Array): Promise<Buffer | null>;
};

/**
 * Reads the master key of a local file: 32 bytes in base64, mode 0600.
 * @throws {KeystoreError} `missing`, `insecure_permissions`, `damaged`
 */
export async function loadLocalMasterKey(file: string): Promise<MasterKey> {
  const text = await readPrivateFile(file, 'master key file');
  return decodeMasterKey(text, `master key file ${file}`);
}

/**
 * A master key of 32 bytes in base64, wherever the text was kept. The same text gives the same key and id in each place.
 * @param text - wiped.
 * @throws {KeystoreError} `damaged`
 */
export function decodeMasterKey(text: Buffer, where: string): MasterKey {
  const bytes = Buffer.from(text.toString('latin1'), 'base64');
  const canonical = bytes.toString('base64') === text.toString('latin1').trimEnd();
  text.fill(0);
  try {
    if (bytes.length !== KEY_BYTES || !canonical) {
      throw keystoreError(
        'damaged',
        `${where} does not hold ${KEY_BYTES} bytes in base64: restore it from your backup; without it the keys cannot be read`,
      );
    }
    return masterKeyOf(bytes);
  } finally {
    bytes.fill(0);
  }
}

/**
 * Makes a master key of 32 random bytes in a new file of mode 0600. Back it up apart from the keystore: who has both
 * has the keys, who has lost it has lost them.
 * @throws {KeystoreError} `exists`
 */
export async function createLocalMasterKey(file: string, steps: FileSteps = fileSteps): Promise<MasterKey> {
  const bytes = randomBytes(KEY_BYTES);
  const text = Buffer.from(`${bytes.toString('base64')}\n`);
  try {
    await createPrivateFile(steps, file, text);
    return masterKeyOf(bytes);
  } finally {
    bytes.fill(0);
    text.fill(0);
  }
}

function masterKeyOf(bytes: Uint8Array): MasterKey {
  // A KeyObject keeps its copy outside the JavaScript heap and prints as nothing.
  const key: KeyObject = createSecretKey(bytes);
  const id = `local:${createHmac('sha256', key).update('naru master key id').digest('hex').slice(0, 16)}`;
  return {
    id,
    wrap: async (dataKey, context) => seal(key, dataKey, context),
    unwrap: async (wrapped, context) => unseal(key, wrapped, context),
  };
}
