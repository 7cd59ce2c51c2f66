import { CodedError } from '@naru/kit/errors.ts';
import type { Address } from 'viem';
import type { EcdsaSignature } from './curve.ts';

/** Signs with one key and never shows it. */
export type KeySigner = {
  readonly address: Address;
  /**
   * At once where the key is in this process, which is the fast path; a promise where somebody else holds it.
   * @param digest - 32 bytes.
   * @throws {KeyBackendError}
   */
  signDigest(digest: Uint8Array): EcdsaSignature | Promise<EcdsaSignature>;
};

/** What `refresh` found. */
export type KeyChanges = { added: readonly Address[]; removed: readonly Address[] };

/** Where keys are. A port: key files, a key service or an HSM answer it, several at once. */
export type KeyBackend = {
  /** Names it in configuration, logs, metrics and readiness: `keystore`, `kms`, `pkcs11`. */
  readonly name: string;
  /** Lower case, sorted: the keys that can sign, or could if whoever holds them were there. */
  addresses(): readonly Address[];
  /** @param address - in any case; null when there is no such key. What it returned goes on signing for a while after its key was removed. */
  signer(address: Address): KeySigner | null;
  /**
   * Looks again which keys there are. Fails as a whole: then everything stays as it was.
   * @throws {KeyBackendError | KeystoreError}
   */
  refresh(): Promise<KeyChanges>;
  /** A sentence for each thing that keeps keys from signing; empty: all is well. */
  problems(): readonly string[];
  close(): void | Promise<void>;
};

/**
 * - `key_unavailable`: whoever holds the key gave no signature: away, slow, throttling, the key is disabled. Signing the
 *   same digest again is harmless, so this is retryable.
 * - `key_misbehaved`: it gave a signature that is not one of this key for this digest. It never leaves this process.
 * - `key_unusable`: it is not a key of secp256k1 that signs. A person must act.
 * - `backend_unavailable`: the whole backend cannot be reached or used.
 */
export type KeyBackendErrorCode =
  | 'key_unavailable'
  | 'key_misbehaved'
  | 'key_unusable'
  | 'backend_unavailable';
export type KeyBackendError = CodedError<KeyBackendErrorCode>;

export function keyBackendError(
  code: KeyBackendErrorCode,
  message: string,
  cause?: unknown,
): KeyBackendError {
  const retryable = code === 'key_unavailable' || code === 'backend_unavailable';
  return new CodedError(code, message, { retryable, ...(cause === undefined ? {} : { cause }) });
}

const CODES: readonly string[] = [
  'key_unavailable',
  'key_misbehaved',
  'key_unusable',
  'backend_unavailable',
] satisfies KeyBackendErrorCode[];

export function isKeyBackendError(error: unknown): error is KeyBackendError {
  return error instanceof CodedError && CODES.includes(error.code);
}

export function isKeyBackendCode(error: unknown, code: KeyBackendErrorCode): boolean {
  return isKeyBackendError(error) && error.code === code;
}

export function compareKeys(before: readonly Address[], after: readonly Address[]): KeyChanges {
  return {
    added: after.filter((address) => !before.includes(address)),
    removed: before.filter((address) => !after.includes(address)),
  };
}
