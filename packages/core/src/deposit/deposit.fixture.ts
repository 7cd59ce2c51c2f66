import { createHash } from 'node:crypto';
import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { getAddress } from 'viem';
import type { Caller } from '../access/access.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { configureChains } from '../chain/configure-chains.ts';
import { createWorld, doneValue, PAYOUT_CONTRACT, type World } from '../withdrawal/withdrawal.fixture.ts';
import { createDepositAddress } from './create-deposit-address.ts';
import type { DepositLog, DepositLogs, DepositPort } from './deposit.ports.ts';
import type { DepositAddress } from './deposit.ts';
import { ensureDepositCursor, leaseDepositCursor } from './deposit-cursor.store.ts';
import { watchDeposits } from './watch-deposits.ts';

/** A chain in memory that can be reorganised, as nodes show it: what the tests of deposits read logs from. */

export const FACTORY: Hex = getAddress('0x00000000000000000000000000000000000fac70');
export const STRANGER: Hex = getAddress('0x0000000000000000000000000000000000057a96');
/** Blocks until a deposit of the tests is final. */
export const DEPTH = 3;

/** What happens on the chain, before it stands in a block. */
export type Happening =
  | { kind: 'arrived'; token: Hex | null; to: Hex; amount: bigint; from?: Hex }
  | { kind: 'created'; factory: Hex; forwarder: Hex }
  | { kind: 'swept'; factory: Hex; forwarder: Hex; token: Hex | null; amount: bigint };
type Entry = { hash: Hex; happening: Happening };
type Block = { number: bigint; hash: Hex; parentHash: Hex; logs: DepositLog[]; entries: Entry[] };

export type MemoryChain = DepositPort & {
  blocks(): readonly Block[];
  /** A block with these; the same `hash` is the same transaction, in whatever block it stands. */
  mine(...entries: readonly (Happening | Entry)[]): Block;
  /** Takes the newest blocks away. Returns what stood in them. */
  drop(count: number): Entry[];
  /** What a provider (0 or 1) answers instead of the truth; null: the truth. */
  lie(provider: number, how: ((logs: DepositLogs) => DepositLogs) | null): void;
  /** Runs before each read, for what is to happen in the middle of a look. */
  before: (() => void) | null;
};

export function createMemoryChain(providerCount = 2): MemoryChain {
  let blocks: Block[] = [];
  let made = 0;
  const lies = new Map<number, (logs: DepositLogs) => DepositLogs>();
  const hashOf = (text: string): Hex => `0x${createHash('sha256').update(text).digest('hex')}`;
  const head = () => blocks.at(-1) as Block;

  function mine(...entries: readonly (Happening | Entry)[]): Block {
    const number = BigInt(blocks.length);
    const hash = hashOf(`block ${number} ${made++}`);
    const placed = entries.map((one) =>
      'happening' in one ? one : { hash: hashOf(`tx ${made++}`), happening: one },
    );
    const block: Block = {
      number,
      hash,
      parentHash: blocks.at(-1)?.hash ?? hashOf('nothing'),
      entries: placed,
      logs: placed.map(({ hash: transactionHash, happening }, logIndex) => ({
        ...(happening.kind === 'arrived' ? { from: STRANGER, ...happening } : happening),
        transactionHash,
        logIndex,
        blockNumber: number,
        blockHash: hash,
      })),
    };
    blocks.push(block);
    return block;
  }
  mine();

  const chain: MemoryChain = {
    providerCount,
    before: null,
    blocks: () => blocks,
    mine,
    drop(count) {
      const gone = blocks.slice(-count);
      blocks = blocks.slice(0, -count);
      return gone.flatMap(({ entries }) => entries);
    },
    lie(provider, how) {
      if (how === null) lies.delete(provider);
      else lies.set(provider, how);
    },
    async head() {
      chain.before?.();
      return head();
    },
    async heads(providers) {
      chain.before?.();
      return Array.from({ length: providers }, () => head().number);
    },
    async headers(first, last) {
      return blocks.filter(({ number }) => number >= first && number <= last);
    },
    async depositLogs(providers, query) {
      chain.before?.();
      const last = blocks[Number(query.toBlock)];
      if (last === undefined) throw new Error(`does not know block ${query.toBlock} yet`);
      const logs = blocks
        .slice(Number(query.fromBlock), Number(query.toBlock) + 1)
        .flatMap((block) => block.logs)
        .filter((log) => {
          if (log.kind !== 'arrived') return query.tokens !== null && query.factories.includes(log.factory);
          if (!query.addresses.includes(log.to)) return false;
          return query.tokens === null
            ? log.token !== null
            : log.token === null || query.tokens.includes(log.token);
        });
      const truth = { hash: last.hash, logs };
      return Array.from({ length: providers }, (_, index) => lies.get(index)?.(truth) ?? truth);
    },
    balances: async (pairs) => pairs.map(({ account, token }) => balanceOf(blocks, account, token, null)),
    balancesAt: async (pairs, block, providers) =>
      Array.from({ length: providers }, () =>
        pairs.map(({ account, token }) => balanceOf(blocks, account, token, block)),
      ),
    treasuryOf: async () => null,
    quoteFees: async () => ({ kind: 'eip1559', maxFeePerGasWei: 10n ** 9n, maxPriorityFeePerGasWei: 1n }),
  };
  return chain;
}

/** What the logs say an address holds. */
function balanceOf(blocks: readonly Block[], account: Hex, token: Hex | null, at: bigint | null): bigint {
  let balance = 0n;
  for (const log of blocks.filter(({ number }) => at === null || number <= at).flatMap(({ logs }) => logs)) {
    if (log.kind === 'arrived' && log.to === account && log.token === token) balance += log.amount;
    if (log.kind === 'swept' && log.forwarder === account && log.token === token) balance -= log.amount;
  }
  return balance;
}

export type DepositWorld = World & {
  chain: MemoryChain;
  /** A new deposit address of an organisation. */
  address(caller: Caller, takesCoin?: boolean): Promise<DepositAddress>;
  target(): Promise<{ chain: Chain; assets: Asset[] }>;
  /** Looks until there is nothing more to read. */
  look(owner?: string): Promise<void>;
};

export async function createDepositWorld(providerCount = 2): Promise<DepositWorld> {
  const world = await createWorld();
  await configureChains(
    world.db,
    new Map([
      [
        'localhost',
        {
          payoutContract: PAYOUT_CONTRACT,
          depositFactory: FACTORY,
          hasRpc: true,
          confirmations: DEPTH,
        },
      ],
    ]),
  );
  const chain = createMemoryChain(providerCount);
  await ensureDepositCursor(world.db, 'localhost', 0n);
  let keys = 0;
  const target = async () => {
    const { chains, assets } = await readCatalogue(world.db);
    return { chain: chains.get('localhost') as Chain, assets: [...assets.values()] };
  };
  return {
    ...world,
    chain,
    target,
    async address(caller, takesCoin = false) {
      keys += 1;
      return doneValue(
        await createDepositAddress({ db: world.db }, caller, `address ${keys}`, {
          chain: 'localhost',
          label: null,
          takesCoin,
        }),
      );
    },
    async look(owner = 'test') {
      for (let steps = 0; steps < 200; steps++) {
        const lease = await leaseDepositCursor(world.db, { chainId: 'localhost', owner, leaseMs: 60_000 });
        if (lease === null) return;
        const deps = { db: world.db, port: chain, logger: silentLogger };
        if (!(await watchDeposits(deps, await target(), lease))) return;
      }
      throw new Error('200 steps, and still more to read');
    },
  };
}
