import type { Clock } from '@naru/kit/clock.ts';
import { generatePrivateKey, isPrivateKey, PRIVATE_KEY_BYTES } from './curve.ts';
import { describeKey, type KeyInfo, keyFilePath } from './key-directory.ts';
import { encodeKeyFile, LABEL_CHARS_MAX, sealKey } from './key-file.ts';
import { keystoreError } from './keystore.errors.ts';
import type { MasterKey } from './master-key.ts';
import { createPrivateFile, ensurePrivateDirectory, type FileSteps, fileSteps } from './private-file.ts';

export type AddKeyDeps = { directory: string; masterKey: MasterKey; clock: Clock; steps?: FileSteps };

/**
 * Makes a key from the system's random source.
 * @throws {KeystoreError} `invalid_label`, `insecure_permissions`
 */
export async function createKey(deps: AddKeyDeps, options: { label: string | null }): Promise<KeyInfo> {
  const privateKey = generatePrivateKey();
  try {
    return await addKey(deps, privateKey, options.label);
  } finally {
    privateKey.fill(0);
  }
}

/**
 * Takes over a private key: 64 hex digits, with or without 0x, blanks around them allowed.
 * @param options.text - as bytes, so that no string of it stays on the heap; wiped.
 * @throws {KeystoreError} `invalid_private_key`, `invalid_label`, `exists`, `insecure_permissions`
 */
export async function importKey(
  deps: AddKeyDeps,
  options: { text: Uint8Array; label: string | null },
): Promise<KeyInfo> {
  const privateKey = parsePrivateKey(options.text);
  options.text.fill(0);
  try {
    if (privateKey === null || !isPrivateKey(privateKey)) {
      throw keystoreError(
        'invalid_private_key',
        'this is not a private key: expected 64 hex digits, with or without 0x, of a number above zero and below the order of secp256k1',
      );
    }
    return await addKey(deps, privateKey, options.label);
  } finally {
    privateKey?.fill(0);
  }
}

async function addKey(deps: AddKeyDeps, privateKey: Uint8Array, label: string | null): Promise<KeyInfo> {
  if (label !== null && label.length > LABEL_CHARS_MAX) {
    throw keystoreError('invalid_label', `a label has at most ${LABEL_CHARS_MAX} characters`);
  }
  await ensurePrivateDirectory(deps.directory);
  const file = await sealKey(deps.masterKey, privateKey, { label, createdAt: deps.clock.now() });
  await createPrivateFile(
    deps.steps ?? fileSteps,
    keyFilePath(deps.directory, file.address),
    encodeKeyFile(file),
  );
  return describeKey(file);
}

/** Reads hex digits byte by byte, without making a string. The caller wipes the result. */
function parsePrivateKey(text: Uint8Array): Buffer | null {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  if (text[start] === 0x30 && (text[start + 1] === 0x78 || text[start + 1] === 0x58)) start += 2; // 0x, 0X
  if (end - start !== PRIVATE_KEY_BYTES * 2) return null;
  const key = Buffer.alloc(PRIVATE_KEY_BYTES);
  for (let index = 0; index < PRIVATE_KEY_BYTES; index++) {
    const high = hexValue(text[start + 2 * index]);
    const low = hexValue(text[start + 2 * index + 1]);
    if (high === null || low === null) {
      key.fill(0);
      return null;
    }
    key[index] = high * 16 + low;
  }
  return key;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function hexValue(byte: number | undefined): number | null {
  if (byte === undefined) return null;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : null;
}
