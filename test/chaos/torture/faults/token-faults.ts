import { encodeFunctionData, type Hex, parseAbi, toHex } from 'viem';
import type { Fault } from '../fault.ts';
import { anvilCall } from '../miner.ts';
import type { TortureStack } from '../torture-stack.ts';

const tokenAbi = parseAbi([
  'function pause()',
  'function unpause()',
  'function paused() view returns (bool)',
  'function freeze(address account)',
]);
/**
 * Of one act, and how far apart: two in one batch and nobody else in it look like a token that is paused, and are
 * planned five times before they fail.
 */
const FROZEN_AT_ONCE = 3;
const FROZEN_APART = 4;
const OPEN_TRIES_MAX = 5;
const TOKEN_CALL_GAS = 200_000n;

export const tokenPaused: Fault = {
  name: 'token-paused',
  kind: 'money',
  what: 'USDC is paused in the middle of everything, and opened again: what was alone in its batch may end FAILED, unpaid and released; all else is paid.',
  plan(random, durationMs) {
    const atMs = random.whole(500, 1_500);
    const pausedMs = Math.max(2_000, Math.round(durationMs / 2));
    return [
      {
        atMs,
        text: 'USDC paused',
        run: async ({ stack, excuses, phase }) => {
          excuses.pausedIn.add(phase);
          await callToken(stack, [callData('pause')]);
        },
      },
      { atMs: atMs + pausedMs, text: 'USDC open again', run: ({ stack }) => ensureTokenOpen(stack) },
    ];
  },
  heal: ({ stack }) => ensureTokenOpen(stack),
};

export const recipientFrozen: Fault = {
  name: 'recipient-frozen',
  kind: 'money',
  what: 'Recipients of USDC are frozen after their payouts were accepted: those end PAID or FAILED, and the rest of their batches is paid.',
  plan(random, durationMs) {
    const every = Math.round(durationMs / 5);
    return [1, 2, 3, 4].map((index) => ({
      atMs: index * every + random.whole(0, 300),
      text: `${FROZEN_AT_ONCE} of the newest recipients of USDC are frozen`,
      run: async ({ stack, load, excuses }) => {
        const newest = load
          .accepted()
          .filter(({ asset }) => asset === 'USDC')
          .slice(-FROZEN_AT_ONCE * FROZEN_APART)
          .filter((_, index) => index % FROZEN_APART === 0);
        for (const { to } of newest) excuses.frozen.add(to);
        await callToken(
          stack,
          newest.map(({ to }) => callData('freeze', [to])),
        );
      },
    }));
  },
};

/** Also when a reorganisation has undone an unpause that had been mined. */
export async function ensureTokenOpen(stack: TortureStack): Promise<void> {
  const { usdc } = stack.contracts;
  for (let attempt = 1; ; attempt++) {
    const paused = await stack.devnet.client.readContract({
      address: usdc,
      abi: tokenAbi,
      functionName: 'paused',
    });
    if (!paused) return;
    if (attempt > OPEN_TRIES_MAX) throw new Error('USDC does not open again');
    await callToken(stack, [callData('unpause')]);
  }
}

/** In a block of their own, at once: a reorganisation may undo them, and nobody waits for what it took. */
async function callToken({ devnet, miner, contracts }: TortureStack, calls: readonly Hex[]): Promise<void> {
  const from = devnet.funder.address;
  await miner.held(async () => {
    const nonce = BigInt(await anvilCall<Hex>(devnet, 'eth_getTransactionCount', from, 'latest'));
    for (const [index, data] of calls.entries())
      await anvilCall(devnet, 'eth_sendTransaction', {
        from,
        to: contracts.usdc,
        data,
        nonce: toHex(nonce + BigInt(index)),
        gas: toHex(TOKEN_CALL_GAS),
      });
    await anvilCall(devnet, 'evm_mine');
  });
}

function callData(functionName: 'pause' | 'unpause' | 'freeze', args: [Hex] | [] = []): Hex {
  return encodeFunctionData({ abi: tokenAbi, functionName, args } as never);
}
