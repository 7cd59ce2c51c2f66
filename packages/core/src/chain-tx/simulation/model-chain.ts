import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import type { Hex } from '@naru/kit/hex.ts';
import {
  type Bytes,
  calmWeather,
  createModelContract,
  type Executed,
  type Weather,
} from './model-contract.ts';
import type { Random } from './random.ts';

export type Block = {
  number: bigint;
  hash: Hex;
  parentHash: Hex;
  executed: readonly Executed[];
  /** Nonces used by each account, this block included. */
  counts: ReadonlyMap<Hex, bigint>;
};

export type ModelChain = {
  readonly blocks: readonly Block[];
  readonly weather: Weather;
  /** Blocks up to here are final: no reorganisation reaches them. */
  readonly finalNumber: bigint;
  balanceOf(account: Hex): bigint;
  /** How often the chain, as it is now, has paid a withdrawal. */
  timesPaid(withdrawalId: string): number;
  /** The block that paid a withdrawal, or null. */
  paidIn(withdrawalId: string): bigint | null;
  countOf(account: Hex): bigint;
  poolOf(account: Hex): bigint;
  send(bytes: Bytes): SendOutcome;
  mineBlock(): Block;
  /** Takes the newest blocks away. What was in them may come again, in other blocks. */
  dropBlocks(depth: number, keep: 'all' | 'some' | 'none'): void;
  /** Pools forget what they hold. */
  evict(keepChance: number): void;
  /** No bytes that wait anywhere will ever be mined. */
  forgetAll(): void;
};

const BLOCK_TRANSACTIONS_MAX = 6;
const START_BLOCKS = 3n;

export function createModelChain(options: {
  random: Random;
  accounts: readonly Hex[];
  balance: bigint;
  confirmations: number;
  onPaid: (withdrawalId: string, times: number) => void;
  onPooled: (bytes: Bytes, earlier: readonly Bytes[]) => void;
  onForeign: () => void;
}): ModelChain {
  const { random, onPaid, onPooled, onForeign } = options;
  const blocks: Block[] = [];
  const pool = new Map<string, Bytes>();
  /** Every set of bytes that a pool has ever had, oldest first. */
  const seen = new Map<string, Bytes[]>();
  let finalNumber = 0n;
  let made = 0;
  const weather = calmWeather();

  const contract = createModelContract({
    weather,
    accounts: options.accounts,
    balance: options.balance,
    onPaid,
  });
  const place = (account: Hex, nonce: bigint) => `${account}:${nonce}`;
  const countOf = (account: Hex) => blocks.at(-1)?.counts.get(account) ?? 0n;

  function isMinable(bytes: Bytes): boolean {
    if (weather.isGasLimitLow && bytes.purpose === 'PAY') return false;
    return bytes.feeCapWei >= weather.baseFeeWei && !weather.withoutCoin.has(bytes.from);
  }

  /** What a block takes for the next nonce of an account. */
  function candidateFor(account: Hex, nonce: bigint): Bytes | undefined {
    const foreign = weather.foreignNext.indexOf(account);
    if (foreign >= 0) {
      weather.foreignNext.splice(foreign, 1);
      onForeign();
      made += 1;
      return foreignBytes(account, nonce, weather.baseFeeWei, made);
    }
    const key = place(account, nonce);
    const older = seen.get(key);
    if (older !== undefined && random.chance(weather.olderChance)) return random.pick(older);
    return pool.get(key);
  }

  return {
    blocks,
    weather,
    get finalNumber() {
      return finalNumber;
    },
    balanceOf: contract.balanceOf,
    timesPaid: contract.timesPaid,
    paidIn: contract.paidIn,
    countOf,
    poolOf(account) {
      let nonce = countOf(account);
      while (pool.has(place(account, nonce))) nonce += 1n;
      return nonce;
    },
    send(bytes) {
      const key = place(bytes.from, bytes.nonce);
      if (bytes.nonce < countOf(bytes.from)) return { kind: 'nonce_consumed' };
      const other = pool.get(key);
      if (other?.hash === bytes.hash) return { kind: 'accepted', how: 'already_known' };
      if (weather.isGasLimitLow && bytes.purpose === 'PAY')
        return { kind: 'rejected', cause: 'exceeds_block_gas_limit' };
      if (weather.withoutCoin.has(bytes.from)) return { kind: 'insufficient_funds' };
      if (bytes.feeCapWei < weather.baseFeeWei) return { kind: 'underpriced', below: 'base_fee' };
      const isTooLittle = (offer: bigint, before: bigint) => offer * 10n < before * 11n;
      if (
        other !== undefined &&
        (isTooLittle(bytes.feeCapWei, other.feeCapWei) || isTooLittle(bytes.tipWei, other.tipWei))
      )
        return { kind: 'replacement_underpriced' };
      pool.set(key, bytes);
      const earlier = seen.get(key) ?? [];
      onPooled(bytes, earlier);
      if (!earlier.some(({ hash }) => hash === bytes.hash)) seen.set(key, [...earlier, bytes]);
      return { kind: 'accepted', how: 'new' };
    },
    mineBlock() {
      const parent = blocks.at(-1);
      const number = (parent?.number ?? 0n) + 1n;
      const counts = new Map(parent?.counts ?? options.accounts.map((account) => [account, 0n]));
      const executed: Executed[] = [];
      for (const account of options.accounts) {
        while (executed.length < BLOCK_TRANSACTIONS_MAX) {
          const nonce = counts.get(account) ?? 0n;
          const bytes = candidateFor(account, nonce);
          if (bytes === undefined || !isMinable(bytes)) break;
          executed.push(contract.execute(bytes, number));
          pool.delete(place(account, nonce));
          counts.set(account, nonce + 1n);
        }
      }
      made += 1;
      const hash: Hex = `0xb${number.toString(16)}x${made.toString(16)}`;
      const block = { number, hash, parentHash: parent?.hash ?? '0x0', executed, counts } as const;
      blocks.push(block);
      const final = number - BigInt(options.confirmations) + 1n;
      if (final > finalNumber) finalNumber = final;
      return block;
    },
    dropBlocks(depth, keep) {
      for (let left = depth; left > 0; left--) {
        const last = blocks.at(-1);
        if (last === undefined || last.number <= finalNumber || last.number <= START_BLOCKS) return;
        blocks.pop();
        for (const one of last.executed.toReversed()) {
          contract.takeBack(one);
          const isKept = keep === 'all' || (keep === 'some' && random.chance(0.5));
          if (isKept && one.bytes.purpose !== 'FOREIGN')
            pool.set(place(one.bytes.from, one.bytes.nonce), one.bytes);
        }
      }
    },
    evict(keepChance) {
      for (const key of [...pool.keys()]) if (!random.chance(keepChance)) pool.delete(key);
    },
    forgetAll() {
      pool.clear();
      seen.clear();
    },
  };
}

/** Of somebody else who has the key. */
function foreignBytes(from: Hex, nonce: bigint, feeCapWei: bigint, made: number): Bytes {
  const hash: Hex = `0xf0${made.toString(16)}`;
  return { hash, from, nonce, purpose: 'FOREIGN', batchId: null, items: [], feeCapWei, tipWei: 1n };
}
