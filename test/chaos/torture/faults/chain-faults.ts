import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { toHex } from 'viem';
import type { Act, Fault } from '../fault.ts';
import { anvilCall } from '../miner.ts';
import { createRandom, type Random } from '../random.ts';
import type { TortureStack } from '../torture-stack.ts';
import type { World } from '../world.ts';
import { ensureTokenOpen } from './token-faults.ts';

const REORG_EVERY_MS = { min: 1_000, max: 2_000 };
const GWEI = 1_000_000_000n;
/** The ceiling of the local chain is 100 gwei. */
const SPIKE_WEI = 400n * GWEI;
const CALM_WEI = GWEI;

export const reorg: Fault = {
  name: 'reorg',
  kind: 'chain',
  what: 'Reorganisations of 1 to 64 blocks; the transactions of the blocks that are gone are gone from the pool, too.',
  plan: (random, durationMs, { reorgDepthMax }) =>
    reorganisations(random, durationMs, reorgDepthMax, 'dropped', async (stack, depth) => {
      await anvilCall(stack.devnet, 'anvil_reorg', depth, []);
    }),
  // It may have undone what opened a token again.
  heal: ({ stack }) => ensureTokenOpen(stack),
};

export const reorgReordered: Fault = {
  name: 'reorg-reordered',
  kind: 'chain',
  what: 'Reorganisations of 1 to 64 blocks; most transactions come back, in other blocks and in another order between the accounts.',
  plan(random, durationMs, { reorgDepthMax }) {
    return reorganisations(random, durationMs, reorgDepthMax, 'reordered', reorder);
  },
  // It may have undone what opened a token again.
  heal: ({ stack }) => ensureTokenOpen(stack),
};

function reorganisations(
  random: Random,
  durationMs: number,
  depthMax: number,
  kind: string,
  run: (stack: TortureStack, depth: number, random: Random) => Promise<void>,
): Act[] {
  const acts: Act[] = [];
  // Shallow ones are what happens; the deepest is made at least once.
  const depths = [random.whole(1, 3), depthMax, random.whole(2, depthMax)];
  for (
    let atMs = random.whole(500, 1_500), index = 0;
    atMs < durationMs;
    atMs += random.whole(REORG_EVERY_MS.min, REORG_EVERY_MS.max), index++
  ) {
    const depth = depths[index] ?? random.pick([1, 2, random.whole(1, depthMax)]);
    const inside = createRandom(random.whole(1, 1_000_000), kind);
    acts.push({
      atMs,
      text: `${depth} blocks reorganised, transactions ${kind}`,
      run: ({ stack }) => stack.miner.held(() => run(stack, depth, inside)),
    });
  }
  return acts;
}

type BlockWithTransactions = { transactions: { hash: Hex; from: Hex; nonce: Hex }[] };

/** Each account's transactions keep the order of its nonces; blocks and neighbours are drawn anew, and a few are left out. */
async function reorder(stack: TortureStack, depth: number, random: Random): Promise<void> {
  const { devnet } = stack;
  const head = BigInt(await anvilCall<Hex>(devnet, 'eth_blockNumber'));
  const byAccount = new Map<Hex, Hex[]>();
  for (let number = head - BigInt(depth) + 1n; number <= head; number++) {
    const block = await anvilCall<BlockWithTransactions>(devnet, 'eth_getBlockByNumber', toHex(number), true);
    for (const { hash, from } of block.transactions) {
      const raw = await anvilCall<Hex>(devnet, 'eth_getRawTransactionByHash', hash);
      byAccount.set(from, [...(byAccount.get(from) ?? []), raw]);
    }
  }
  const places: { raw: Hex; block: number }[] = [];
  for (const raws of byAccount.values()) {
    // Without the last of an account the others still stand.
    const kept = random.chance(0.3) ? raws.slice(0, -1) : raws;
    const blocks = kept.map(() => random.whole(0, depth - 1)).toSorted((one, other) => one - other);
    for (const [index, raw] of kept.entries())
      places.push({ raw, block: assertPresent(blocks[index], 'block of a transaction') });
  }
  const pairs = random
    .shuffled([...byAccount.keys()])
    .flatMap((account) => places.filter(({ raw }) => byAccount.get(account)?.includes(raw)))
    .map(({ raw, block }) => [raw, block]);
  await anvilCall(devnet, 'anvil_reorg', depth, pairs);
}

