import type { Hex } from '@naru/kit/hex.ts';
import { toBuffer, toHex } from '@naru/kit/hex.ts';
import { type EcdsaSignature, normalizeSignature, recoverPublicKey } from './curve.ts';
import { keyBackendError } from './key-backend.ts';

/**
 * Turns what a key service or an HSM answered into a signature that a chain accepts: s in the lower half of the order
 * (EIP-2; the other half is the same signature, mirrored), and the recovery id, which nobody but us needs: of the two
 * possible ones, the one that leads to the known public key. One of them does exactly when the signature is valid for
 * this key and digest, so a wrong, corrupted or exchanged answer ends here.
 * @param publicKey - 0x04 | x | y.
 * @throws {KeyBackendError} `key_misbehaved`
 */
export function toAccountSignature(
  key: { publicKey: Uint8Array; whose: string },
  digest: Uint8Array,
  given: { r: Hex; s: Hex } | null,
): EcdsaSignature {
  const compact = given === null ? null : normalizeSignature(toBuffer(given.r), toBuffer(given.s));
  if (compact === null)
    throw keyBackendError('key_misbehaved', `${key.whose} answered with bytes that are no signature`);
  for (const yParity of [0, 1] as const) {
    const recovered = recoverPublicKey(compact, yParity, digest);
    if (recovered !== null && Buffer.compare(recovered, key.publicKey) === 0)
      return { r: toHex(compact.subarray(0, 32)), s: toHex(compact.subarray(32)), yParity };
  }
  throw keyBackendError(
    'key_misbehaved',
    `${key.whose} answered with a signature that is not its own for what was to be signed; it was thrown away`,
  );
}
