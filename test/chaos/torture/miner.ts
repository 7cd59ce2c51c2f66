import type { Devnet } from '@naru/devnet/devnet.ts';
import { sleep } from '@naru/kit/clock.ts';

/** Makes the chain's blocks, one after the other, so that a fault can hold them while it changes the chain. */
export type Miner = {
  /** No block is made while `work` runs. */
  held<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

export function startMiner(devnet: Devnet, blockMs: number): Miner {
  let isStopped = false;
  let turn: Promise<unknown> = Promise.resolve();
  // One at a time: a block, or what must not meet one.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  const running = (async () => {
    while (!isStopped) {
      await inTurn(() => anvilCall(devnet, 'evm_mine')).catch(() => undefined);
      await sleep(blockMs);
    }
  })();
  return {
    held: inTurn,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

/** Speaks to Anvil in its own methods. */
export async function anvilCall<T>(devnet: Devnet, method: string, ...params: unknown[]): Promise<T> {
  return (await devnet.client.request({ method, params } as never)) as T;
}