export const eviction: Fault = {
  name: 'eviction',
  kind: 'chain',
  what: 'Pools forget transactions: one that waits, or all of them. Blocks come slowly meanwhile, so that some wait.',
  plan(random, durationMs) {
    const acts: Act[] = [];
    for (let atMs = 300; atMs < durationMs; atMs += random.whole(300, 900)) {
      const all = random.chance(0.5);
      acts.push({
        atMs,
        text: all ? 'the pool is emptied' : 'a transaction leaves the pool',
        run: ({ stack }) => evict(stack, all, random),
      });
    }
    return acts;
  },
};

/** While no block is made, something comes into the pool that can be lost. */
async function evict({ miner, devnet }: TortureStack, all: boolean, random: Random): Promise<void> {
  await miner.held(async () => {
    await sleep(400);
    if (all) return await anvilCall(devnet, 'anvil_dropAllTransactions');
    const pool = await anvilCall<{ pending: Record<string, Record<string, { hash: Hex }>> }>(
      devnet,
      'txpool_content',
    );
    const hashes = Object.values(pool.pending).flatMap((own) => Object.values(own).map(({ hash }) => hash));
    if (hashes.length > 0) await anvilCall(devnet, 'anvil_dropTransaction', random.pick(hashes));
    return undefined;
  });
}

export const feeSpike: Fault = {
  name: 'fee-spike',
  kind: 'chain',
  what: 'The base fee jumps to four times the ceiling and stays there for seconds, then comes back; twice.',
  plan(random, durationMs) {
    const spikeMs = random.whole(2_000, 3_000);
    return [random.whole(300, 900), Math.round(durationMs / 2) + random.whole(0, 800)].map((atMs) => ({
      atMs,
      text: `base fee ${SPIKE_WEI / GWEI} gwei for ${(spikeMs / 1_000).toFixed(1)} s`,
      run: ({ stack }: World) => spike(stack, spikeMs),
    }));
  },
  heal: ({ stack }) => setBaseFee(stack, CALM_WEI),
};

async function spike(stack: TortureStack, spikeMs: number): Promise<void> {
  const untilMs = performance.now() + spikeMs;
  while (performance.now() < untilMs) {
    await setBaseFee(stack, SPIKE_WEI);
    await sleep(stack.blockMs / 2);
  }
  await setBaseFee(stack, CALM_WEI);
}

async function setBaseFee({ devnet, miner }: TortureStack, wei: bigint): Promise<void> {
  await miner.held(() => anvilCall(devnet, 'anvil_setNextBlockBaseFeePerGas', toHex(wei)));
}

export const gasMoney: Fault = {
  name: 'gas-money',
  kind: 'chain',
  what: 'One sub-account after the other has no coin left for gas, and gets it back, to the wei.',
  plan(random, durationMs) {
    const taken = new Map<number, bigint>();
    const order = random.shuffled([0, 1, 2, 3]);
    const acts: Act[] = [];
    for (const [index, account] of order.entries()) {
      const atMs = Math.round((durationMs * index) / order.length) + random.whole(0, 300);
      acts.push({
        atMs,
        text: `account ${account + 1} loses its gas money`,
        run: ({ stack }) => takeCoin(stack, account, taken),
      });
      acts.push({
        atMs: atMs + random.whole(2_000, 4_000),
        text: `account ${account + 1} has it back`,
        run: ({ stack }) => giveBack(stack, account, taken),
      });
    }
    return acts;
  },
};

/** What is left: too little for any batch. */
const DUST_WEI = 1_000_000_000_000n;

async function takeCoin(
  { devnet, miner, payers }: TortureStack,
  account: number,
  taken: Map<number, bigint>,
): Promise<void> {
  const address = assertPresent(payers[account], 'a sub-account');
  await miner.held(async () => {
    const balance = await devnet.client.getBalance({ address });
    taken.set(account, balance - DUST_WEI);
    await anvilCall(devnet, 'anvil_setBalance', address, toHex(DUST_WEI));
  });
}

async function giveBack(
  { devnet, miner, payers }: TortureStack,
  account: number,
  taken: Map<number, bigint>,
): Promise<void> {
  const address = assertPresent(payers[account], 'a sub-account');
  await miner.held(async () => {
    const balance = await devnet.client.getBalance({ address });
    await anvilCall(devnet, 'anvil_setBalance', address, toHex(balance + (taken.get(account) ?? 0n)));
    taken.delete(account);
  });
}
