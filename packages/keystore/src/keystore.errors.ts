import { CodedError } from '@naru/kit/errors.ts';

/**
 * - `insecure_permissions`: others on this machine can read a secret, or change it.
 * - `missing`: a file or directory is not there.
 * - `exists`: a key or file is there already and is never overwritten.
 * - `damaged`: a file is not what was written: truncated, edited or tampered with.
 * - `wrong_master_key`: the file is sealed with another master key.
 * - `invalid_private_key`: not 32 bytes of hex, or not a scalar of secp256k1.
 * - `invalid_label`: too long.
 * - `master_key_unavailable`: whoever keeps the master key did not give it, or may not.
 * - `curve_unavailable`: the native secp256k1 library does not load.
 *
 * Never retryable: each needs a person. Messages say what to do and hold no secret.
 */
export type KeystoreErrorCode =
  | 'insecure_permissions'
  | 'missing'
  | 'exists'
  | 'damaged'
  | 'wrong_master_key'
  | 'invalid_private_key'
  | 'invalid_label'
  | 'master_key_unavailable'
  | 'curve_unavailable';

export type KeystoreError = CodedError<KeystoreErrorCode>;

export function keystoreError(code: KeystoreErrorCode, message: string, cause?: unknown): KeystoreError {
  return new CodedError(code, message, cause === undefined ? {} : { cause });
}
