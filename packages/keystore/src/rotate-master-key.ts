import { assert } from '@naru/kit/assert.ts';
import { keyFilePath, readKeyFiles } from './key-directory.ts';
import { encodeKeyFile, isWrappedBy, type KeyFile, openKey, rewrapKey } from './key-file.ts';
import type { MasterKey } from './master-key.ts';
import { type FileSteps, fileSteps, removeTemporaryFiles, replacePrivateFile } from './private-file.ts';

/**
 * Puts every key under a new master key. The keys themselves stay as they are.
 *
 * First every file gets a second wrap, by the new key, and is read back; only when all have it is the old wrap dropped,
 * file by file. So at any moment one single master key opens every file: the old one until the last file has its
 * second wrap, the new one from then on. A rotation that was cut short is completed by running it again.
 *
 * A key that another process creates under the old master key while this runs is not lost: it stays readable with
 * the old one, `listKeys` shows it, and running again takes it along. Keep the old file until `listKeys` names the
 * new one only.
 *
 * @param deps.from - the present master key; files that a cut-short rotation has already moved do not need it.
 * @returns how many files were changed.
 * @throws {KeystoreError} `wrong_master_key`, `damaged`, `insecure_permissions`, `missing`
 */
export async function rotateMasterKey(deps: {
  directory: string;
  from: MasterKey;
  to: MasterKey;
  steps?: FileSteps;
}): Promise<{ rotated: number }> {
  const { directory, from, to, steps = fileSteps } = deps;
  assert(from.id !== to.id, 'the new master key is the old one');
  const rotated = new Set<string>();

  for (const file of await readKeyFiles(directory)) {
    if (isWrappedBy(to, file)) continue;
    await replaceKeyFile(steps, directory, await rewrapKey(from, file, [from, to]));
    rotated.add(file.address);
  }
  const files = await readKeyFiles(directory);
  for (const file of files) {
    const privateKey = await openKey(to, file); // nothing is dropped before the new wrap is known to work
    privateKey.fill(0);
  }
  for (const file of files) {
    if (file.wrappedDataKeys.length === 1) continue;
    await replaceKeyFile(steps, directory, await rewrapKey(to, file, [to]));
    rotated.add(file.address);
  }
  // A temporary file may hold a copy of a key that the old master key still opens.
  await removeTemporaryFiles(steps, directory);
  return { rotated: rotated.size };
}

async function replaceKeyFile(steps: FileSteps, directory: string, file: KeyFile): Promise<void> {
  await replacePrivateFile(steps, keyFilePath(directory, file.address), encodeKeyFile(file));
}
