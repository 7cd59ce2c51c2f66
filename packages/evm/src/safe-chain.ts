import type { Hex } from '@naru/kit/hex.ts';
import type { ChainReader } from './chain-reader.ts';

/** What the treasury asks of a chain. */
export function createSafeChain(reader: ChainReader) {
  return {
    async safeState(safe: Hex, fromBlock: bigint, block: bigint, providers: number) {
      return (await reader.safeStateFromEach(providers, { safe, fromBlock, block })).map(
        ({ value }) => value,
      );
    },
    async safeExecution(safe: Hex, hash: Hex, first: bigint, last: bigint, providers: number) {
      const query = { safe, hash, fromBlock: first, toBlock: last };
      return (await reader.safeExecutionFromEach(providers, query)).map((answer) => answer.value);
    },
    async tryCall(call: { from: Hex; to: Hex; data: Hex; valueWei: bigint }) {
      const answer = await reader.call(call);
      return answer.kind === 'returned' ? null : answer.message;
    },
  };
}
