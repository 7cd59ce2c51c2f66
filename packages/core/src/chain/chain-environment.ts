import type { Hex } from '@naru/kit/hex.ts';
import { chainDefinitions } from './chain.definitions.ts';
import type { ChainSettings } from './configure-chains.ts';

/** A process environment, handed in by the app that may read it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `polygon-amoy` → `NARU_RPC_POLYGON_AMOY` */
export function chainVariable(prefix: string, chainId: string): string {
  return `${prefix}_${chainId.toUpperCase().replaceAll('-', '_')}`;
}

/** RPC URLs by chain id, in order of preference, from `NARU_RPC_POLYGON_AMOY=https://one,https://two`. */
export function readRpcUrls(environment: Environment): {
  urls: Map<string, readonly string[]>;
  problems: string[];
} {
  const urls = new Map<string, readonly string[]>();
  const problems: string[] = [];
  for (const { id } of chainDefinitions) {
    const name = chainVariable('NARU_RPC', id);
    const text = environment[name]?.trim() ?? '';
    if (text === '') continue;
    const list = text.split(',').map((url) => url.trim());
    if (list.every((url) => /^https?:\/\//.test(url) && URL.canParse(url))) urls.set(id, list);
    else problems.push(`${name}: one or more http(s) URLs, separated by commas`);
  }
  return { urls, problems };
}

/** Contracts by chain id, from `<PREFIX>_POLYGON_AMOY=0x…`. */
export function readChainAddresses(
  environment: Environment,
  prefix: string,
  what: string,
): { addresses: Map<string, Hex>; problems: string[] } {
  const addresses = new Map<string, Hex>();
  const problems: string[] = [];
  for (const { id } of chainDefinitions) {
    const name = chainVariable(prefix, id);
    const text = environment[name]?.trim() ?? '';
    if (text === '') continue;
    if (/^0x[0-9a-fA-F]{40}$/.test(text)) addresses.set(id, text as Hex);
    else problems.push(`${name}: the address of ${what}, 0x and 40 hexadecimal digits`);
  }
  return { addresses, problems };
}

/**
 * What the environment says of each chain: `NARU_RPC_…` (URLs), `NARU_PAYOUT_CONTRACT_…` (address), and optionally
 * `NARU_DEPOSIT_FACTORY_…` (address), `NARU_CONFIRMATIONS_…` (blocks) and `NARU_BLOCK_TIME_MS_…`.
 */
export function readChainSettings(environment: Environment): {
  settings: Map<string, ChainSettings>;
  problems: string[];
} {
  const { urls, problems } = readRpcUrls(environment);
  const settings = new Map<string, ChainSettings>();
  const readCount = (name: string) => {
    const text = environment[name];
    if (text === undefined || text === '') return undefined;
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1) return count;
    problems.push(`${name}: a whole number from 1`);
    return undefined;
  };
  for (const { id } of chainDefinitions) {
    const contractName = chainVariable('NARU_PAYOUT_CONTRACT', id);
    const contract = environment[contractName] ?? '';
    if (contract !== '' && !/^0x[0-9a-fA-F]{40}$/.test(contract))
      problems.push(`${contractName}: the address of the payout contract, 0x and 40 hexadecimal digits`);
    const factoryName = chainVariable('NARU_DEPOSIT_FACTORY', id);
    const factory = environment[factoryName] ?? '';
    if (factory !== '' && !/^0x[0-9a-fA-F]{40}$/.test(factory))
      problems.push(`${factoryName}: the address of the deposit factory, 0x and 40 hexadecimal digits`);
    const confirmations = readCount(chainVariable('NARU_CONFIRMATIONS', id));
    const blockTimeMs = readCount(chainVariable('NARU_BLOCK_TIME_MS', id));
    if (!urls.has(id) && contract === '') continue;
    settings.set(id, {
      hasRpc: urls.has(id),
      payoutContract: contract === '' ? null : (contract as Hex),
      ...(factory === '' ? {} : { depositFactory: factory as Hex }),
      ...(confirmations === undefined ? {} : { confirmations }),
      ...(blockTimeMs === undefined ? {} : { blockTimeMs }),
    });
  }
  return { settings, problems };
}
