import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { assert } from '@naru/kit/assert.ts';
import type { Address } from 'viem';
import { z } from 'zod';
import { KEY_BYTES, seal, unseal } from './aes-gcm.ts';
import { addressOf } from './curve.ts';
import { type KeystoreError, keystoreError } from './keystore.errors.ts';
import type { MasterKey } from './master-key.ts';

/**
 * One key in one file. The private key is sealed with a data key of its own; the data key is wrapped by one master
 * key, or by two while a rotation is under way. Associated data binds format, version, address, label and time to
 * the private key, and address, version and master key to each wrap. A MAC under the data key covers the whole file,
 * so that no byte of it can be changed, moved to another file or dropped unnoticed.
 */
const FORMAT = 'naru-key';
const VERSION = 1;
const MAC_BYTES = 32;
export const LABEL_CHARS_MAX = 100;

/** One text for each value: where the last digit has bits to spare, several texts would decode alike. */
const base64 = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'not canonical base64');
const wrappedDataKeySchema = z.strictObject({ masterKeyId: z.string().min(1), wrapped: base64 });
const keyFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  address: z.custom<Address>((value) => typeof value === 'string' && /^0x[0-9a-f]{40}$/.test(value)),
  label: z.string().max(LABEL_CHARS_MAX).nullable(),
  createdAt: z.iso.datetime(),
  sealedPrivateKey: base64,
  wrappedDataKeys: z.array(wrappedDataKeySchema).min(1).max(2),
  mac: base64.refine((text) => Buffer.from(text, 'base64').length === MAC_BYTES, 'not a MAC'),
});

export type KeyFile = z.output<typeof keyFileSchema>;

/** Seals a private key. The caller wipes `privateKey`. */
export async function sealKey(
  masterKey: MasterKey,
  privateKey: Uint8Array,
  about: { label: string | null; createdAt: Date },
): Promise<KeyFile> {
  const dataKey = randomBytes(KEY_BYTES);
  try {
    const head = {
      format: FORMAT,
      version: VERSION,
      address: addressOf(privateKey),
      label: about.label,
      createdAt: about.createdAt.toISOString(),
    } as const;
    const sealedPrivateKey = seal(dataKey, privateKey, privateKeyContext(head)).toString('base64');
    return withMac(dataKey, {
      ...head,
      sealedPrivateKey,
      wrappedDataKeys: [await wrapFor(masterKey, head, dataKey)],
    });
  } finally {
    dataKey.fill(0);
  }
}

/**
 * Opens a key file. The caller wipes the private key.
 * @throws {KeystoreError} `wrong_master_key`, `damaged`
 */
export async function openKey(masterKey: MasterKey, file: KeyFile): Promise<Buffer> {
  const dataKey = await openDataKey(masterKey, file);
  try {
    const privateKey = unseal(dataKey, Buffer.from(file.sealedPrivateKey, 'base64'), privateKeyContext(file));
    if (privateKey === null) throw damaged(file.address, 'its private key does not decrypt');
    assert(addressOf(privateKey) === file.address, `the key of ${file.address} belongs to another address`);
    return privateKey;
  } finally {
    dataKey.fill(0);
  }
}

/** Whether the file names this master key. Says nothing about its being intact. */
export function isWrappedBy(masterKey: MasterKey, file: KeyFile): boolean {
  return file.wrappedDataKeys.some((entry) => entry.masterKeyId === masterKey.id);
}

/**
 * The same file with its data key wrapped by each of `masterKeys`, and by no other.
 * @param opener - one that can open it now.
 * @throws {KeystoreError} `wrong_master_key`, `damaged`
 */
export async function rewrapKey(
  opener: MasterKey,
  file: KeyFile,
  masterKeys: readonly MasterKey[],
): Promise<KeyFile> {
  const dataKey = await openDataKey(opener, file);
  try {
    const wrappedDataKeys = await Promise.all(
      masterKeys.map((masterKey) => wrapFor(masterKey, file, dataKey)),
    );
    const { mac: _, ...rest } = file;
    return withMac(dataKey, { ...rest, wrappedDataKeys });
  } finally {
    dataKey.fill(0);
  }
}

