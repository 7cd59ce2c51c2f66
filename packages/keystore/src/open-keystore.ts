import { assert } from '@naru/kit/assert.ts';
import type { Address } from 'viem';
import { type EcdsaSignature, signWith } from './curve.ts';
import { compareKeys, type KeyBackend, type KeyChanges } from './key-backend.ts';
import { readKeyFiles } from './key-directory.ts';
import { openKey } from './key-file.ts';
import type { MasterKey } from './master-key.ts';

/** Keys in files. They are in this process, so that it signs without a promise. */
export type Keystore = Omit<KeyBackend, 'signer' | 'close'> & {
  signer(address: Address): { address: Address; signDigest(digest: Uint8Array): EcdsaSignature } | null;
  /** Wipes every key. Signing afterwards is a bug and fails. */
  close(): void;
};

export type KeystoreDeps = {
  directory: string;
  masterKey: MasterKey;
  /** Gives the master key anew when keys are looked for again: its file or secret may hold the next one by then. */
  reloadMasterKey?: () => Promise<MasterKey>;
};

/** A removed key is wiped this long after: far beyond the longest call that may still sign with it. */
const WIPE_AFTER_MS = 60_000;

/**
 * Decrypts every key of the directory into memory. One bad file fails the whole: a signer that starts with some of
 * its keys would fail later, and in part. The same holds for `refresh`, which keeps what it had then.
 * @throws {KeystoreError} `missing`, `insecure_permissions`, `damaged`, `wrong_master_key`
 */
export async function openKeystore(deps: KeystoreDeps): Promise<Keystore> {
  const removed = new Map<Buffer, NodeJS.Timeout>();
  let isClosed = false;
  let keys = await readKeys(deps.directory, async () => deps.masterKey, new Map());

  function wipeLater(key: Buffer): void {
    const wipe = () => {
      key.fill(0);
      removed.delete(key);
    };
    removed.set(key, setTimeout(wipe, WIPE_AFTER_MS).unref());
  }

  return {
    name: 'keystore',
    addresses: () => [...keys.keys()],
    signer(address) {
      const known = address.toLowerCase() as Address;
      const key = keys.get(known);
      if (key === undefined) return null;
      return {
        address: known,
        signDigest(digest) {
          assert(!isClosed, 'the keystore is closed');
          return signWith(key, digest);
        },
      };
    },
    async refresh(): Promise<KeyChanges> {
      const masterKey = deps.reloadMasterKey ?? (async () => deps.masterKey);
      const next = await readKeys(deps.directory, masterKey, keys);
      const changes = compareKeys([...keys.keys()], [...next.keys()]);
      for (const address of changes.removed) {
        const key = keys.get(address);
        if (key !== undefined) wipeLater(key);
      }
      keys = next;
      return changes;
    },
    problems: () => [],
    close() {
      isClosed = true;
      for (const timer of removed.values()) clearTimeout(timer);
      for (const key of [...keys.values(), ...removed.keys()]) key.fill(0);
      keys = new Map();
    },
  };
}

/**
 * Opens the keys that are not in `known`; an address stands for its key, so a file that was wrapped anew need not be
 * opened again. The master key is asked for only when there is something to open.
 */
async function readKeys(
  directory: string,
  masterKey: () => Promise<MasterKey>,
  known: ReadonlyMap<Address, Buffer>,
): Promise<Map<Address, Buffer>> {
  const keys = new Map<Address, Buffer>();
  const opened: Buffer[] = [];
  try {
    const files = await readKeyFiles(directory);
    const opener = files.every((file) => known.has(file.address)) ? null : await masterKey();
    for (const file of files) {
      let key = known.get(file.address);
      if (key === undefined && opener !== null) {
        key = await openKey(opener, file);
        opened.push(key);
      }
      assert(key !== undefined, `the key of ${file.address} was not opened`);
      keys.set(file.address, key);
    }
    return keys;
  } catch (error) {
    for (const key of opened) key.fill(0);
    throw error;
  }
}
