import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Address } from 'viem';
import { decodeKeyFile, type KeyFile } from './key-file.ts';
import { keystoreError } from './keystore.errors.ts';
import { checkPrivateDirectory, readPrivateFile } from './private-file.ts';

const KEY_FILE_NAME = /^(0x[0-9a-f]{40})\.json$/;

export function keyFilePath(directory: string, address: Address): string {
  return path.join(directory, `${address}.json`);
}

/**
 * Every key file of the directory, by address. Other files are left alone.
 * @throws {KeystoreError} `missing`, `insecure_permissions`, `damaged`
 */
export async function readKeyFiles(directory: string): Promise<KeyFile[]> {
  await checkPrivateDirectory(directory);
  const names = (await readdir(directory)).filter((name) => KEY_FILE_NAME.test(name)).sort();
  const files: KeyFile[] = [];
  for (const name of names) {
    const file = decodeKeyFile(name, await readPrivateFile(path.join(directory, name), 'key file'));
    if (name !== `${file.address}.json`) {
      throw keystoreError(
        'damaged',
        `key file ${name} holds the key of ${file.address}: give it back its own name`,
      );
    }
    files.push(file);
  }
  return files;
}

/** What may be told about a key. */
export type KeyInfo = {
  address: Address;
  label: string | null;
  createdAt: string;
  /** One; two while a rotation is under way. */
  masterKeyIds: readonly string[];
};

export function describeKey(file: KeyFile): KeyInfo {
  return {
    address: file.address,
    label: file.label,
    createdAt: file.createdAt,
    masterKeyIds: file.wrappedDataKeys.map((entry) => entry.masterKeyId),
  };
}

/**
 * What may be told about each key. Needs no master key, and so proves nothing: opening the keystore does.
 * @throws {KeystoreError} `missing`, `insecure_permissions`, `damaged`
 */
export async function listKeys(directory: string): Promise<KeyInfo[]> {
  return (await readKeyFiles(directory)).map(describeKey);
}
