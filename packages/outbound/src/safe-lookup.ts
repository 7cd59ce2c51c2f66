import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isCallable } from './url-rules.ts';

/** Nothing was connected to: the name leads to an address that we do not call. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
}

export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/** As the operating system does, hosts file included. */
export const systemResolve: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true, order: 'verbatim' }, (error, addresses) =>
      error === null ? resolve(addresses) : reject(error),
    );
  });

/**
 * Looks a name up for a connection that is about to be made, and gives only what may be called: the connection goes to
 * the very addresses that were checked, so a name that changes its mind in between (DNS rebinding) gains nothing. One
 * forbidden address among several forbids them all.
 */
export function createSafeLookup(options: { allowLocal: boolean; resolve: Resolve }): LookupFunction {
  return (hostname, lookupOptions, done) => {
    options.resolve(hostname).then(
      (addresses) => {
        const forbidden = addresses.find(({ address }) => !isCallable(address, options));
        const [first] = addresses;
        if (forbidden !== undefined || first === undefined) {
          const what = forbidden === undefined ? 'no address' : `${forbidden.address}, which is not public`;
          done(new BlockedAddressError(`${hostname} leads to ${what}`), []);
        } else if (lookupOptions.all === true) done(null, addresses);
        else done(null, first.address, first.family);
      },
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), []),
    );
  };
}
