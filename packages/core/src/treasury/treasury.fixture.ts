import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { hashSafeDomain } from '@naru/safe/safe-transaction.ts';
import { getAddress } from 'viem';
import { readCatalogue } from '../chain/chain.store.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { addSubAccount } from '../sub-account/sub-account.store.ts';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { proposeTopUp } from './propose.ts';
import { setTreasury } from './set-treasury.ts';
import type { Proposal } from './treasury.ts';

/** A Safe as two providers show it, whose answers a test writes. */

export const SAFE: Hex = getAddress(`0x${'5a'.repeat(20)}`);
export const ACCOUNT: Hex = getAddress(`0x${'ac'.repeat(20)}`);
export const BY = { actor: 'operator:test', reason: 'a test', origin: null, requestId: null };

/** An execution, and in which block; `hash` of the proposal. */
export type Execution = { hash: Hex; block: bigint };

export type MemorySafe = {
  head: bigint;
  owners: Hex[];
  threshold: number;
  executions: Execution[];
  /** Per provider, what it leaves out of its logs. */
  hides: Map<number, Hex>;
  /** Ranges in which the record of a proposal was looked for. */
  searched: [bigint, bigint][];
};

export type TreasuryWorld = {
  world: World;
  db: Database;
  chain: Chain;
  safe: MemorySafe;
  port: ChainPort;
  deps: { db: Database; chainPort: ChainPort; logger: typeof silentLogger };
  propose(amount: string): Promise<Proposal>;
  close(): Promise<void>;
};

export async function createTreasuryWorld(): Promise<TreasuryWorld> {
  const world = await createWorld();
  const { db } = world;
  await addSubAccount(db, { chainId: 'localhost', address: ACCOUNT, nextNonce: 0n });
  const catalogue = await readCatalogue(db);
  const chain = assertPresent(catalogue.chains.get('localhost'), 'chain');
  const safe: MemorySafe = {
    head: 100n,
    owners: [1, 2, 3].map((index) => getAddress(`0x${String(index).repeat(40)}`)),
    threshold: 2,
    executions: [],
    hides: new Map(),
    searched: [],
  };
  const port = createMemoryPort(chain, safe);
  await setTreasury({ db, chainPort: port }, { chain, safe: SAFE }, BY);
  return {
    world,
    db,
    chain,
    safe,
    port,
    deps: { db, chainPort: port, logger: silentLogger },
    async propose(amount) {
      const input = { chainId: 'localhost', asset: 'USDC', to: ACCOUNT, amount, reason: 'a test' };
      return (await proposeTopUp({ db }, catalogue, input, BY)).proposal;
    },
    close: () => world.close(),
  };
}

function createMemoryPort(chain: Chain, safe: MemorySafe): ChainPort {
  const seen = (provider: number) => safe.executions.filter(({ hash }) => safe.hides.get(provider) !== hash);
  const part: Partial<ChainPort> = {
    providerCount: 2,
    heads: async (providers) => Array.from({ length: providers }, () => safe.head),
    safeState: async (_safe, fromBlock, block, providers) =>
      Array.from({ length: providers }, (_, provider) => ({
        owners: safe.owners,
        threshold: safe.threshold,
        nonce: BigInt(seen(provider).filter((one) => one.block <= block).length),
        executions: seen(provider).filter((one) => one.block >= fromBlock && one.block <= block).length,
        domainSeparator: hashSafeDomain({ evmChainId: chain.evmChainId, safe: SAFE }),
        blockHash: `0x${'b1'.repeat(32)}`,
      })),
    safeExecution: async (_safe, hash, first, last, providers) => {
      safe.searched.push([first, last]);
      return Array.from({ length: providers }, (_, provider) => {
        const found = seen(provider).find(
          (one) => one.hash === hash && one.block >= first && one.block <= last,
        );
        if (found === undefined) return null;
        return { transactionHash: hash, blockNumber: found.block, blockHash: `0x${'b1'.repeat(32)}` };
      });
    },
  };
  return part as ChainPort;
}
