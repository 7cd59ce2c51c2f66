import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { assert } from '@naru/kit/assert.ts';
import { type Hex, toHex } from '@naru/kit/hex.ts';
import type * as Secp256k1 from 'secp256k1';
import { type Address, keccak256 } from 'viem';
import { keystoreError } from './keystore.errors.ts';

/** `r` and `s` are 32 bytes each; `s` is in the lower half of the order, as EIP-2 demands. */
export type EcdsaSignature = { r: Hex; s: Hex; yParity: 0 | 1 };

export const PRIVATE_KEY_BYTES = 32;
export const DIGEST_BYTES = 32;
const PUBLIC_KEY_BYTES = 65;

/**
 * The native library (bitcoin-core/secp256k1: constant time, blinded), addressed by its inner path: the package's own
 * entry falls back in silence to a JavaScript implementation that is ten times slower and not constant in time.
 */
const curve = loadNative();

function loadNative(): typeof Secp256k1 {
  try {
    const native = createRequire(import.meta.url)('secp256k1/bindings.js') as typeof Secp256k1;
    native.contextRandomize(randomBytes(32)); // blinds the computation against side channels
    return native;
  } catch (error) {
    throw keystoreError(
      'curve_unavailable',
      'the native secp256k1 library does not load on this machine: install a C++ compiler and Python, then run  npm rebuild secp256k1',
      error,
    );
  }
}

/** A new random private key. The caller wipes it. */
export function generatePrivateKey(): Buffer {
  for (;;) {
    const candidate = randomBytes(PRIVATE_KEY_BYTES);
    // Zero and numbers from the order upward are no scalars: once in 2^128 tries.
    if (isPrivateKey(candidate)) return candidate;
  }
}

export function isPrivateKey(bytes: Uint8Array): boolean {
  return bytes.length === PRIVATE_KEY_BYTES && curve.privateKeyVerify(bytes);
}

/** The account's address, lower case: the last 20 bytes of keccak-256 of the public key. */
export function addressOf(privateKey: Uint8Array): Address {
  return addressOfPublicKey(curve.publicKeyCreate(privateKey, false));
}

/** @param publicKey - 0x04 | x | y. */
export function addressOfPublicKey(publicKey: Uint8Array): Address {
  assert(publicKey.length === PUBLIC_KEY_BYTES, `an uncompressed public key has ${PUBLIC_KEY_BYTES} bytes`);
  return `0x${keccak256(publicKey.subarray(1)).slice(-40)}`;
}

export function isPublicKey(bytes: Uint8Array): boolean {
  return curve.publicKeyVerify(bytes);
}

/** r | s with s in the lower half of the order; null when r or s is no scalar. */
export function normalizeSignature(r: Uint8Array, s: Uint8Array): Uint8Array | null {
  try {
    return curve.signatureNormalize(Uint8Array.from([...r, ...s]));
  } catch {
    return null;
  }
}

/** 0x04 | x | y, or null when no key gives this signature with this recovery id. */
export function recoverPublicKey(
  signature: Uint8Array,
  yParity: 0 | 1,
  digest: Uint8Array,
): Uint8Array | null {
  try {
    return curve.ecdsaRecover(signature, yParity, digest, false);
  } catch {
    return null;
  }
}

/** Deterministic ECDSA (RFC 6979). */
export function signWith(privateKey: Uint8Array, digest: Uint8Array): EcdsaSignature {
  assert(digest.length === DIGEST_BYTES, `a digest has ${DIGEST_BYTES} bytes, not ${digest.length}`);
  const { signature, recid } = curve.ecdsaSign(digest, privateKey);
  // 2 and 3 mean that r exceeded the order: never seen, and not expressible in a transaction.
  assert(recid === 0 || recid === 1, `recovery id out of range: ${recid}`);
  return { r: toHex(signature.subarray(0, 32)), s: toHex(signature.subarray(32)), yParity: recid };
}
