import type { KeyBackend, KeySigner } from '@naru/keystore/key-backend.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Address } from 'viem';
import { ConfigError } from './config.ts';
import type { SignerMetrics } from './metrics.ts';

export type RingSigner = KeySigner & { readonly backend: string };

/** All keys of all backends. */
export type KeyRing = {
  /** Lower case, sorted. */
  addresses(): readonly Address[];
  has(address: Address): boolean;
  signer(address: Address): RingSigner | null;
  /** Which backend holds which keys. */
  byBackend(): { backend: string; addresses: readonly Address[] }[];
  /** Looks for new and removed keys; a backend where that fails keeps what it had. Never rejects. */
  refresh(): Promise<void>;
  problems(): string[];
  close(): Promise<void>;
};

/** @throws {ConfigError} when two backends hold the same address. */
export function createKeyRing(
  deps: { log: Logger; metrics: SignerMetrics },
  backends: readonly KeyBackend[],
): KeyRing {
  const { log, metrics } = deps;
  const refused = new Map<string, string>();
  let { holders, twice } = assign(backends);
  if (twice.length > 0) throw new ConfigError(twice);
  count();

  function count(): void {
    for (const { name, addresses } of backends) metrics.keys(name, addresses().length);
  }

  async function refreshOne(backend: KeyBackend): Promise<void> {
    try {
      const { added, removed } = await backend.refresh();
      if (added.length + removed.length > 0)
        log.warn({ backend: backend.name, added, removed }, 'the keys have changed');
      refused.delete(backend.name);
      metrics.reloaded('keys', 'ok');
    } catch (error) {
      const reason = errorText(error);
      refused.set(backend.name, `${backend.name}: its keys could not be read again: ${reason}`);
      metrics.reloaded('keys', 'refused');
      log.error({ backend: backend.name, reason }, 'the changed keys are refused, the old ones stay');
    }
  }

  let refreshing: Promise<void> = Promise.resolve();
  return {
    addresses: () => [...holders.keys()].sort(),
    has: (address) => holders.has(address),
    signer(address) {
      const backend = holders.get(address);
      const signer = backend?.signer(address) ?? null;
      return backend === undefined || signer === null
        ? null
        : { address, backend: backend.name, signDigest: signer.signDigest };
    },
    byBackend: () => backends.map(({ name, addresses }) => ({ backend: name, addresses: addresses() })),
    refresh() {
      refreshing = refreshing.then(async () => {
        await Promise.all(backends.map(refreshOne));
        ({ holders, twice } = assign(backends));
        for (const problem of twice) log.error({ problem }, 'a key is held twice, the first one is used');
        count();
      });
      return refreshing;
    },
    problems: () => [...refused.values(), ...twice, ...backends.flatMap((backend) => backend.problems())],
    async close() {
      await refreshing;
      await Promise.all(backends.map((backend) => backend.close()));
    },
  };
}

/** The first backend that holds an address signs for it. */
function assign(backends: readonly KeyBackend[]): { holders: Map<Address, KeyBackend>; twice: string[] } {
  const holders = new Map<Address, KeyBackend>();
  const twice: string[] = [];
  for (const backend of backends) {
    for (const address of backend.addresses()) {
      const other = holders.get(address);
      if (other === undefined) holders.set(address, backend);
      else
        twice.push(
          `the key of ${address} is in two places, ${other.name} and ${backend.name}: remove it from one`,
        );
    }
  }
  return { holders, twice };
}
