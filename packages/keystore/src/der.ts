import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { toHex } from '@naru/kit/hex.ts';
import { isPublicKey } from './curve.ts';
import { keyBackendError } from './key-backend.ts';

/**
 * The few structures in DER (ITU-T X.690) by which key services and HSMs speak: read strictly, since a second reading of
 * the same bytes is how signatures and keys are confused. Nothing but the one canonical form passes.
 */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;

const POINT_BYTES = 65;
const UNCOMPRESSED = 0x04;
const SCALAR_BYTES = 32;

/**
 * SubjectPublicKeyInfo of an uncompressed secp256k1 point up to the point: SEQUENCE { SEQUENCE { OID id-ecPublicKey
 * 1.2.840.10045.2.1, OID secp256k1 1.3.132.0.10 }, BIT STRING with no unused bits }. Sources: RFC 5480; SEC 2, A.2.1.
 */
const SPKI_PREFIX = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex');
/** OBJECT IDENTIFIER 1.3.132.0.10, as CKA_EC_PARAMS names the curve. */
export const SECP256K1_OID = Buffer.from('06052b8104000a', 'hex');

/**
 * The point (0x04 | x | y) of a SubjectPublicKeyInfo.
 * @throws {KeyBackendError} `key_unusable`
 */
export function readSpki(der: Uint8Array, whose: string): Buffer {
  const prefix = Buffer.from(der.subarray(0, SPKI_PREFIX.length));
  if (der.length !== SPKI_PREFIX.length + POINT_BYTES || !prefix.equals(SPKI_PREFIX))
    throw keyBackendError('key_unusable', `the public key of ${whose} is not an uncompressed secp256k1 key`);
  return checkPoint(der.subarray(SPKI_PREFIX.length), whose);
}

/**
 * The point of a CKA_EC_POINT: an OCTET STRING that holds it (PKCS#11 2.40, 2.3.3). Some modules give the bare point.
 * @throws {KeyBackendError} `key_unusable`
 */
export function readEcPoint(value: Uint8Array, whose: string): Buffer {
  if (value.length === POINT_BYTES) return checkPoint(value, whose);
  if (value.length === POINT_BYTES + 2 && value[0] === OCTET_STRING && value[1] === POINT_BYTES)
    return checkPoint(value.subarray(2), whose);
  throw keyBackendError('key_unusable', `the public key of ${whose} is not an uncompressed point`);
}

function checkPoint(point: Uint8Array, whose: string): Buffer {
  if (point[0] !== UNCOMPRESSED || !isPublicKey(point))
    throw keyBackendError('key_unusable', `the public key of ${whose} is not a point of secp256k1`);
  return Buffer.from(point);
}

/**
 * r and s of an ECDSA-Sig-Value, SEQUENCE { INTEGER r, INTEGER s } (RFC 3279, 2.2.3), 32 bytes each; null when the bytes
 * are anything else.
 */
export function readSignature(der: Uint8Array): { r: Hex; s: Hex } | null {
  const sequence = readTlv(der, 0, SEQUENCE);
  if (sequence === null || sequence.end !== der.length) return null;
  const r = readTlv(sequence.content, 0, INTEGER);
  const s = r === null ? null : readTlv(sequence.content, r.end, INTEGER);
  if (r === null || s === null || s.end !== sequence.content.length) return null;
  const [first, second] = [toScalar(r.content), toScalar(s.content)];
  return first === null || second === null ? null : { r: first, s: second };
}

/** Short lengths only: a signature has 72 bytes at most. */
function readTlv(
  bytes: Uint8Array,
  offset: number,
  tag: number,
): { content: Uint8Array; end: number } | null {
  const length = bytes[offset + 1];
  if (bytes[offset] !== tag || length === undefined || length >= 0x80) return null;
  const end = offset + 2 + length;
  return end > bytes.length ? null : { content: bytes.subarray(offset + 2, end), end };
}

/** A positive INTEGER in its shortest form, of at most 32 bytes. */
function toScalar(content: Uint8Array): Hex | null {
  const [first, second] = content;
  if (first === undefined || first >= 0x80) return null; // empty, or negative
  const isPadded = first === 0 && content.length > 1;
  if (isPadded && (second ?? 0) < 0x80) return null; // a zero that is not needed
  const digits = isPadded ? content.subarray(1) : content;
  if (digits.length > SCALAR_BYTES) return null;
  const scalar = Buffer.alloc(SCALAR_BYTES);
  scalar.set(digits, SCALAR_BYTES - digits.length);
  assert(scalar.length === SCALAR_BYTES, 'a scalar has 32 bytes');
  return toHex(scalar);
}
