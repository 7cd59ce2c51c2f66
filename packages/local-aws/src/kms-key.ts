import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Secp256k1 from 'secp256k1';

const curve = createRequire(import.meta.url)('secp256k1/bindings.js') as typeof Secp256k1;

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';
export type KmsKey = {
  keyId: string;
  arn: string;
  spec: 'ECC_SECG_P256K1' | 'SYMMETRIC_DEFAULT';
  state: KeyState;
  createdAtS: number;
  deletionAtS: number | null;
  secret: Buffer;
};

/** Order of secp256k1. Source: SEC 2, 2.4.1 */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** SubjectPublicKeyInfo up to the point. Source: RFC 5480; SEC 2, A.2.1 */
const SPKI_PREFIX = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex');
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 36;

export function makeKey(region: string, account: string, spec: KmsKey['spec']): KmsKey {
  const keyId = randomUUID();
  let secret = randomBytes(32);
  while (spec === 'ECC_SECG_P256K1' && !curve.privateKeyVerify(secret)) secret = randomBytes(32);
  return {
    keyId,
    arn: `arn:aws:kms:${region}:${account}:key/${keyId}`,
    spec,
    state: 'Enabled',
    createdAtS: Math.floor(Date.now() / 1000),
    deletionAtS: null,
    secret,
  };
}

export function publicKeyDer(key: KmsKey): Buffer {
  return Buffer.concat([SPKI_PREFIX, curve.publicKeyCreate(key.secret, false)]);
}

/** DER; with a high S where `isHigh`: KMS gives both, as they come. */
export function signDigest(key: KmsKey, digest: Uint8Array, isHigh: boolean): Buffer {
  const { signature } = curve.ecdsaSign(digest, key.secret, { data: randomBytes(32) });
  const r = Buffer.from(signature.subarray(0, 32));
  const low = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  const s = Buffer.from((isHigh ? ORDER - low : low).toString(16).padStart(64, '0'), 'hex');
  const content = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const value = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  return Buffer.concat([Buffer.from([0x02, value.length]), value]);
}

/** Names the key inside, as a ciphertext of KMS does. */
export function encrypt(key: KmsKey, plaintext: Buffer, context: Readonly<Record<string, string>>): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv).setAAD(contextBytes(context));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(key.keyId), iv, cipher.getAuthTag(), sealed]);
}

export function keyIdOf(blob: Buffer): string {
  return blob.subarray(0, KEY_ID_BYTES).toString('latin1');
}

export function decrypt(key: KmsKey, blob: Buffer, context: Readonly<Record<string, string>>): Buffer | null {
  const iv = blob.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
  const tag = blob.subarray(KEY_ID_BYTES + IV_BYTES, KEY_ID_BYTES + IV_BYTES + TAG_BYTES);
  const sealed = blob.subarray(KEY_ID_BYTES + IV_BYTES + TAG_BYTES);
  try {
    const opener = createDecipheriv('aes-256-gcm', key.secret, iv)
      .setAAD(contextBytes(context))
      .setAuthTag(tag);
    return Buffer.concat([opener.update(sealed), opener.final()]);
  } catch {
    return null;
  }
}

/** Whatever the order of its fields. */
function contextBytes(context: Readonly<Record<string, string>>): Buffer {
  const fields = Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest();
}