export function encodeKeyFile(file: KeyFile): Buffer {
  return Buffer.from(`${JSON.stringify(canonical(file), null, 2)}\n`);
}

/**
 * Reads a key file's text; only `openKey` proves that it is genuine. The text must be exactly what `encodeKeyFile`
 * writes: two texts of one meaning would leave bytes that no MAC covers.
 * @param name - of the file, for error messages.
 * @throws {KeystoreError} `damaged`
 */
export function decodeKeyFile(name: string, bytes: Buffer): KeyFile {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(name, 'it is not JSON');
  }
  const parsed = keyFileSchema.safeParse(json);
  if (!parsed.success) throw damaged(name, `it is not a version ${VERSION} key file`);
  if (!encodeKeyFile(parsed.data).equals(bytes)) throw damaged(name, 'its text has been edited');
  return parsed.data;
}

async function openDataKey(masterKey: MasterKey, file: KeyFile): Promise<Buffer> {
  const entry = file.wrappedDataKeys.find((candidate) => candidate.masterKeyId === masterKey.id);
  if (entry === undefined) {
    const ids = file.wrappedDataKeys.map((candidate) => candidate.masterKeyId).join(' or ');
    throw keystoreError(
      'wrong_master_key',
      `key ${file.address} is sealed with master key ${ids}, and this one is ${masterKey.id}: point NARU_MASTER_KEY_FILE (--master) at the file of ${ids}, or restore that file from your backup`,
    );
  }
  const dataKey = await masterKey.unwrap(
    Buffer.from(entry.wrapped, 'base64'),
    wrapContext(file, masterKey.id),
  );
  if (dataKey === null) throw damaged(file.address, 'its data key does not decrypt');
  if (!timingSafeEqual(computeMac(dataKey, file), Buffer.from(file.mac, 'base64'))) {
    dataKey.fill(0);
    throw damaged(file.address, 'its checksum does not match');
  }
  return dataKey;
}

async function wrapFor(
  masterKey: MasterKey,
  file: Pick<KeyFile, 'version' | 'address'>,
  dataKey: Uint8Array,
): Promise<KeyFile['wrappedDataKeys'][number]> {
  const wrapped = await masterKey.wrap(dataKey, wrapContext(file, masterKey.id));
  return { masterKeyId: masterKey.id, wrapped: Buffer.from(wrapped).toString('base64') };
}

function withMac(dataKey: Uint8Array, file: Omit<KeyFile, 'mac'>): KeyFile {
  return { ...file, mac: computeMac(dataKey, file).toString('base64') };
}

function computeMac(dataKey: Uint8Array, file: Omit<KeyFile, 'mac'>): Buffer {
  const macKey = Buffer.from(hkdfSync('sha256', dataKey, '', 'naru key file mac', KEY_BYTES));
  try {
    return createHmac('sha256', macKey)
      .update(JSON.stringify(canonical({ ...file, mac: '' })))
      .digest();
  } finally {
    macKey.fill(0);
  }
}

/** Fields in a fixed order. */
function canonical(file: KeyFile): KeyFile {
  const { format, version, address, label, createdAt, sealedPrivateKey, wrappedDataKeys, mac } = file;
  const wraps = wrappedDataKeys.map(({ masterKeyId, wrapped }) => ({ masterKeyId, wrapped }));
  return { format, version, address, label, createdAt, sealedPrivateKey, wrappedDataKeys: wraps, mac };
}

function privateKeyContext(
  head: Pick<KeyFile, 'format' | 'version' | 'address' | 'label' | 'createdAt'>,
): Buffer {
  return Buffer.from(JSON.stringify([head.format, head.version, head.address, head.label, head.createdAt]));
}

function wrapContext(file: Pick<KeyFile, 'version' | 'address'>, masterKeyId: string): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, file.version, file.address, masterKeyId]));
}

function damaged(name: string, why: string): KeystoreError {
  return keystoreError(
    'damaged',
    `key file of ${name} is damaged or was tampered with (${why}): restore it from your backup`,
  );
}
