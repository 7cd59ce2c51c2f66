import { assert } from '@naru/kit/assert.ts';
import type { Address } from 'viem';
import { type EcdsaSignature, signWith } from './curve.ts';
import { readKeyFiles } from './key-directory.ts';
import { openKey } from './key-file.ts';
import type { MasterKey } from './master-key.ts';

/** Signs with one key and never shows it. */
export type KeySigner = {
  readonly address: Address;
  /** @param digest - 32 bytes. */
  signDigest(digest: Uint8Array): EcdsaSignature;
};

export type Keystore = {
  /** Lower case, sorted. */
  addresses(): readonly Address[];
  /** @param address - in any case; null when there is no such key. */
  signer(address: Address): KeySigner | null;
  /** Wipes every key. Signing afterwards is a bug and fails. */
  close(): void;
};

/**
 * Decrypts every key of the directory into memory. One bad file fails the whole: a signer that starts with some of
 * its keys would fail later, and in part.
 * @throws {KeystoreError} `missing`, `insecure_permissions`, `damaged`, `wrong_master_key`
 */
export async function openKeystore(deps: { directory: string; masterKey: MasterKey }): Promise<Keystore> {
  const keys = new Map<Address, Buffer>();
  const wipe = () => {
    for (const key of keys.values()) key.fill(0);
    keys.clear();
  };
  try {
    for (const file of await readKeyFiles(deps.directory)) {
      keys.set(file.address, await openKey(deps.masterKey, file));
    }
  } catch (error) {
    wipe();
    throw error;
  }
  return {
    addresses: () => [...keys.keys()],
    signer(address) {
      const known = address.toLowerCase() as Address;
      if (!keys.has(known)) return null;
      return {
        address: known,
        signDigest(digest) {
          const key = keys.get(known);
          assert(key !== undefined, 'the keystore is closed');
          return signWith(key, digest);
        },
      };
    },
    close: wipe,
  };
}
